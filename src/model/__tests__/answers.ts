/** What the kernel's tasks return, for the pair of fakes.ts. */
import type { ITaskArray, ITaskResult } from '../../kernel/types';
import type { IPair } from '../../signal/types';
import type { StepParams } from '../types';

export const CROP: StepParams = {
  step: 'crop_energy',
  start: 0.42,
  stop: null
};
export const BIN: StepParams = { step: 'bin_energy', factor: 2 };
export const MEND: StepParams = { step: 'mend_spikes', threshold: 6 };

export function array(
  values: ITaskArray['values'],
  ...shape: number[]
): ITaskArray {
  return { shape: shape.length > 0 ? shape : [values.length], values };
}

/** Of `preprocess-state` and `preprocess-apply`. */
export function stateOf(pair: IPair, ...steps: StepParams[]): ITaskResult {
  const { ny, nx, channels, energy } = pair;
  return {
    fields: {
      source: {
        shape: [ny, nx, channels],
        bytes: ny * nx * channels * 4,
        dtype: 'uint16',
        lazy: false,
        origin: 'numpy',
        energy: { ...energy },
        report: ['uint16 became float32: every value is exact.']
      },
      steps: steps.map(params => ({
        params,
        text: `Did ${params.step}.`,
        automatic: false
      }))
    } as unknown as ITaskResult['fields'],
    arrays: {}
  };
}

/** Of `preprocess-preview`: `value` in every channel after the step. */
export function previewOf(
  pair: IPair,
  params: StepParams,
  value: number
): ITaskResult {
  const { ny, nx, channels, energy } = pair;
  const spectrum = (v: number) => array(new Float32Array(channels).fill(v));
  return {
    fields: {
      params,
      text: `Would do ${params.step}.`,
      warnings: ['The window holds 3 channels only.'],
      shape_after: [ny, nx, channels],
      energy_before: { ...energy },
      energy_after: { ...energy }
    } as unknown as ITaskResult['fields'],
    arrays: {
      before: spectrum(1),
      after: spectrum(value),
      mean_before: spectrum(2),
      mean_after: spectrum(3),
      residual: array(new Float32Array(channels).fill(NaN)),
      residual_map: array(new Float32Array(ny * nx), ny, nx),
      flags: array(new Uint8Array(ny * nx), ny, nx)
    }
  };
}

/** Of `nmf` and `factorisation`: component i has the abundance i everywhere. */
export function factorsOf(
  pair: IPair,
  components: number,
  sha256 = pair.sha256
): ITaskResult {
  const { ny, nx, channels } = pair;
  const area = ny * nx;
  return {
    fields: {
      components,
      explained: 0.97,
      report: ['12 negative values were set to 0.'],
      energy: { ...pair.energy },
      sha256
    } as unknown as ITaskResult['fields'],
    arrays: {
      abundances: array(
        Float32Array.from({ length: components * area }, (_, i) =>
          Math.floor(i / area)
        ),
        components,
        ny,
        nx
      ),
      endmembers: array(
        Float32Array.from({ length: components * channels }, (_, i) => i),
        components,
        channels
      )
    }
  };
}

/** Before any factorisation. */
export const NO_FACTORS: ITaskResult = {
  fields: { components: 0 },
  arrays: {}
};
