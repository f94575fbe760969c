/** Arrays as texts that go to the kernel among the parameters of a task. */

/** Bytes of one text: a multiple of 3, so that texts can be joined; below the protocol's limit of a text. */
const PIECE = 6000;

/** Base64 of the bytes (float32, little endian), in texts that are joined again. */
export function packed(values: Float32Array): string[] {
  const bytes = new Uint8Array(
    values.buffer,
    values.byteOffset,
    values.byteLength
  );
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    texts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE))));
  }
  return texts;
}
