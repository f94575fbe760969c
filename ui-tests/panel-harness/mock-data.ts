/** Simulated arrays for the panel page: tilted squares, and spectra that depend on what lies around a pixel. */
import type { IPair } from '../../src/signal/types';

const NY = 62;
const NX = 75;
const CHANNELS = 400;

/** A small seeded generator (mulberry32): the page looks the same every time. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Spectrum for a local density (0 to 1) and a local edge strength (0 to 1). */
export function spectrumFor(density: number, edge: number): Float32Array {
  const out = new Float32Array(CHANNELS);
  for (let e = 0; e < CHANNELS; e++) {
    const energy = 0.2 + 0.0025 * e;
    const main = 60 + 260 * (1 - density);
    const centre = 0.5 + 0.06 * density;
    out[e] =
      10 * Math.exp(-(energy - 0.2) / 0.3) +
      main * Math.exp(-(((energy - centre) / 0.11) ** 2)) +
      (20 + 160 * edge) * Math.exp(-(((energy - 0.92) / 0.06) ** 2)) +
      40 * density * Math.exp(-(((energy - 0.7) / 0.08) ** 2));
  }
  return out;
}

/** Mean and spread of the image around a pixel. */
export function around(
  image: Float32Array,
  row: number,
  column: number,
  reach = 4
): [number, number] {
  let sum = 0;
  let square = 0;
  let count = 0;
  for (let y = row - reach; y < row + reach; y++) {
    for (let x = column - reach; x < column + reach; x++) {
      const value =
        image[
          Math.max(0, Math.min(NY - 1, y)) * NX +
            Math.max(0, Math.min(NX - 1, x))
        ];
      sum += value;
      square += value * value;
      count++;
    }
  }
  const mean = sum / count;
  return [mean, Math.sqrt(Math.max(0, square / count - mean * mean)) * 1.6];
}

/** Zero-loss peak with its tail, counts at an energy in eV. */
function zeroLossAt(energy: number): number {
  return (
    9000 * Math.exp(-((energy / 0.012) ** 2)) +
    420 * Math.exp(-Math.abs(energy) / 0.08)
  );
}

/** The simulated pair with its zero-loss peak, from -0.1 eV on: what preprocessing starts from. */
export function rawPair(): IPair {
  const pair = simulatedPair();
  const energy = { ...pair.energy, scale: 0.003, offset: -0.1 };
  const spectra = new Float32Array(pair.spectra.length);
  for (let pixel = 0; pixel < NY * NX; pixel++) {
    for (let e = 0; e < CHANNELS; e++) {
      const value = energy.offset + energy.scale * e;
      const from = Math.round((value - 0.2) / pair.energy.scale);
      spectra[pixel * CHANNELS + e] =
        zeroLossAt(value) +
        (from >= 0 && from < CHANNELS
          ? pair.spectra[pixel * CHANNELS + from]
          : 0);
    }
  }
  return { ...pair, energy, spectra };
}

/** A simulated pair of (62, 75) pixels and 400 channels. */
export function simulatedPair(): IPair {
  const random = generator(7);
  const image = new Float32Array(NY * NX).map(() => 0.05 + 0.04 * random());
  for (let v = -1; v < 9; v++) {
    for (let u = -1; u < 10; u++) {
      if (random() < 0.14) {
        continue;
      }
      const cx = 4 + 8.4 * u - 1.0 * v + random();
      const cy = 4 + 8.4 * v + 1.0 * u + random();
      const bright = 0.82 + 0.12 * random();
      const tilt = -0.12 + 0.06 * (random() - 0.5);
      const near = (centre: number, size: number): [number, number] => [
        Math.max(0, Math.floor(centre - 5)),
        Math.min(size, Math.ceil(centre + 6))
      ];
      const [top, bottom] = near(cy, NY);
      const [left, right] = near(cx, NX);
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          const dx = Math.cos(tilt) * (x - cx) - Math.sin(tilt) * (y - cy);
          const dy = Math.sin(tilt) * (x - cx) + Math.cos(tilt) * (y - cy);
          if (Math.abs(dx) < 3.4 && Math.abs(dy) < 3.4) {
            image[y * NX + x] = bright + 0.05 * random();
          }
        }
      }
    }
  }
  const spectra = new Float32Array(NY * NX * CHANNELS);
  for (let pixel = 0; pixel < NY * NX; pixel++) {
    const [density, edge] = around(image, Math.floor(pixel / NX), pixel % NX);
    const clean = spectrumFor(density, edge);
    for (let e = 0; e < CHANNELS; e++) {
      const noise =
        Math.sqrt(clean[e]) * (random() + random() + random() - 1.5);
      spectra[pixel * CHANNELS + e] = clean[e] + 1.3 * noise;
    }
  }
  const axis = { units: 'nm', scale: 2, offset: 0 };
  return {
    id: 'pair',
    name: 'si',
    title: 'FT:IO monolayer',
    simulated: true,
    ny: NY,
    nx: NX,
    channels: CHANNELS,
    y: { name: 'y', size: NY, ...axis },
    x: { name: 'x', size: NX, ...axis },
    energy: {
      name: 'Energy loss',
      units: 'eV',
      size: CHANNELS,
      scale: 0.0025,
      offset: 0.2
    },
    spectra,
    spectraUnits: 'counts',
    image,
    imageUnits: '',
    mask: null,
    sha256: '5f0c1d3e9a7b42c68d1e0f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c',
    report: ['NumPy (62, 75, 400) uint32 became float32.']
  };
}
