/**
 * Convolutions of C to C channels, C a multiple of 8, and their gradients.
 *
 * Values lie as (position, channel) in planes with margins of zeros, so that a
 * tap is one offset for all positions. `at` is the table of the positions'
 * byte offsets; it goes on for TILE - 1 entries behind the last position.
 */
import { BLOCK, entry, madd, partialOf } from './simd';
import { gradientSums, moments, normGradient, sums } from './norm';

/** Positions of one pass of the inner loop: 6 x 8 sums fill the vector registers. */
const TILE: i32 = 6;

/**
 * Six positions, eight outputs.
 * @param start - what the sums start from: one row, or where `rows` a plane.
 * @param w - (taps, C, 8) weights of these outputs.
 */
function tile(
  x: usize,
  y: usize,
  at: usize,
  start: usize,
  rows: bool,
  w: usize,
  taps: usize,
  tapsEnd: usize,
  bytes: usize
): void {
  const s0 = rows ? start + entry(at, 0) : start;
  const s1 = rows ? start + entry(at, 1) : start;
  const s2 = rows ? start + entry(at, 2) : start;
  const s3 = rows ? start + entry(at, 3) : start;
  const s4 = rows ? start + entry(at, 4) : start;
  const s5 = rows ? start + entry(at, 5) : start;
  let c00 = v128.load(s0);
  let c01 = v128.load(s0, 16);
  let c10 = v128.load(s1);
  let c11 = v128.load(s1, 16);
  let c20 = v128.load(s2);
  let c21 = v128.load(s2, 16);
  let c30 = v128.load(s3);
  let c31 = v128.load(s3, 16);
  let c40 = v128.load(s4);
  let c41 = v128.load(s4, 16);
  let c50 = v128.load(s5);
  let c51 = v128.load(s5, 16);
  for (; taps != tapsEnd; taps += 4) {
    const tap = x + entry(taps, 0);
    let x0 = tap + entry(at, 0);
    let x1 = tap + entry(at, 1);
    let x2 = tap + entry(at, 2);
    let x3 = tap + entry(at, 3);
    let x4 = tap + entry(at, 4);
    let x5 = tap + entry(at, 5);
    const end = w + (bytes << 3);
    do {
      const b00 = v128.load(w, 0);
      const b01 = v128.load(w, 16);
      const a00 = v128.load_splat<f32>(x0, 0);
      c00 = madd(a00, b00, c00);
      c01 = madd(a00, b01, c01);
      const a01 = v128.load_splat<f32>(x1, 0);
      c10 = madd(a01, b00, c10);
      c11 = madd(a01, b01, c11);
      const a02 = v128.load_splat<f32>(x2, 0);
      c20 = madd(a02, b00, c20);
      c21 = madd(a02, b01, c21);
      const a03 = v128.load_splat<f32>(x3, 0);
      c30 = madd(a03, b00, c30);
      c31 = madd(a03, b01, c31);
      const a04 = v128.load_splat<f32>(x4, 0);
      c40 = madd(a04, b00, c40);
      c41 = madd(a04, b01, c41);
      const a05 = v128.load_splat<f32>(x5, 0);
      c50 = madd(a05, b00, c50);
      c51 = madd(a05, b01, c51);
      const b10 = v128.load(w, 32);
      const b11 = v128.load(w, 48);
      const a10 = v128.load_splat<f32>(x0, 4);
      c00 = madd(a10, b10, c00);
      c01 = madd(a10, b11, c01);
      const a11 = v128.load_splat<f32>(x1, 4);
      c10 = madd(a11, b10, c10);
      c11 = madd(a11, b11, c11);
      const a12 = v128.load_splat<f32>(x2, 4);
      c20 = madd(a12, b10, c20);
      c21 = madd(a12, b11, c21);
      const a13 = v128.load_splat<f32>(x3, 4);
      c30 = madd(a13, b10, c30);
      c31 = madd(a13, b11, c31);
      const a14 = v128.load_splat<f32>(x4, 4);
      c40 = madd(a14, b10, c40);
      c41 = madd(a14, b11, c41);
      const a15 = v128.load_splat<f32>(x5, 4);
      c50 = madd(a15, b10, c50);
      c51 = madd(a15, b11, c51);
      const b20 = v128.load(w, 64);
      const b21 = v128.load(w, 80);
      const a20 = v128.load_splat<f32>(x0, 8);
      c00 = madd(a20, b20, c00);
      c01 = madd(a20, b21, c01);
      const a21 = v128.load_splat<f32>(x1, 8);
      c10 = madd(a21, b20, c10);
      c11 = madd(a21, b21, c11);
      const a22 = v128.load_splat<f32>(x2, 8);
      c20 = madd(a22, b20, c20);
      c21 = madd(a22, b21, c21);
      const a23 = v128.load_splat<f32>(x3, 8);
      c30 = madd(a23, b20, c30);
      c31 = madd(a23, b21, c31);
      const a24 = v128.load_splat<f32>(x4, 8);
      c40 = madd(a24, b20, c40);
      c41 = madd(a24, b21, c41);
      const a25 = v128.load_splat<f32>(x5, 8);
      c50 = madd(a25, b20, c50);
      c51 = madd(a25, b21, c51);
      const b30 = v128.load(w, 96);
      const b31 = v128.load(w, 112);
      const a30 = v128.load_splat<f32>(x0, 12);
      c00 = madd(a30, b30, c00);
      c01 = madd(a30, b31, c01);
      const a31 = v128.load_splat<f32>(x1, 12);
      c10 = madd(a31, b30, c10);
      c11 = madd(a31, b31, c11);
      const a32 = v128.load_splat<f32>(x2, 12);
      c20 = madd(a32, b30, c20);
      c21 = madd(a32, b31, c21);
      const a33 = v128.load_splat<f32>(x3, 12);
      c30 = madd(a33, b30, c30);
      c31 = madd(a33, b31, c31);
      const a34 = v128.load_splat<f32>(x4, 12);
      c40 = madd(a34, b30, c40);
      c41 = madd(a34, b31, c41);
      const a35 = v128.load_splat<f32>(x5, 12);
      c50 = madd(a35, b30, c50);
      c51 = madd(a35, b31, c51);
      w += 128;
      x0 += 16;
      x1 += 16;
      x2 += 16;
      x3 += 16;
      x4 += 16;
      x5 += 16;
    } while (w != end);
  }
  const y0 = y + entry(at, 0);
  v128.store(y0, c00);
  v128.store(y0, c01, 16);
  const y1 = y + entry(at, 1);
  v128.store(y1, c10);
  v128.store(y1, c11, 16);
  const y2 = y + entry(at, 2);
  v128.store(y2, c20);
  v128.store(y2, c21, 16);
  const y3 = y + entry(at, 3);
  v128.store(y3, c30);
  v128.store(y3, c31, 16);
  const y4 = y + entry(at, 4);
  v128.store(y4, c40);
  v128.store(y4, c41, 16);
  const y5 = y + entry(at, 5);
  v128.store(y5, c50);
  v128.store(y5, c51, 16);
}

