/**
 * SHA-256 (FIPS 180-4) of bytes, as hex.
 *
 * The browser's own `crypto.subtle` is missing on pages that come over plain
 * http from another machine, where JupyterLab often runs.
 */
import { atOnce, type Slices } from '../signal/slices';

const K = constants();

export function sha256(bytes: Uint8Array): string {
  return atOnce(sha256Slices(bytes));
}

/** Bytes between two places to pause: less than a millisecond. */
const PIECE = 1 << 16;

/** `sha256` of many bytes, with places to pause. */
export function* sha256Slices(bytes: Uint8Array): Slices<string> {
  const state = initial();
  const w = new Int32Array(64);
  const whole = bytes.length - (bytes.length % 64);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < whole; at += 64) {
    compress(state, view, at, w);
    if (at % PIECE === PIECE - 64) {
      yield;
    }
  }
  const rest = bytes.length - whole;
  const tail = new Uint8Array(rest < 56 ? 64 : 128);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const end = new DataView(tail.buffer);
  end.setUint32(tail.length - 8, Math.floor(bytes.length / 0x20000000));
  end.setUint32(tail.length - 4, (bytes.length << 3) >>> 0);
  for (let at = 0; at < tail.length; at += 64) {
    compress(state, end, at, w);
  }
  return Array.from(state, word =>
    (word >>> 0).toString(16).padStart(8, '0')
  ).join('');
}

function compress(
  state: Int32Array,
  block: DataView,
  at: number,
  w: Int32Array
): void {
  for (let t = 0; t < 16; t++) {
    w[t] = block.getInt32(at + 4 * t);
  }
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15];
    const y = w[t - 2];
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + s1 + choice + K[t] + w[t]) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + s0 + majority) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => {
    state[i] = (state[i] + word) | 0;
  });
}

function rotate(x: number, n: number): number {
  return (x >>> n) | (x << (32 - n));
}

/** First 32 bits of the fraction of a root of each of the first n primes. */
function rootFractions(n: number, power: number): Int32Array {
  const words: number[] = [];
  for (let p = 2; words.length < n; p++) {
    if (isPrime(p)) {
      words.push(fractionOfRoot(p, power));
    }
  }
  return Int32Array.from(words);
}

function isPrime(p: number): boolean {
  for (let d = 2; d * d <= p; d++) {
    if (p % d === 0) {
      return false;
    }
  }
  return true;
}

/** floor(frac(p^(1/power)) 2^32) in integers: a double has too few bits for some. */
function fractionOfRoot(p: number, power: number): number {
  const target = BigInt(p) << BigInt(32 * power);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** BigInt(power) <= target) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return Number(low & 0xffffffffn) | 0;
}

function constants(): Int32Array {
  return rootFractions(64, 3);
}

function initial(): Int32Array {
  return rootFractions(8, 2);
}
