/** Applies the network in a model file to data that it was not trained on. */
import {
  croppedAxis,
  type IAxisMatch,
  matchAxes,
  resampleSpectra
} from '../../analysis/resample';
import {
  encodingSpread,
  nearestDistances,
  shareAbove
} from '../../analysis/latent-distance';
import { percentile } from '../../analysis/statistics';
import { sameUnits } from '../../signal/axis';
import { SPECTRA_ABSENT } from '../../signal/spectrum-image';
import { TEST, TRAIN, type BackendName, type IPair } from '../../signal/types';
import { specOfMeta, type IModelContents } from '../../network/model-file';
import { weightsSha256 } from '../../network/weights-sha256';
import { validWindows, windowProblem } from '../../signal/windows';
import { readSnakeSetup } from '../model-metadata';
import { datasetOf, scalingFor } from '../run-request';
import { splitOver } from '../show-model';
import { inSlices, type Slices } from '../../signal/slices';
import { TrainedModel } from '../trained-model';
import type { IModelLibrary } from './model-library';
import type { INetworks } from './options';
import type {
  IOwnData,
  ITransferDistances,
  ITransferNote,
  ITransferred,
  TransferScale
} from './transfer-types';

export interface ITransferRequest {
  readonly source: string;
  /** What the model is called. */
  readonly label: string;
  readonly contents: IModelContents;
  readonly pair: IPair;
  readonly scale: TransferScale;
  readonly backend: BackendName | 'auto';
  readonly library: IModelLibrary;
  readonly networks: INetworks;
  /** Told what is done; throws to give up. */
  readonly onStep: (text: string, fraction: number | null) => void;
}

/** Bytes of interpolated spectra that a page is asked to hold at most. */
const MOST_BYTES = 2 ** 30;
/** Pixels that are interpolated between two places to pause. */
const PIECE = 256;
/** Part by which pixel sizes may differ and count as the same. */
const SAME_PIXEL = 0.03;
/** Share of the windows' own test distances that counts as near. */
const NEAR = 95;

/**
 * Evaluate a network over other data.
 * @throws Error with a sentence for the user where the data do not fit it.
 */
export async function transfer(
  request: ITransferRequest
): Promise<ITransferred> {
  const { source, contents, pair, onStep } = request;
  const { meta, parameters } = contents;
  const spec = specOfMeta(meta);
  const { kind, latentDims, window } = spec;
  const setup = {
    ...readSnakeSetup(meta.setup),
    kind,
    latentDims,
    window,
    filters: spec.filters
  };
  const match = matchAxes(meta.energy, pair.energy, kind);
  const problem =
    (pair.absent && SPECTRA_ABSENT) ||
    match.problem ||
    windowProblem(pair.ny, pair.nx, spec.channels, setup);
  if (problem) {
    throw new Error(problem);
  }
  onStep('Interpolating the spectra', null);
  const whole = match.same ? pair : await onAxis(pair, meta.energy);
  const scaling =
    request.scale === 'data'
      ? scalingFor(whole, setup.scaling)
      : {
          image: { min: meta.scaling.image[0], max: meta.scaling.image[1] },
          spectrum: {
            min: meta.scaling.spectrum[0],
            max: meta.scaling.spectrum[1]
          }
        };
  const { positions } = validWindows(pair.ny, pair.nx, window, {
    set: setup.windows,
    mask: pair.mask
  });
  const id = `transfer ${source}`;
  request.library.open(id, {
    spec,
    parameters,
    scaling,
    backend: request.backend
  });
  try {
    onStep(`Evaluating ${positions.length} windows`, null);
    const { evaluation, backend } = await request.networks.use(
      id,
      async session => ({
        evaluation: await session.evaluate(
          datasetOf(whole, scaling),
          positions
        ),
        backend: session.backend
      })
    );
    onStep('Comparing with the training windows', null);
    const compared = croppedPair(whole, match);
    const model = new TrainedModel({
      id,
      label: request.label,
      setup,
      pair: compared,
      scaling,
      positions,
      split: splitOver(pair, meta, contents.split, positions)
    });
    await model.update({
      evaluation: {
        epoch: meta.epoch,
        latents: evaluation.latents,
        predictions:
          kind === 'im2spec'
            ? croppedRows(evaluation.predictions, spec.channels, match.covered)
            : evaluation.predictions
      },
      history: {
        train: meta.history.train.map(loss => loss ?? NaN),
        test: meta.history.test.map(loss => loss ?? NaN)
      },
      backend,
      notice: meta.notice
    });
    const distances = await inSlices(
      distancesOf(contents, evaluation.latents, positions.length)
    );
    const own = (part: 'train' | 'test') => ({
      relative: meta.errors?.relative?.[part] ?? NaN,
      rmse: meta.errors?.rmse?.[part] ?? NaN,
      mse: meta.history[part].at(-1) ?? NaN
    });
    const [train, test] = [own('train'), own('test')];
    return {
      source,
      weights: await weightsSha256(parameters),
      model,
      pair: compared,
      trainedOn: meta.title || 'other data',
      notes: notesOf(contents, pair, match, request.scale),
      own: {
        relative: { train: train.relative, test: test.relative },
        rmse: { train: train.rmse, test: test.rmse },
        mse: { train: train.mse, test: test.mse }
      },
      ownSplit: meta.split.kind,
      ownLeaks: meta.split.leaking,
      distances,
      showProblem: match.same
        ? ''
        : 'Its energies are not those of the data: it is shown here alone.'
    };
  } finally {
    request.library.close(id);
  }
}