function block(
  x: usize,
  y: usize,
  w: usize,
  from: usize,
  rows: bool,
  at: usize,
  start: i32,
  end: i32,
  taps: usize,
  count: i32,
  channels: i32
): void {
  const bytes = (<usize>channels) << 2;
  const panel = (<usize>count * bytes) << 3;
  const tapsEnd = taps + ((<usize>count) << 2);
  for (let co: usize = 0; co < bytes; co += 32) {
    const panelAt = w + (co >> 5) * panel;
    for (let p = start; p < end; p += TILE) {
      const places = at + ((<usize>p) << 2);
      tile(x, y + co, places, from + co, rows, panelAt, taps, tapsEnd, bytes);
    }
  }
}

/**
 * y = bias + convolution of x, for positions `start` (a multiple of BLOCK) to `end`.
 * @param w - packed weights, (C / 8, taps, C, 8).
 * @param partial - where blocks leave mean and squared deviations of leak(y); 0 for none.
 */
export function convolve(
  x: usize,
  y: usize,
  w: usize,
  bias: usize,
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
    block(x, y, w, bias, false, at, p, e, taps, count, channels);
    if (partial) {
      moments(y, at, p, e, channels, partialOf(partial, p, channels));
    }
  }
}

/**
 * dx = start + convolution of dy by the packed transposed weights.
 * @param from - one row, or where `rows` a plane, that is added.
 * @param value - what the leaky ReLU in front of the norm below took.
 * @param norm - numbers of the norm whose output dx is the gradient of.
 * @param partial - where blocks leave the sums of that norm's gradient; 0 for none.
 */
export function convolveGradient(
  dy: usize,
  dx: usize,
  w: usize,
  from: usize,
  rows: bool,
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
    block(dy, dx, w, from, rows, at, p, e, taps, count, channels);
    if (partial) {
      const place = partialOf(partial, p, channels);
      gradientSums(dx, value, norm, at, p, e, channels, place);
    }
  }
}

