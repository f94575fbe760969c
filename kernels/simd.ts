/** Helpers of the kernels: sums of products, the leaky ReLU, tables of places. */

/** a b + c, in one rounding where the engine has relaxed SIMD. */
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    return f32x4.relaxed_madd(a, b, c);
  }
  return f32x4.add(f32x4.mul(a, b), c);
}

/** x where it is above 0, else 0.1 x. */
export function leak(x: v128): v128 {
  return f32x4.max(x, f32x4.mul(x, f32x4.splat(0.1)));
}

/** The leaky ReLU's slope at x: 1 above 0, else 0.1. */
export function slope(x: v128): v128 {
  return v128.bitselect(
    f32x4.splat(1),
    f32x4.splat(0.1),
    f32x4.gt(x, f32x4.splat(0))
  );
}

/** The sum of the four lanes. */
export function lanes(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** Entry i of a table of byte offsets; those to the left are negative and wrap around. */
export function entry(table: usize, i: i32): usize {
  return <usize>load<i32>(table + ((<usize>i) << 2));
}

/** Positions that go through a layer at once, so that they stay in the cache; a multiple of the convolution's tile. */
export const BLOCK: i32 = 96;

/** Rows of C numbers that a block may leave. */
export const PARTIAL: usize = 3;

/** Where a block leaves its sums of every channel. */
export function partialOf(partial: usize, start: i32, channels: i32): usize {
  return (
    partial + <usize>(start / BLOCK) * (PARTIAL * ((<usize>channels) << 2))
  );
}
