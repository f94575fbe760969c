/** Convolutions from one channel to C and from C to one, with their gradients. */
import { BLOCK, entry, lanes, madd, partialOf } from './simd';
import { gradientSums, moments } from './norm';

/**
 * y = start + sum over taps of x times a row of weights.
 * @param x - plane of one channel; `thin` and `taps` are its tables.
 * @param w - (taps, C).
 * @param from - (C) what the sums start from.
 */
function widen(
  x: usize,
  y: usize,
  w: usize,
  from: usize,
  thin: usize,
  at: usize,
  start: i32,
  end: i32,
  taps: usize,
  count: i32,
  channels: i32
): void {
  const bytes = (<usize>channels) << 2;
  for (let p = start; p < end; p++) {
    const source = x + entry(thin, p);
    const target = y + entry(at, p);
    for (let c: usize = 0; c < bytes; c += 32) {
      let s0 = v128.load(from + c);
      let s1 = v128.load(from + c, 16);
      let row = w + c;
      for (let t = 0; t < count; t++, row += bytes) {
        const a = v128.load_splat<f32>(source + entry(taps, t));
        s0 = madd(a, v128.load(row), s0);
        s1 = madd(a, v128.load(row, 16), s1);
      }
      v128.store(target + c, s0);
      v128.store(target + c, s1, 16);
    }
  }
}

/** From one channel to C; blocks leave the moments of leak(y) where `partial` is not 0. */
export function convolveFirst(
  x: usize,
  y: usize,
  w: usize,
  bias: usize,
  thin: usize,
  at: usize,
  start: i32,
  end: i32,
  taps: usize,
  count: i32,
  channels: i32,
  partial: usize
): void {
  for (let p = start; p < end; p += BLOCK) {
    const e = min(p + BLOCK, end);
    widen(x, y, w, bias, thin, at, p, e, taps, count, channels);
    if (partial) {
      moments(y, at, p, e, channels, partialOf(partial, p, channels));
    }
  }
}

/** Gradient for the input of `convolveTail`; blocks leave the sums of the norm below where `partial` is not 0. */
export function tailGradient(
  dy: usize,
  dx: usize,
  w: usize,
  zeros: usize,
  thin: usize,
  at: usize,
  start: i32,
  end: i32,
  taps: usize,
  count: i32,
  channels: i32,
  value: usize,
  norm: usize,
  partial: usize
): void {
  for (let p = start; p < end; p += BLOCK) {
    const e = min(p + BLOCK, end);
    widen(dy, dx, w, zeros, thin, at, p, e, taps, count, channels);
    if (partial) {
      const place = partialOf(partial, p, channels);
      gradientSums(dx, value, norm, at, p, e, channels, place);
    }
  }
}

/** From C channels to one. */
export function convolveTail(
  x: usize,
  y: usize,
  w: usize,
  bias: usize,
  thin: usize,
  at: usize,
  start: i32,
  end: i32,
  taps: usize,
  count: i32,
  channels: i32
): void {
  const bytes = (<usize>channels) << 2;
  for (let p = start; p < end; p++) {
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    const place = x + entry(at, p);
    let row = w;
    for (let t = 0; t < count; t++) {
      let source = place + entry(taps, t);
      for (const rowEnd = row + bytes; row != rowEnd; row += 32, source += 32) {
        s0 = madd(v128.load(source), v128.load(row), s0);
        s1 = madd(v128.load(source, 16), v128.load(row, 16), s1);
      }
    }
    store<f32>(y + entry(thin, p), load<f32>(bias) + lanes(f32x4.add(s0, s1)));
  }
}

/**
 * g += sum over positions of the one channel at each tap times the C channels:
 * the gradient of the first convolution's weights, and with the taps turned
 * around of the tail's.
 * @param g - (taps, C).
 */
export function thinWeightGradient(
  thin: usize,
  wide: usize,
  g: usize,
  thinAt: usize,
  at: usize,
  start: i32,
  end: i32,
  taps: usize,
  count: i32,
  channels: i32
): void {
  const bytes = (<usize>channels) << 2;
  for (let block = start; block < end; block += BLOCK) {
    const e = min(block + BLOCK, end);
    for (let t = 0; t < count; t++) {
      const source = thin + entry(taps, t);
      for (let c: usize = 0; c < bytes; c += 32) {
        const place = g + <usize>t * bytes + c;
        let s0 = f32x4.splat(0);
        let s1 = f32x4.splat(0);
        for (let p = block; p < e; p++) {
          const a = v128.load_splat<f32>(source + entry(thinAt, p));
          const v = wide + c + entry(at, p);
          s0 = madd(a, v128.load(v), s0);
          s1 = madd(a, v128.load(v, 16), s1);
        }
        v128.store(place, f32x4.add(v128.load(place), s0));
        v128.store(place, f32x4.add(v128.load(place, 16), s1), 16);
      }
    }
  }
}
