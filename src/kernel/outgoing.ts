/** What may go to the kernel: finite numbers, no more than arrives, the bytes that were meant. */
import type { DataMessage } from './protocol';

/**
 * Most bytes of a message's content and buffer. Jupyter's server takes 10 MiB a
 * message; the rest is for what services adds to it.
 */
export const MAX_MESSAGE_BYTES = 10 * 1024 * 1024 - 64 * 1024;

/**
 * Checks a message before it leaves: JSON would make null of NaN, and a message
 * that is too large ends the connection.
 *
 * @throws Error with a sentence for the user.
 */
export function assertSendable(
  message: DataMessage,
  buffer?: Uint8Array
): void {
  const path = notFinite(message);
  if (path !== null) {
    throw new Error(
      `The number "${path.replace(/^params\./, '')}" is missing or not finite. ` +
        'Enter one, then try again.'
    );
  }
  const text = new TextEncoder().encode(JSON.stringify(message));
  const bytes = text.length + (buffer?.byteLength ?? 0);
  if (bytes > MAX_MESSAGE_BYTES) {
    throw new Error(
      `A message "${message.type}" of ${bytes} bytes does not arrive in the ` +
        `kernel; at most ${MAX_MESSAGE_BYTES} bytes do. Select or ask for less.`
    );
  }
}

/** The bytes in a buffer of their own: services sends the whole buffer below a view. */
export function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteLength } = bytes;
  return (
    byteLength === buffer.byteLength ? buffer : bytes.slice().buffer
  ) as ArrayBuffer;
}

/** Where the first number stands that is not finite: "step.start"; null for none. */
function notFinite(value: unknown): string | null {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? null : '';
  }
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  for (const [key, part] of Object.entries(value)) {
    const path = notFinite(part);
    if (path !== null) {
      return path ? `${key}.${path}` : key;
    }
  }
  return null;
}
