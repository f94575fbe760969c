/** Errors of a model's predictions: the map, the means by part, the skill. */
import {
  errorFrom,
  errorOf,
  partMeans,
  squaresOf,
  toMap,
  type IPartMeans,
  type Squares
} from '../analysis/error-map';
import { skill } from '../analysis/statistics';
import {
  TRAIN,
  type IPair,
  type IRange,
  type IScaling,
  type ISetup,
  type Metric
} from '../signal/types';
import { extractWindow } from '../signal/windows';
import { atOnce, type Slices } from '../signal/slices';

/** What the errors are of. */
export interface IErrorSubject {
  readonly setup: ISetup;
  readonly pair: IPair;
  readonly scaling: IScaling;
  /** (n) flat pixel indices of the evaluated windows. */
  readonly positions: Int32Array;
  /** (ny, nx) labels of the split. */
  readonly split: Int8Array;
}

export interface IModelErrors {
  /** (ny, nx) relative error, a fraction; NaN where no window fits. */
  readonly error: Float32Array;
  readonly meanError: IPartMeans;
  readonly meanRmse: IPartMeans;
  readonly skill: { readonly train: number; readonly test: number };
}

interface ITargets {
  /** Holds every target, in data units. */
  readonly values: Float32Array;
  /** Values of one target. */
  readonly length: number;
  readonly startOf: (k: number) => number;
  /** Scale of the targets in data units. */
  readonly range: IRange;
}

/** Values that are looked at between two places to pause: less than a millisecond. */
const PIECE = 1 << 17;

/** Computes errors in slices; targets and the mean predictor's errors are kept. */
export class ModelErrors {
  constructor(subject: IErrorSubject) {
    this._subject = subject;
  }

  /** @param predictions - (n, length of a target), data units. */
  *of(predictions: Float32Array): Slices<IModelErrors> {
    const targets = (this._targets ??= yield* targetsOf(this._subject));
    const constant = (this._meanMse ??= yield* this._meanPredictorMse(targets));
    const { values, length, startOf, range } = targets;
    const { positions, split, pair } = this._subject;
    const n = Math.min(
      positions.length,
      Math.floor(predictions.length / length)
    );
    const relative = new Float64Array(n);
    const rmse = new Float64Array(n);
    const mse = new Float64Array(n);
    const squares: Squares = [0, 0];
    const piece = pieceOf(length);
    for (let k = 0; k < n; k++) {
      if (k % piece === piece - 1) {
        yield;
      }
      squaresOf(
        predictions,
        k * length,
        values,
        startOf(k),
        length,
        2 * range.min,
        squares
      );
      relative[k] = errorFrom(squares, length, 'relative', range);
      rmse[k] = errorFrom(squares, length, 'rmse', range);
      mse[k] = errorFrom(squares, length, 'mse', range);
    }
    const mapped = (errors: Float64Array) =>
      toMap(errors, positions.subarray(0, n), pair.ny, pair.nx);
    const error = mapped(relative);
    const part = partMeans(mapped(mse), split);
    return {
      error,
      meanError: partMeans(error, split),
      meanRmse: partMeans(mapped(rmse), split),
      skill: {
        train: skill(part.train, constant.train),
        test: skill(part.test, constant.test)
      }
    };
  }

  /** (ny, nx) errors by one measure; NaN where no window fits. */
  mapBy(metric: Metric, predictions: Float32Array): Float32Array {
    const targets = (this._targets ??= atOnce(targetsOf(this._subject)));
    const { values, length, startOf, range } = targets;
    const { positions, pair } = this._subject;
    const n = Math.min(
      positions.length,
      Math.floor(predictions.length / length)
    );
    const errors = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      errors[k] = errorOf(
        predictions,
        k * length,
        values,
        startOf(k),
        length,
        metric,
        range
      );
    }
    return toMap(errors, positions.subarray(0, n), pair.ny, pair.nx);
  }

  /** MSE by part of predicting the mean of the training targets everywhere. */
  private *_meanPredictorMse(targets: ITargets): Slices<IPartMeans> {
    const { values, length, startOf, range } = targets;
    const { positions, split, pair } = this._subject;
    const n = positions.length;
    const piece = pieceOf(length);
    const sums = new Float64Array(length);
    let count = 0;
    for (let k = 0; k < n; k++) {
      if (k % piece === piece - 1) {
        yield;
      }
      if (split[positions[k]] === TRAIN) {
        const start = startOf(k);
        for (let i = 0; i < length; i++) {
          sums[i] += values[start + i];
        }
        count++;
      }
    }
    // Without a training window there is no mean: all is NaN.
    const mean = Float32Array.from(sums, sum => sum / count);
    const errors = new Float64Array(n);
    const squares: Squares = [0, 0];
    for (let k = 0; k < n; k++) {
      if (k % piece === piece - 1) {
        yield;
      }
      squaresOf(mean, 0, values, startOf(k), length, 2 * range.min, squares);
      errors[k] = errorFrom(squares, length, 'mse', range);
    }
    return partMeans(toMap(errors, positions, pair.ny, pair.nx), split);
  }

  private readonly _subject: IErrorSubject;
  private _targets: ITargets | null = null;
  private _meanMse: IPartMeans | null = null;
}

function pieceOf(length: number): number {
  return Math.max(1, Math.floor(PIECE / length));
}

/** Spectra are read in place; windows overlap and are cut out once. */
function* targetsOf(subject: IErrorSubject): Slices<ITargets> {
  const { pair, setup, positions, scaling } = subject;
  if (setup.kind === 'im2spec') {
    return {
      values: pair.spectra,
      length: pair.channels,
      startOf: k => positions[k] * pair.channels,
      range: scaling.spectrum
    };
  }
  const { nx, image } = pair;
  const area = setup.window * setup.window;
  const values = new Float32Array(positions.length * area);
  const piece = pieceOf(area);
  for (let k = 0; k < positions.length; k++) {
    if (k % piece === piece - 1) {
      yield;
    }
    const out = values.subarray(k * area, (k + 1) * area);
    extractWindow(image, nx, setup.window, positions[k], out);
  }
  return {
    values,
    length: area,
    startOf: k => k * area,
    range: scaling.image
  };
}
