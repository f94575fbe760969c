/** A network with what its evaluation says: maps, means, predictions. */
import type { IEvaluation } from '../network/types';
import type {
  BackendName,
  IHistory,
  IPair,
  IScaling,
  ISetup,
  Kind,
  Metric
} from '../signal/types';
import { ModelErrors, type IModelErrors } from './model-errors';
import { atOnce, inSlices } from '../signal/slices';
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

/** Errors that were measured before and are taken as they are. */
export interface IKeptErrors {
  readonly measured: IModelErrors;
  readonly maps: Readonly<Record<Metric, Float32Array>>;
}

/** A model without its data: what it takes to show it over them again. */
export interface IModelSnapshot {
  readonly options: Omit<ITrainedModelOptions, 'pair'>;
  readonly update: IModelUpdate;
  /** Of a model that came with a workspace file. */
  readonly kept?: IKeptErrors;
}

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
const NO_MEANS = { train: NaN, guard: NaN, test: NaN, all: NaN };

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
    this._errors = new ModelErrors(options);
    this._measured = {
      error: new Float32Array(ny * nx).fill(NaN),
      meanError: NO_MEANS,
      meanRmse: NO_MEANS,
      skill: { train: NaN, test: NaN }
    };
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
    const { update, kept } = snapshot;
    model._take(
      update,
      kept?.measured ?? atOnce(model._errors.of(update.evaluation.predictions))
    );
    model._kept = kept;
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
    const { _options: options, _update: update, _kept: kept } = this;
    return { options, update, ...(kept && { kept }) };
  }

  get error(): Float32Array {
    return this._measured.error;
  }

  errorBy(metric: Metric): Float32Array {
    if (metric === 'relative') {
      return this._measured.error;
    }
    let map = this._kept?.maps[metric] ?? this._maps.get(metric);
    if (!map) {
      map = this._errors.mapBy(metric, this.predictions);
      this._maps.set(metric, map);
    }
    return map;
  }

  get meanError(): IModelErrors['meanError'] {
    return this._measured.meanError;
  }

  get meanRmse(): IModelErrors['meanRmse'] {
    return this._measured.meanRmse;
  }

  get skill(): IModelErrors['skill'] {
    return this._measured.skill;
  }

  predictionAt(row: number, column: number): Float32Array | null {
    const { kind, setup, pair } = this;
    const length = kind === 'im2spec' ? pair.channels : setup.window ** 2;
    return this._at(this.predictions, length, row, column);
  }

  latentAt(row: number, column: number): Float32Array | null {
    return this._at(this.latents, this.setup.latentDims, row, column);
  }

  /** Take a newer evaluation once its errors are known, with pauses where they take long. */
  async update(update: IModelUpdate): Promise<void> {
    const turn = ++this._turn;
    const { predictions } = update.evaluation;
    const measured = await inSlices(this._errors.of(predictions));
    if (turn === this._turn) {
      this._kept = undefined;
      this._take(update, measured);
    }
  }

  /** Predictions that were decoded anew from the same encodings: the errors are what they were. */
  takePredictions(predictions: Float32Array): void {
    const { evaluation } = this._update;
    this._update = {
      ...this._update,
      evaluation: { ...evaluation, predictions }
    };
  }

  private _take(update: IModelUpdate, measured: IModelErrors): void {
    const { train, test } = update.history;
    this._update = {
      ...update,
      history: { train: [...train], test: [...test] }
    };
    this._measured = measured;
    this._maps.clear();
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
  private _options: Omit<ITrainedModelOptions, 'pair'>;
  private _errors: ModelErrors;
  private _update: IModelUpdate = NO_UPDATE;
  private _measured: IModelErrors;
  private _kept: IKeptErrors | undefined;
  /** Errors by the other measures, of this evaluation. */
  private _maps = new Map<Metric, Float32Array>();
  /** Of updates: one that a newer has overtaken is dropped. */
  private _turn = 0;
}
