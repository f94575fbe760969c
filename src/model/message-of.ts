/** The sentence of anything thrown. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text || 'An unknown error occurred. See the browser console.';
}
