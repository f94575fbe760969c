/** Optimisers over one flat vector, and the gradient of upsampling. */
import { entry, madd } from './simd';

/**
 * Adam on n weights, n a multiple of 4.
 * @param rate, epsilon - with the bias corrections drawn in.
 */
export function adam(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  n: i32,
  rate: f32,
  epsilon: f32
): void {
  const b1 = f32x4.splat(0.1);
  const keep = f32x4.splat(0.999);
  const b2 = f32x4.splat(0.001);
  const r = f32x4.splat(rate);
  const e = f32x4.splat(epsilon);
  for (const end = w + ((<usize>n) << 2); w != end;) {
    const gradient = v128.load(g);
    const before = v128.load(m);
    const mean = madd(f32x4.sub(gradient, before), b1, before);
    const square = madd(
      f32x4.mul(gradient, gradient),
      b2,
      f32x4.mul(v128.load(v), keep)
    );
    v128.store(m, mean);
    v128.store(v, square);
    const move = f32x4.div(mean, f32x4.add(f32x4.sqrt(square), e));
    v128.store(w, f32x4.sub(v128.load(w), f32x4.mul(move, r)));
    w += 16;
    g += 16;
    m += 16;
    v += 16;
  }
}

/** Gradient descent on n weights, n a multiple of 4. */
export function descend(w: usize, g: usize, n: i32, rate: f32): void {
  const r = f32x4.splat(rate);
  for (const end = w + ((<usize>n) << 2); w != end; w += 16, g += 16) {
    const move = f32x4.mul(v128.load(g), r);
    v128.store(w, f32x4.sub(v128.load(w), move));
  }
}

/** Whether n numbers, n a multiple of 4, are all finite. */
export function finite(x: usize, n: i32): bool {
  const zero = f32x4.splat(0);
  let sum = zero;
  for (const end = x + ((<usize>n) << 2); x != end; x += 16) {
    // Nothing but an infinity or a NaN gives other than 0.
    sum = f32x4.add(sum, f32x4.mul(v128.load(x), zero));
  }
  return v128.any_true(f32x4.ne(sum, zero)) == false;
}

/**
 * Sums each pixel's four copies.
 * @param at - table of the small plane.
 * @param copies - (pixels, 4) offsets of the copies in the large plane.
 */
export function upsampleGradient(
  dy: usize,
  dx: usize,
  at: usize,
  copies: usize,
  start: i32,
  end: i32,
  channels: i32
): void {
  const bytes = (<usize>channels) << 2;
  for (let p = start; p < end; p++) {
    const target = dx + entry(at, p);
    const a = dy + entry(copies, 4 * p);
    const b = dy + entry(copies, 4 * p + 1);
    const c = dy + entry(copies, 4 * p + 2);
    const d = dy + entry(copies, 4 * p + 3);
    for (let o: usize = 0; o < bytes; o += 16) {
      const left = f32x4.add(v128.load(a + o), v128.load(b + o));
      const right = f32x4.add(v128.load(c + o), v128.load(d + o));
      v128.store(target + o, f32x4.add(left, right));
    }
  }
}
