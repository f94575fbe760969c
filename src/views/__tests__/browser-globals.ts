/** What JupyterLab's libraries look for when they load and jsdom lacks; import it first. */
if (typeof globalThis.DragEvent === 'undefined') {
  Object.assign(globalThis, { DragEvent: class extends MouseEvent {} });
}
if (typeof window.matchMedia === 'undefined') {
  Object.assign(window, {
    matchMedia: (media: string) => ({
      media,
      matches: false,
      addListener: () => undefined,
      removeListener: () => undefined,
      addEventListener: () => undefined,
      removeEventListener: () => undefined
    })
  });
}

if (typeof window.requestIdleCallback === 'undefined') {
  Object.assign(window, {
    requestIdleCallback: (run: () => void) => window.setTimeout(run, 0),
    cancelIdleCallback: (id: number) => window.clearTimeout(id)
  });
}

if (typeof globalThis.MessageChannel === 'undefined') {
  // Node's own channels would keep the process from ending.
  class Channel {
    readonly port1: { onmessage: ((event: object) => void) | null } & {
      close(): void;
    } = { onmessage: null, close: () => undefined };

    readonly port2 = {
      postMessage: (data: unknown) =>
        void setTimeout(() => this.port1.onmessage?.({ data }), 0),
      close: () => undefined
    };
  }
  Object.assign(globalThis, { MessageChannel: Channel });
}

export {};
