/** Handing a file to the browser. */
import { plainFileName } from '../signal/file-name';

/** Downloads bytes or text as a file. */
export function saveBytes(
  content: Uint8Array | string,
  name: string,
  type: string
): void {
  saveBlob(new Blob([content as BlobPart], { type }), name);
}

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** A title as the first part of a file's name. */
export function fileName(title: string): string {
  return plainFileName(title) || 'eelscape';
}
