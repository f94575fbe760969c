/** Values at given ranks of a large array, without a sorted copy of it. */

/** A float32's bits as an unsigned number that sorts as the floats do. */
function keyOf(bits: number): number {
  return (bits & 0x80000000 ? ~bits : bits | 0x80000000) >>> 0;
}

function bitsOf(key: number): number {
  return (key & 0x80000000 ? key & 0x7fffffff : ~key) >>> 0;
}

const EXPONENT = 0x7f800000;
const HALF = 1 << 16;

/**
 * The finite values of the unmasked pixels at ranks (0 is the least), found by
 * counting the upper and then the lower half of their bits: two passes, no copy.
 * @param channels - values of one pixel.
 * @param ranksOf - ranks to look for among so many values; within 0 to n - 1.
 * @returns a value a rank; empty where no value is finite.
 */
export function valuesAtRanks(
  values: Float32Array,
  channels: number,
  mask: Uint8Array | null,
  ranksOf: (n: number) => readonly number[]
): number[] {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const eachKey = (take: (key: number) => void) => {
    for (let start = 0; start < bits.length; start += channels) {
      if (mask && mask[start / channels]) {
        continue;
      }
      for (let i = start; i < start + channels; i++) {
        if ((bits[i] & EXPONENT) !== EXPONENT) {
          take(keyOf(bits[i]));
        }
      }
    }
  };
  const upper = new Uint32Array(HALF);
  let n = 0;
  eachKey(key => {
    upper[key >>> 16]++;
    n++;
  });
  if (n === 0) {
    return [];
  }
  const places = ranksOf(n).map(rank => findRank(upper, rank));
  const lower = new Map(
    places.map(({ bucket }) => [bucket, new Uint32Array(HALF)])
  );
  eachKey(key => {
    const counts = lower.get(key >>> 16);
    if (counts) {
      counts[key & 0xffff]++;
    }
  });
  const word = new Uint32Array(1);
  const float = new Float32Array(word.buffer);
  return places.map(({ bucket, rank }) => {
    const low = findRank(lower.get(bucket)!, rank).bucket;
    word[0] = bitsOf(bucket * HALF + low);
    return float[0];
  });
}

/** The bucket that holds a rank, and the rank within it. */
function findRank(
  counts: Uint32Array,
  rank: number
): { readonly bucket: number; readonly rank: number } {
  let left = rank;
  let bucket = 0;
  while (left >= counts[bucket]) {
    left -= counts[bucket++];
  }
  return { bucket, rank: left };
}