/** The pair with its spectra on another energy axis. */
async function onAxis(pair: IPair, energy: IPair['energy']): Promise<IPair> {
  const pixels = pair.ny * pair.nx;
  if (4 * pixels * energy.size > MOST_BYTES) {
    throw new Error(
      `Interpolating ${pixels} spectra to ${energy.size} channels takes more ` +
        'than 1 GiB: crop or bin the scan, or bring it to the energies of the ' +
        'network in Python.'
    );
  }
  const spectra = await inSlices(resampled(pair, energy));
  return { ...pair, energy, channels: energy.size, spectra };
}

function* resampled(
  pair: IPair,
  energy: IPair['energy']
): Slices<Float32Array> {
  const pixels = pair.ny * pair.nx;
  const out = new Float32Array(pixels * energy.size);
  for (let at = 0; at < pixels; at += PIECE) {
    const n = Math.min(PIECE, pixels - at);
    const part = pair.spectra.subarray(
      at * pair.channels,
      (at + n) * pair.channels
    );
    out.set(resampleSpectra(part, n, pair.energy, energy), at * energy.size);
    yield;
  }
  return out;
}

/** The pair with the channels alone that are compared. */
function croppedPair(pair: IPair, { covered }: IAxisMatch): IPair {
  const [first, last] = covered;
  if (first === 0 && last === pair.channels - 1) {
    return pair;
  }
  return {
    ...pair,
    energy: croppedAxis(pair.energy, first, last),
    channels: last - first + 1,
    spectra: croppedRows(pair.spectra, pair.channels, covered)
  };
}

function croppedRows(
  values: Float32Array,
  width: number,
  [first, last]: readonly [number, number]
): Float32Array {
  const kept = last - first + 1;
  if (kept === width) {
    return values;
  }
  const n = values.length / width;
  const out = new Float32Array(n * kept);
  for (let k = 0; k < n; k++) {
    out.set(values.subarray(k * width + first, k * width + last + 1), k * kept);
  }
  return out;
}

function* distancesOf(
  contents: IModelContents,
  latents: Float32Array,
  n: number
): Slices<ITransferDistances | null> {
  const { latents: map, split, meta } = contents;
  const z = meta.latent_dims;
  if (!map) {
    return null;
  }
  const train = rowsWhere(map, split, TRAIN, z);
  const test = rowsWhere(map, split, TEST, z);
  const m = train.length / z;
  const unit = encodingSpread(train, m, z);
  const scaled = (values: Float64Array) => values.map(value => value / unit);
  const here = scaled(yield* nearestDistances(latents, n, z, train, m));
  const own = scaled(
    yield* nearestDistances(test, test.length / z, z, train, m)
  );
  const threshold = percentile(own, NEAR);
  return { here, own, threshold, beyond: shareAbove(here, threshold) };
}

/** (m, z) rows of a map (ny, nx, z) where the split has a label. */
export function rowsWhere(
  map: Float32Array,
  split: Int8Array,
  label: number,
  z: number
): Float32Array {
  const pixels: number[] = [];
  split.forEach((part, pixel) => {
    if (part === label) {
      pixels.push(pixel);
    }
  });
  const out = new Float32Array(pixels.length * z);
  pixels.forEach((pixel, k) => {
    out.set(map.subarray(pixel * z, (pixel + 1) * z), k * z);
  });
  return out;
}

/** What a reader of the errors should know. */
function notesOf(
  { meta, latents }: IModelContents,
  pair: IPair,
  match: IAxisMatch,
  scale: TransferScale
): ITransferNote[] {
  const [first, last] = match.covered;
  const notes: ITransferNote[] = [
    { text: match.text, warning: last - first + 1 < meta.channels },
    pixelNote(meta, pair)
  ];
  const units = (a: string, b: string) => !a || !b || sameUnits(a, b);
  if (scale === 'network' && !units(meta.spectra_units, pair.spectraUnits)) {
    notes.push({
      text:
        `It learnt intensities in ${meta.spectra_units}, these are in ` +
        `${pair.spectraUnits}: choose the scale of the data.`,
      warning: true
    });
  }
  if (meta.data_sha256 && meta.data_sha256 === pair.sha256) {
    notes.push({
      text: 'These are the data that it was trained on.',
      warning: true
    });
  }
  if (!latents) {
    notes.push({
      text:
        'Its file holds no encodings of its training windows: no distances. ' +
        'Save the model again with this version to have them.',
      warning: false
    });
  }
  return notes;
}

/** Compares what a window spans on the sample. */
export function pixelNote(own: IOwnData, pair: IPair): ITransferNote {
  const { x } = pair;
  const there = Math.abs(own.x.scale);
  const here = Math.abs(x.scale);
  const known = !own.x.values && !x.values && there > 0 && here > 0;
  if (!known || !sameUnits(own.x, x)) {
    return {
      text: `Pixel sizes cannot be compared (${own.x.units || 'no units'} and ${x.units || 'no units'}).`,
      warning: true
    };
  }
  const size = (step: number) =>
    `${Number((step * own.window).toPrecision(3))}`;
  const units = x.units || 'px';
  if (Math.abs(here / there - 1) <= SAME_PIXEL) {
    return {
      text: `Same pixel size: a window spans ${size(here)} ${units}.`,
      warning: false
    };
  }
  return {
    text:
      `A window spans ${size(here)} ${units} here, ${size(there)} ${units} ` +
      `in training: bin or scale the scan by ${Number((there / here).toPrecision(3))} to compare.`,
    warning: true
  };
}
