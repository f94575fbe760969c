import { crc32 } from '../signal/crc32';
import { type IPicture, svgText } from './export-picture';

/** Longest side that every browser draws, px. */
const LONGEST = 16384;

/**
 * A picture as PNG.
 * @param scale - pixels of the file a CSS pixel.
 * @param dpi - written into the file, so that programs place it at its size; null for none.
 */
export async function pngOf(
  picture: IPicture,
  scale: number,
  dpi: number | null
): Promise<Uint8Array> {
  const width = Math.round(picture.width * scale);
  const height = Math.round(picture.height * scale);
  if (Math.max(width, height) > LONGEST) {
    throw new Error(
      `The picture would have ${width} × ${height} pixels; browsers draw at most ${LONGEST} on a side. Choose a smaller size.`
    );
  }
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(picture))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) {
    throw new Error('The picture cannot be drawn: the browser gave no canvas.');
  }
  context.drawImage(image, 0, 0, width, height);
  const blob = await new Promise<Blob | null>(resolve =>
    canvas.toBlob(resolve, 'image/png')
  );
  if (!blob) {
    throw new Error('The picture cannot be written: the browser gave no PNG.');
  }
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return dpi === null ? bytes : withResolution(bytes, dpi);
}

/** The PNG with its pixels an inch: a chunk "pHYs" behind the header chunk. */
export function withResolution(png: Uint8Array, dpi: number): Uint8Array {
  // Signature (8) and IHDR (12 + 13): the chunk goes before any other.
  const at = 33;
  const chunk = new Uint8Array(21);
  const view = new DataView(chunk.buffer);
  const perMetre = Math.round(dpi / 0.0254);
  view.setUint32(0, 9);
  chunk.set([0x70, 0x48, 0x59, 0x73], 4);
  view.setUint32(8, perMetre);
  view.setUint32(12, perMetre);
  chunk[16] = 1;
  view.setUint32(17, crc32(chunk.subarray(4, 17)));
  const out = new Uint8Array(png.length + chunk.length);
  out.set(png.subarray(0, at));
  out.set(chunk, at);
  out.set(png.subarray(at), at + chunk.length);
  return out;
}
