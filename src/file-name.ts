/** Names of the files that the panel offers for download. */

/** File name of a model: letters, digits, dots and dashes only. */
export function modelFileName(title: string, label: string): string {
  const plain = `${title} ${label}`
    .replace(/[^\p{L}\p{N}.-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return `${plain || 'model'}.safetensors`;
}
