/** A pause in which messages and frames come in; not by animation frames, which stop in a hidden page, nor by timers, which slow down there. */
export function nextTask(): Promise<void> {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
