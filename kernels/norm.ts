/**
 * Batch norm behind a leaky ReLU, forward and back, and the cascade's sum.
 *
 * A norm's numbers lie in six rows of C: mean, 1 / deviation, weight /
 * deviation, bias, and of its gradient the mean and the slope. Blocks leave
 * sums of their own, which are added in float64 and in order.
 */
import { BLOCK, entry, leak, madd, PARTIAL, partialOf, slope } from './simd';

const EPSILON: f64 = 1e-5;
const MOMENTUM: f64 = 0.1;

/** (C) sums over positions of a block. */
export function sums(
  x: usize,
  at: usize,
  start: i32,
  end: i32,
  channels: i32,
  out: usize
): void {
  const bytes = (<usize>channels) << 2;
  for (let c: usize = 0; c < bytes; c += 32) {
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    for (let p = start; p < end; p++) {
      const a = x + c + entry(at, p);
      s0 = f32x4.add(s0, v128.load(a));
      s1 = f32x4.add(s1, v128.load(a, 16));
    }
    v128.store(out + c, s0);
    v128.store(out + c, s1, 16);
  }
}

/** (3, C) mean, sum of deviations and of their squares of leak(x) over a block. */
export function moments(
  x: usize,
  at: usize,
  start: i32,
  end: i32,
  channels: i32,
  out: usize
): void {
  const bytes = (<usize>channels) << 2;
  const share = f32x4.splat(1 / <f32>(end - start));
  for (let c: usize = 0; c < bytes; c += 32) {
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    for (let p = start; p < end; p++) {
      const a = x + c + entry(at, p);
      s0 = f32x4.add(s0, leak(v128.load(a)));
      s1 = f32x4.add(s1, leak(v128.load(a, 16)));
    }
    const m0 = f32x4.mul(s0, share);
    const m1 = f32x4.mul(s1, share);
    // What rounding left of the mean shows in the sum of the deviations.
    let r0 = f32x4.splat(0);
    let r1 = f32x4.splat(0);
    let q0 = f32x4.splat(0);
    let q1 = f32x4.splat(0);
    for (let p = start; p < end; p++) {
      const a = x + c + entry(at, p);
      const d0 = f32x4.sub(leak(v128.load(a)), m0);
      const d1 = f32x4.sub(leak(v128.load(a, 16)), m1);
      r0 = f32x4.add(r0, d0);
      r1 = f32x4.add(r1, d1);
      q0 = madd(d0, d0, q0);
      q1 = madd(d1, d1, q1);
    }
    const place = out + c;
    v128.store(place, m0);
    v128.store(place, m1, 16);
    v128.store(place + bytes, r0);
    v128.store(place + bytes, r1, 16);
    v128.store(place + 2 * bytes, q0);
    v128.store(place + 2 * bytes, q1, 16);
  }
}

/** A norm's numbers from mean and variance of one channel. */
export function setNorm(
  norm: usize,
  bytes: usize,
  mean: f64,
  variance: f64,
  weight: f32,
  bias: f32
): void {
  const inverse = 1 / Math.sqrt(variance + EPSILON);
  store<f32>(norm, <f32>mean);
  store<f32>(norm + bytes, <f32>inverse);
  store<f32>(norm + 2 * bytes, <f32>(inverse * <f64>weight));
  // What rounding takes from the mean goes into the bias.
  const rounded = mean - <f64>(<f32>mean);
  const shift = <f64>bias - rounded * inverse * <f64>weight;
  store<f32>(norm + 3 * bytes, <f32>shift);
}

/** Moves a running statistic a tenth of the way to a batch's. */
export function blend(running: usize, batch: f64): void {
  const now = <f64>load<f32>(running);
  store<f32>(running, <f32>(now + MOMENTUM * (batch - now)));
}

