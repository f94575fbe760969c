/**
 * Random numbers that depend on nothing but (seed, purpose, index).
 *
 * Philox-4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as
 * easy as 1, 2, 3", SC 2011) turns a 128-bit counter and a 64-bit key into four
 * 32-bit words. A stream is laid out so that a mirror in any language gives
 * the same numbers:
 *
 * - key     = (seed mod 2^32, floor(seed / 2^32)), seed an integer in [0, 2^53)
 * - counter = (block, index, fnv1a(purpose), 0), block = 0, 1, 2, ...
 * - words   = the four words of block 0 in order, then those of block 1, ...
 *
 * fnv1a is the 32-bit FNV-1a hash of the purpose's ASCII bytes. Seed, index
 * and purpose sit in different words, so streams never overlap.
 */

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;
const TWO_32 = 0x100000000;

/** High 32 bits of the product of two unsigned 32-bit integers. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const carry = aLow * bHigh + (middle % 0x10000);
  return (
    (aHigh * bHigh +
      Math.floor(middle / 0x10000) +
      Math.floor(carry / 0x10000)) >>>
    0
  );
}

/**
 * One block of Philox-4x32-10.
 * @param counter - 4 unsigned 32-bit words.
 * @param key - 2 unsigned 32-bit words.
 * @param out - 4 words to write to.
 */
export function philox(
  counter: ArrayLike<number>,
  key: ArrayLike<number>,
  out: Uint32Array = new Uint32Array(4)
): Uint32Array {
  let c0 = counter[0];
  let c1 = counter[1];
  let c2 = counter[2];
  let c3 = counter[3];
  let k0 = key[0];
  let k1 = key[1];
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(M0, c0);
    const low0 = Math.imul(M0, c0) >>> 0;
    const high1 = mulHigh(M1, c2);
    const low1 = Math.imul(M1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}

/** 32-bit FNV-1a hash of an ASCII string; throws a RangeError for other characters. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) {
      throw new RangeError(`Purpose "${text}" is not ASCII: use ASCII names.`);
    }
    hash = Math.imul(hash ^ code, 0x01000193) >>> 0;
  }
  return hash;
}

/**
 * A source of the 32-bit words of one stream, in order.
 * @param seed - integer in [0, 2^53).
 * @param index - integer in [0, 2^32).
 */
export function wordStream(
  seed: number,
  purpose: string,
  index: number
): () => number {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(
      `Seed ${seed} is not usable: give an integer from 0 to 2^53 - 1.`
    );
  }
  if (!Number.isInteger(index) || index < 0 || index >= TWO_32) {
    throw new RangeError(
      `Stream index ${index} is not usable: give an integer from 0 to 2^32 - 1.`
    );
  }
  const key = [seed % TWO_32, Math.floor(seed / TWO_32)];
  const counter = [0, index, fnv1a(purpose), 0];
  const block = new Uint32Array(4);
  let used = 4;
  return () => {
    if (used === 4) {
      philox(counter, key, block);
      counter[0]++;
      used = 0;
    }
    return block[used++];
  };
}

/**
 * (n) uniform numbers in [0, 1): the upper 24 bits of each word over 2^24, so
 * that every value is exact in float32 and 1 cannot be rounded to.
 */
export function uniforms(
  seed: number,
  purpose: string,
  index: number,
  n: number
): Float32Array {
  const next = wordStream(seed, purpose, index);
  const values = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    values[i] = (next() >>> 8) / 0x1000000;
  }
  return values;
}

/**
 * A random order of 0 to n - 1, every order as likely as any other.
 *
 * Fisher-Yates from the end: for i = n - 1 down to 1 swap i with j, where j is
 * the next word mod (i + 1). Words at or above the largest multiple of
 * i + 1 within 2^32 are passed over, which is what keeps j unbiased.
 */
export function permutation(
  seed: number,
  purpose: string,
  index: number,
  n: number
): Uint32Array {
  const next = wordStream(seed, purpose, index);
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    order[i] = i;
  }
  for (let i = n - 1; i > 0; i--) {
    const limit = TWO_32 - (TWO_32 % (i + 1));
    let word = next();
    while (word >= limit) {
      word = next();
    }
    const j = word % (i + 1);
    const held = order[i];
    order[i] = order[j];
    order[j] = held;
  }
  return order;
}
