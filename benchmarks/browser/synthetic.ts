/** Data of any size with structure to learn: spectra whose peaks follow the image around them. */
import { uniforms } from '../../src/signal/random';
import { scalingOf } from '../../src/signal/scaling';
import { validWindows } from '../../src/signal/windows';
import type { IDataset, INetworkSpec } from '../../src/network/types';

export interface ISynthetic {
  readonly dataset: IDataset;
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** A square scan that holds as many windows as asked for. */
export function synthetic(
  spec: INetworkSpec,
  train: number,
  tests: number
): ISynthetic {
  const { window, channels } = spec;
  const side = Math.ceil(Math.sqrt(train + tests)) + window;
  const n = side * side;
  const noise = uniforms(0, 'benchmark/noise', 0, n);
  const image = new Float32Array(n);
  const spectra = new Float32Array(n * channels);
  for (let i = 0; i < n; i++) {
    const [y, x] = [Math.floor(i / side), i % side];
    const shape = Math.sin(x / 5) * Math.cos(y / 7) + 0.5 * Math.sin(y / 11);
    image[i] = 1000 + 400 * shape + 60 * noise[i];
    const [at, width] = [0.45 + 0.15 * shape, 0.06 + 0.02 * Math.cos(x / 9)];
    for (let c = 0; c < channels; c++) {
      const e = (c + 0.5) / channels;
      spectra[i * channels + c] =
        80 / (1 + ((e - at) / width) ** 2) +
        40 * Math.exp(-e * 6) +
        3 * noise[(i * 31 + c * 17) % n];
    }
  }
  const grid = validWindows(side, side, window);
  return {
    dataset: {
      ny: side,
      nx: side,
      channels,
      image,
      spectra,
      scaling: scalingOf({ image, spectra, channels, mask: null })
    },
    train: grid.positions.slice(0, train),
    test: grid.positions.slice(train, train + tests)
  };
}