/** A norm's numbers from what the blocks of n positions left; moves the running statistics. */
export function finishMoments(
  partial: usize,
  n: i32,
  channels: i32,
  norm: usize,
  weight: usize,
  bias: usize,
  runningMean: usize,
  runningVariance: usize
): void {
  const bytes = (<usize>channels) << 2;
  for (let c: usize = 0; c < bytes; c += 4) {
    let mean: f64 = 0;
    let place = partial + c;
    for (let p = 0; p < n; p += BLOCK, place += PARTIAL * bytes) {
      const size = <f64>min(BLOCK, n - p);
      mean += size * <f64>load<f32>(place) + <f64>load<f32>(place + bytes);
    }
    mean /= <f64>n;
    let squares: f64 = 0;
    place = partial + c;
    for (let p = 0; p < n; p += BLOCK, place += PARTIAL * bytes) {
      const size = <f64>min(BLOCK, n - p);
      const rest = <f64>load<f32>(place + bytes);
      const d = <f64>load<f32>(place) - mean;
      squares += <f64>load<f32>(place + 2 * bytes) + d * (2 * rest + size * d);
    }
    const w = load<f32>(weight + c);
    const b = load<f32>(bias + c);
    setNorm(norm + c, bytes, mean, squares / <f64>n, w, b);
    blend(runningMean + c, mean);
    blend(runningVariance + c, squares / <f64>max(1, n - 1));
  }
}

/** A norm's numbers from its running statistics. */
export function fromRunning(
  channels: i32,
  norm: usize,
  weight: usize,
  bias: usize,
  runningMean: usize,
  runningVariance: usize
): void {
  const bytes = (<usize>channels) << 2;
  for (let c: usize = 0; c < bytes; c += 4) {
    setNorm(
      norm + c,
      bytes,
      <f64>load<f32>(runningMean + c),
      <f64>load<f32>(runningVariance + c),
      load<f32>(weight + c),
      load<f32>(bias + c)
    );
  }
}

/** h = norm of leak(x), for positions from `start` to `end`; `from` and `to` are tables of places. */
export function normalise(
  x: usize,
  h: usize,
  from: usize,
  to: usize,
  start: i32,
  end: i32,
  channels: i32,
  norm: usize
): void {
  const bytes = (<usize>channels) << 2;
  for (let p = start; p < end; p++) {
    const source = x + entry(from, p);
    const target = h + entry(to, p);
    for (let c: usize = 0; c < bytes; c += 16) {
      const m = norm + c;
      const d = f32x4.sub(leak(v128.load(source + c)), v128.load(m));
      const scale = v128.load(m + 2 * bytes);
      v128.store(target + c, madd(d, scale, v128.load(m + 3 * bytes)));
    }
  }
}

/**
 * out = sum over the cascade's blocks of x, leak(x) and the norm of leak(x).
 * @param terms - table of (x, norm) addresses.
 */
export function cascadeSum(
  terms: usize,
  count: i32,
  out: usize,
  at: usize,
  start: i32,
  end: i32,
  channels: i32
): void {
  const bytes = (<usize>channels) << 2;
  for (let p = start; p < end; p++) {
    const o = entry(at, p);
    for (let i = 0; i < count; i++) {
      const source = entry(terms, 2 * i) + o;
      const norm = entry(terms, 2 * i + 1);
      for (let c: usize = 0; c < bytes; c += 16) {
        const x = v128.load(source + c);
        const a = leak(x);
        const m = norm + c;
        const d = f32x4.sub(a, v128.load(m));
        const scale = v128.load(m + 2 * bytes);
        const h = madd(d, scale, v128.load(m + 3 * bytes));
        let sum = f32x4.add(f32x4.add(x, a), h);
        if (i > 0) {
          sum = f32x4.add(sum, v128.load(out + o + c));
        }
        v128.store(out + o + c, sum);
      }
    }
  }
}

