/** JSON that came from elsewhere: its depth is looked at before it is parsed. */
import { MAX_JSON_DEPTH } from './limits';

/**
 * The value of a JSON text.
 * @throws SyntaxError where it is none, or is nested deeper than `most` levels;
 *   what is nested deeper would overflow the stack of whatever walks through it.
 */
export function parseJson(text: string, most = MAX_JSON_DEPTH): unknown {
  const depth = depthOf(text);
  if (depth > most) {
    throw new SyntaxError(
      `nested ${depth} levels deep, at most ${most} are read`
    );
  }
  return JSON.parse(text);
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Levels of brackets outside of strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (quoted && code === BACKSLASH) {
      i++;
    } else if (code === QUOTE) {
      quoted = !quoted;
    } else if (!quoted && OPENING.has(code)) {
      depth++;
      deepest = Math.max(deepest, depth);
    } else if (!quoted && CLOSING.has(code)) {
      depth--;
    }
  }
  return deepest;
}
