/**
 * Dense layers between planes of C channels and latents.
 *
 * Weights are (latents, positions, C). `at` is the table of all samples'
 * positions, `size` the number of positions of one.
 */
import { entry, lanes, madd } from './simd';

/** (samples, latents) from planes: bias + sum over positions and channels. */
export function toLatents(
  x: usize,
  z: usize,
  w: usize,
  bias: usize,
  at: usize,
  start: i32,
  end: i32,
  size: i32,
  channels: i32,
  latents: i32
): void {
  const bytes = (<usize>channels) << 2;
  for (let s = start; s < end; s++) {
    const places = at + ((<usize>(s * size)) << 2);
    let row = w;
    for (let j = 0; j < latents; j++) {
      let total: f64 = bias ? <f64>load<f32>(bias + ((<usize>j) << 2)) : 0;
      let s0 = f32x4.splat(0);
      let s1 = f32x4.splat(0);
      for (let p = 0; p < size; p++) {
        let source = x + entry(places, p);
        for (const rowEnd = row + bytes; row != rowEnd;) {
          s0 = madd(v128.load(source), v128.load(row), s0);
          s1 = madd(v128.load(source, 16), v128.load(row, 16), s1);
          source += 32;
          row += 32;
        }
        if ((p & 31) == 31) {
          total += <f64>lanes(f32x4.add(s0, s1));
          s0 = f32x4.splat(0);
          s1 = f32x4.splat(0);
        }
      }
      total += <f64>lanes(f32x4.add(s0, s1));
      store<f32>(z + ((<usize>(s * latents + j)) << 2), <f32>total);
    }
  }
}

/** Planes from (samples, latents): bias (positions, C) or 0 for none, + sum over latents. */
export function fromLatents(
  z: usize,
  y: usize,
  w: usize,
  bias: usize,
  at: usize,
  start: i32,
  end: i32,
  size: i32,
  channels: i32,
  latents: i32
): void {
  const bytes = (<usize>channels) << 2;
  const plane = <usize>size * bytes;
  for (let s = start; s < end; s++) {
    const places = at + ((<usize>(s * size)) << 2);
    const row = z + ((<usize>(s * latents)) << 2);
    for (let p = 0; p < size; p++) {
      const target = y + entry(places, p);
      const o = <usize>p * bytes;
      for (let c: usize = 0; c < bytes; c += 32) {
        let s0 = f32x4.splat(0);
        let s1 = f32x4.splat(0);
        if (bias) {
          s0 = v128.load(bias + o + c);
          s1 = v128.load(bias + o + c, 16);
        }
        let weight = w + o + c;
        for (let j = 0; j < latents; j++, weight += plane) {
          const a = v128.load_splat<f32>(row + ((<usize>j) << 2));
          s0 = madd(a, v128.load(weight), s0);
          s1 = madd(a, v128.load(weight, 16), s1);
        }
        v128.store(target + c, s0);
        v128.store(target + c, s1, 16);
      }
    }
  }
}

/**
 * g = sum over samples of latents times planes, for positions `start` to `end` of a sample.
 * @param sums - (positions, C) sum of the planes, or 0 for none.
 */
export function denseGradient(
  z: usize,
  x: usize,
  g: usize,
  sums: usize,
  at: usize,
  start: i32,
  end: i32,
  size: i32,
  channels: i32,
  latents: i32,
  samples: i32
): void {
  const bytes = (<usize>channels) << 2;
  const plane = <usize>size * bytes;
  for (let p = start; p < end; p++) {
    const o = <usize>p * bytes;
    for (let c: usize = 0; c < bytes; c += 32) {
      for (let j = sums ? -1 : 0; j < latents; j++) {
        let s0 = f32x4.splat(0);
        let s1 = f32x4.splat(0);
        for (let s = 0; s < samples; s++) {
          const source = x + c + entry(at, s * size + p);
          const a =
            j < 0
              ? f32x4.splat(1)
              : v128.load_splat<f32>(z + ((<usize>(s * latents + j)) << 2));
          s0 = madd(a, v128.load(source), s0);
          s1 = madd(a, v128.load(source, 16), s1);
        }
        const out = (j < 0 ? sums : g + <usize>j * plane) + o + c;
        v128.store(out, s0);
        v128.store(out, s1, 16);
      }
    }
  }
}

/** (latents) sums over samples. */
export function latentSums(
  z: usize,
  out: usize,
  samples: i32,
  latents: i32
): void {
  for (let j = 0; j < latents; j++) {
    let sum: f64 = 0;
    for (let s = 0; s < samples; s++) {
      sum += <f64>load<f32>(z + ((<usize>(s * latents + j)) << 2));
    }
    store<f32>(out + ((<usize>j) << 2), <f32>sum);
  }
}
