/** A network with what its evaluation says: maps, means, predictions. */
import {
  toMap,
  windowErrors,
  constantErrors,
  partMeans
} from '../analysis/error-map';
import { meanTarget, skill } from '../analysis/statistics';
import type { IEvaluation } from '../network/types';
import {
  TRAIN,
  type BackendName,
  type IHistory,
  type IPair,
  type IRange,
  type IScaling,
  type ISetup,
  type Kind,
  type Metric
} from '../signal/types';
import { extractWindows } from '../signal/windows';
import type { ITrainedModel } from './types';

/** What does not change while a model trains. */
export interface ITrainedModelOptions {
  readonly id: string;
  readonly label: string;
  readonly setup: ISetup;
  readonly pair: IPair;
  readonly scaling: IScaling;
  /** (n) flat pixel indices of the evaluated windows. */
  readonly positions: Int32Array;
  /** (ny, nx) labels of the split. */
  readonly split: Int8Array;
}

/** What an evaluation and the run so far bring. */
export interface IModelUpdate {
  readonly evaluation: IEvaluation;
  readonly history: IHistory;
  readonly backend: BackendName;
  readonly notice: string;
}

/** A model without its data: what it takes to show it over them again. */
export interface IModelSnapshot {
  readonly options: Omit<ITrainedModelOptions, 'pair'>;
  readonly update: IModelUpdate;
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

type Means = { train: number; test: number; all: number };
const NO_UPDATE: IModelUpdate = {
  evaluation: {
    epoch: 0,
    latents: new Float32Array(0),
    predictions: new Float32Array(0)
  },
  history: { train: [], test: [] },
  backend: 'cpu',
  notice: ''
};
const NO_MEANS: Means = { train: NaN, test: NaN, all: NaN };

/** Computes errors anew at each update; predictions stay in data units. */
export class TrainedModel implements ITrainedModel {
  constructor(options: ITrainedModelOptions) {
    const { id, label, setup, scaling, positions, split } = options;
    this._options = { id, label, setup, scaling, positions, split };
    this.id = options.id;
    this.label = options.label;
    this.setup = options.setup;
    this.kind = options.setup.kind;
    this.scaling = options.scaling;
    this.positions = options.positions;
    this.split = options.split;
    this.pair = options.pair;
    const { ny, nx } = options.pair;
    this._place = new Int32Array(ny * nx).fill(-1);
    options.positions.forEach((position, k) => {
      this._place[position] = k;
    });
    this._targets = targetsOf(options);
    this._meanMse = this._meanPredictorMse();
    this._error = new Float32Array(ny * nx).fill(NaN);
  }

  readonly id: string;
  readonly label: string;
  readonly kind: Kind;
  readonly setup: ISetup;
  readonly scaling: IScaling;
  readonly positions: Int32Array;
  readonly split: Int8Array;
  /** The data it was trained on or shown over. */
  readonly pair: IPair;

  /** The model of a snapshot over its data. */
  static of(snapshot: IModelSnapshot, pair: IPair): TrainedModel {
    const model = new TrainedModel({ ...snapshot.options, pair });
    model.update(snapshot.update);
    return model;
  }

  get backend(): BackendName {
    return this._update.backend;
  }

  get epoch(): number {
    return this._update.evaluation.epoch;
  }

  get history(): IHistory {
    return this._update.history;
  }

  get notice(): string {
    return this._update.notice;
  }

  get latents(): Float32Array {
    return this._update.evaluation.latents;
  }

  /** (n, channels) or (n, window, window), data units. */
  get predictions(): Float32Array {
    return this._update.evaluation.predictions;
  }

  /** All of it but the data. */
  get snapshot(): IModelSnapshot {
    return { options: this._options, update: this._update };
  }

  get error(): Float32Array {
    return this._error;
  }

  get meanError(): Means {
    return this._meanError;
  }

  get meanRmse(): { readonly train: number; readonly test: number } {
    return this._meanRmse;
  }

  get skill(): { readonly train: number; readonly test: number } {
    return this._skill;
  }

  predictionAt(row: number, column: number): Float32Array | null {
    const { length } = this._targets;
    return this._at(this.predictions, length, row, column);
  }

  latentAt(row: number, column: number): Float32Array | null {
    return this._at(this.latents, this.setup.latentDims, row, column);
  }

  /** Take a newer evaluation; errors follow from it. */
  update(update: IModelUpdate): void {
    const { train, test } = update.history;
    this._update = {
      ...update,
      history: { train: [...train], test: [...test] }
    };
    this._error = this._errorMap('relative');
    this._meanError = partMeans(this._error, this.split);
    this._meanRmse = partMeans(this._errorMap('rmse'), this.split);
    const mse = partMeans(this._errorMap('mse'), this.split);
    this._skill = {
      train: skill(mse.train, this._meanMse.train),
      test: skill(mse.test, this._meanMse.test)
    };
  }

  private _errorMap(metric: Metric): Float32Array {
    const { values, length, startOf, range } = this._targets;
    const errors = windowErrors(
      this.predictions,
      values,
      length,
      metric,
      range,
      startOf
    );
    return toMap(errors, this.positions, this.pair.ny, this.pair.nx);
  }

  /** MSE by part of predicting the mean of the training targets everywhere. */
  private _meanPredictorMse(): Means {
    const { values, length, startOf, range } = this._targets;
    const { positions, split, pair } = this;
    const starts: number[] = [];
    positions.forEach((position, k) => {
      if (split[position] === TRAIN) {
        starts.push(startOf(k));
      }
    });
    if (starts.length === 0) {
      return NO_MEANS;
    }
    const mean = Float32Array.from(meanTarget(values, length, starts));
    const n = positions.length;
    const errors = constantErrors(mean, values, n, 'mse', range, startOf);
    return partMeans(toMap(errors, positions, pair.ny, pair.nx), split);
  }

  private _at(
    values: Float32Array,
    width: number,
    row: number,
    column: number
  ): Float32Array | null {
    const { ny, nx } = this.pair;
    if (row < 0 || row >= ny || column < 0 || column >= nx) {
      return null;
    }
    const k = this._place[row * nx + column];
    return k < 0 || values.length === 0
      ? null
      : values.subarray(k * width, (k + 1) * width);
  }

  private _place: Int32Array;
  private _targets: ITargets;
  private _meanMse: Means;
  private _options: Omit<ITrainedModelOptions, 'pair'>;
  private _update: IModelUpdate = NO_UPDATE;
  private _error: Float32Array;
  private _meanError: Means = NO_MEANS;
  private _meanRmse: Means = NO_MEANS;
  private _skill = { train: NaN, test: NaN };
}

/** Spectra are read in place; windows overlap and are cut out once. */
function targetsOf(options: ITrainedModelOptions): ITargets {
  const { pair, setup, positions, scaling } = options;
  if (setup.kind === 'im2spec') {
    return {
      values: pair.spectra,
      length: pair.channels,
      startOf: k => positions[k] * pair.channels,
      range: scaling.spectrum
    };
  }
  const { ny, nx, image } = pair;
  const area = setup.window * setup.window;
  return {
    values: extractWindows(image, ny, nx, setup.window, positions),
    length: area,
    startOf: k => k * area,
    range: scaling.image
  };
}