/** (2, C) sums over a block of dh, and of dh times the deviation of leak(x). */
export function gradientSums(
  dh: usize,
  x: usize,
  norm: usize,
  at: usize,
  start: i32,
  end: i32,
  channels: i32,
  out: usize
): void {
  const bytes = (<usize>channels) << 2;
  for (let c: usize = 0; c < bytes; c += 32) {
    const m0 = v128.load(norm + c);
    const m1 = v128.load(norm + c, 16);
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let q0 = f32x4.splat(0);
    let q1 = f32x4.splat(0);
    for (let p = start; p < end; p++) {
      const o = c + entry(at, p);
      const g0 = v128.load(dh + o);
      const g1 = v128.load(dh + o, 16);
      s0 = f32x4.add(s0, g0);
      s1 = f32x4.add(s1, g1);
      q0 = madd(g0, f32x4.sub(leak(v128.load(x + o)), m0), q0);
      q1 = madd(g1, f32x4.sub(leak(v128.load(x + o, 16)), m1), q1);
    }
    v128.store(out + c, s0);
    v128.store(out + c, s1, 16);
    v128.store(out + c + bytes, q0);
    v128.store(out + c + bytes, q1, 16);
  }
}

/** `gradientSums` of all blocks from `start` to `end`. */
export function gradientSumsOf(
  dh: usize,
  x: usize,
  norm: usize,
  at: usize,
  start: i32,
  end: i32,
  channels: i32,
  partial: usize
): void {
  for (let p = start; p < end; p += BLOCK) {
    const e = min(p + BLOCK, end);
    const place = partialOf(partial, p, channels);
    gradientSums(dh, x, norm, at, p, e, channels, place);
  }
}

/** The last two rows of a norm's numbers, and the gradients of its weight and bias. */
export function finishGradientSums(
  partial: usize,
  n: i32,
  channels: i32,
  norm: usize,
  weight: usize,
  bias: usize
): void {
  const bytes = (<usize>channels) << 2;
  for (let c: usize = 0; c < bytes; c += 4) {
    let sum: f64 = 0;
    let products: f64 = 0;
    let place = partial + c;
    for (let p = 0; p < n; p += BLOCK, place += PARTIAL * bytes) {
      sum += <f64>load<f32>(place);
      products += <f64>load<f32>(place + bytes);
    }
    const inverse = <f64>load<f32>(norm + c + bytes);
    store<f32>(norm + c + 4 * bytes, <f32>(sum / <f64>n));
    store<f32>(
      norm + c + 5 * bytes,
      <f32>((products * inverse * inverse) / <f64>n)
    );
    store<f32>(weight + c, <f32>(products * inverse));
    store<f32>(bias + c, <f32>sum);
  }
}

/** (C) the sums that the blocks left. */
export function finishSums(
  partial: usize,
  n: i32,
  channels: i32,
  out: usize
): void {
  const bytes = (<usize>channels) << 2;
  for (let c: usize = 0; c < bytes; c += 4) {
    let sum: f64 = 0;
    let place = partial + c;
    for (let p = 0; p < n; p += BLOCK, place += PARTIAL * bytes) {
      sum += <f64>load<f32>(place);
    }
    store<f32>(out + c, <f32>sum);
  }
}

/**
 * From the gradient for a norm's output, dh, to the one for x, which leaky ReLU
 * and norm took; in the cascade x and leak(x) go into the sum as well.
 */
export function normGradient(
  dh: usize,
  dx: usize,
  sum: usize,
  x: usize,
  norm: usize,
  at: usize,
  start: i32,
  end: i32,
  channels: i32
): void {
  const bytes = (<usize>channels) << 2;
  for (let p = start; p < end; p++) {
    const o = entry(at, p);
    for (let c: usize = 0; c < bytes; c += 16) {
      const m = norm + c;
      const value = v128.load(x + o + c);
      const deviation = f32x4.sub(leak(value), v128.load(m));
      const level = f32x4.sub(v128.load(dh + o + c), v128.load(m + 4 * bytes));
      const rest = f32x4.sub(
        level,
        f32x4.mul(deviation, v128.load(m + 5 * bytes))
      );
      const scale = v128.load(m + 2 * bytes);
      if (sum) {
        const s = v128.load(sum + o + c);
        const da = madd(rest, scale, s);
        v128.store(dx + o + c, madd(da, slope(value), s));
      } else {
        v128.store(dx + o + c, f32x4.mul(f32x4.mul(rest, scale), slope(value)));
      }
    }
  }
}