/** Three taps of a row, two inputs, eight outputs: g += sum over positions. */
function products(
  x: usize,
  dy: usize,
  at: usize,
  end: usize,
  taps: usize,
  g: usize,
  tapBytes: usize,
  rowBytes: usize
): void {
  const g0 = g;
  const g1 = g + rowBytes;
  const g2 = g0 + tapBytes;
  const g3 = g1 + tapBytes;
  const g4 = g2 + tapBytes;
  const g5 = g3 + tapBytes;
  let c00 = v128.load(g0);
  let c01 = v128.load(g0, 16);
  let c10 = v128.load(g1);
  let c11 = v128.load(g1, 16);
  let c20 = v128.load(g2);
  let c21 = v128.load(g2, 16);
  let c30 = v128.load(g3);
  let c31 = v128.load(g3, 16);
  let c40 = v128.load(g4);
  let c41 = v128.load(g4, 16);
  let c50 = v128.load(g5);
  let c51 = v128.load(g5, 16);
  const x0 = x + entry(taps, 0);
  const x1 = x + entry(taps, 1);
  const x2 = x + entry(taps, 2);
  for (; at != end; at += 4) {
    const o = entry(at, 0);
    const b0 = v128.load(dy + o);
    const b1 = v128.load(dy + o, 16);
    const a0 = v128.load_splat<f32>(x0 + o);
    c00 = madd(a0, b0, c00);
    c01 = madd(a0, b1, c01);
    const a1 = v128.load_splat<f32>(x0 + o, 4);
    c10 = madd(a1, b0, c10);
    c11 = madd(a1, b1, c11);
    const a2 = v128.load_splat<f32>(x1 + o);
    c20 = madd(a2, b0, c20);
    c21 = madd(a2, b1, c21);
    const a3 = v128.load_splat<f32>(x1 + o, 4);
    c30 = madd(a3, b0, c30);
    c31 = madd(a3, b1, c31);
    const a4 = v128.load_splat<f32>(x2 + o);
    c40 = madd(a4, b0, c40);
    c41 = madd(a4, b1, c41);
    const a5 = v128.load_splat<f32>(x2 + o, 4);
    c50 = madd(a5, b0, c50);
    c51 = madd(a5, b1, c51);
  }
  v128.store(g0, c00);
  v128.store(g0, c01, 16);
  v128.store(g1, c10);
  v128.store(g1, c11, 16);
  v128.store(g2, c20);
  v128.store(g2, c21, 16);
  v128.store(g3, c30);
  v128.store(g3, c31, 16);
  v128.store(g4, c40);
  v128.store(g4, c41, 16);
  v128.store(g5, c50);
  v128.store(g5, c51, 16);
}

/**
 * Through leaky ReLU and norm (`dh` becomes `dc`, the gradient for the
 * convolution's output), then the gradient of the weights, block by block.
 * @param sum - gradient of the cascade's sum; 0 outside the cascade.
 * @param x - the convolution's input.
 * @param g - (taps, C, C) that is added to.
 * @param partial - where blocks leave the sum of dc.
 */
export function weightGradient(
  dh: usize,
  dc: usize,
  sum: usize,
  value: usize,
  norm: usize,
  x: usize,
  g: usize,
  at: usize,
  start: i32,
  end: i32,
  taps: usize,
  count: i32,
  channels: i32,
  partial: usize
): void {
  const bytes = (<usize>channels) << 2;
  const tapBytes = bytes * <usize>channels;
  for (let p = start; p < end; p += BLOCK) {
    const e = min(p + BLOCK, end);
    normGradient(dh, dc, sum, value, norm, at, p, e, channels);
    sums(dc, at, p, e, channels, partialOf(partial, p, channels));
    const first = at + ((<usize>p) << 2);
    const last = at + ((<usize>e) << 2);
    for (let co: usize = 0; co < bytes; co += 32) {
      for (let t = 0; t < count; t += 3) {
        const row = taps + ((<usize>t) << 2);
        const gt = g + co + <usize>t * tapBytes;
        for (let ci: usize = 0; ci < bytes; ci += 8) {
          const place = gt + (ci >> 2) * bytes;
          products(x + ci, dc + co, first, last, row, place, tapBytes, bytes);
        }
      }
    }
  }
}

/**
 * Weights as the convolution reads them, from (taps, C, C).
 * @param forward - (C / 8 outputs, taps, inputs, 8).
 * @param backward - (C / 8 inputs, taps turned around, outputs, 8).
 */
export function pack(
  w: usize,
  forward: usize,
  backward: usize,
  count: i32,
  channels: i32
): void {
  const bytes = (<usize>channels) << 2;
  const panel = (<usize>count * bytes) << 3;
  for (let t = 0; t < count; t++) {
    const there = <usize>t * (bytes << 3);
    const back = <usize>(count - 1 - t) * (bytes << 3);
    for (let ci: usize = 0; ci < bytes; ci += 4) {
      const into = backward + (ci >> 5) * panel + back + (ci & 28);
      for (let co: usize = 0; co < bytes; co += 32, w += 32) {
        const out = forward + (co >> 5) * panel + there + (ci << 3);
        v128.store(out, v128.load(w));
        v128.store(out, v128.load(w, 16), 16);
        for (let lane: usize = 0; lane < 32; lane += 4) {
          store<f32>(into + ((co + lane) << 3), load<f32>(w + lane));
        }
      }
    }
  }
}
