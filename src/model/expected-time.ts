/** How long the next training will take, asked of the network room before it starts. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { ICalibration, INetworkClient } from '../network/types';
import type { BackendName, ISetup } from '../signal/types';
import type { DataModel } from './data-model';
import { specOf } from './run-request';
import type { TrainingModel } from './training-model';
import type { IExpectedTime } from './types';

/** Milliseconds that setup and data must rest before anything is measured. */
const REST = 600;

export interface IExpectedTimeOptions {
  readonly client: Pick<INetworkClient, 'calibrate'>;
  readonly data: DataModel;
  readonly training: TrainingModel;
}

/** A setup of the next training with what was measured for it. */
interface IMeasured {
  readonly setup: ISetup;
  readonly calibration: ICalibration;
}

/** Measures while somebody looks and nothing trains; the client keeps what it measured. */
export class ExpectedTime implements IExpectedTime {
  constructor(options: IExpectedTimeOptions) {
    this._options = options;
    const { data, training } = options;
    data.pairChanged.connect(this._schedule, this);
    data.setupChanged.connect(this._schedule, this);
    training.changed.connect(this._onTraining, this);
  }

  get measuring(): boolean {
    return this._measuring;
  }

  get backend(): BackendName | null {
    return this._first?.backend ?? null;
  }

  get reason(): string {
    return this._first?.reason ?? '';
  }

  get notice(): string {
    return this._first?.notice ?? '';
  }

  get device(): string {
    return this._first?.device ?? '';
  }

  get secondsPerEpoch(): number {
    return this._measured.length > 0
      ? Math.max(
          ...this._measured.map(item => item.calibration.secondsPerEpoch)
        )
      : NaN;
  }

  get seconds(): number {
    const each = this._measured.map(
      ({ setup, calibration }) => setup.epochs * calibration.secondsPerEpoch
    );
    const sum = each.reduce((a, b) => a + b, 0);
    return each.length > 0
      ? Math.max(...each, sum / this._options.training.atOnce(this._setups))
      : NaN;
  }

  get atOnce(): number {
    return this._options.training.atOnce(this._setups);
  }

  get changed(): ISignal<IExpectedTime, void> {
    return this._changed;
  }

  /** Whether somebody sees it. */
  setVisible(visible: boolean): void {
    if (visible !== this._visible) {
      this._visible = visible;
      this._schedule();
    }
  }

  dispose(): void {
    this._visible = false;
    this._cancel();
    Signal.clearData(this);
  }

  private get _first(): ICalibration | null {
    return this._measured[0]?.calibration ?? null;
  }

  private get _setups(): readonly ISetup[] {
    return this._options.data.setups;
  }

  private _onTraining(): void {
    const { running } = this._options.training;
    if (running !== this._trains) {
      this._trains = running;
      this._schedule();
    }
  }

  /** Forgets what does not hold any more and measures after a rest. */
  private _schedule(): void {
    this._cancel();
    const { data } = this._options;
    const key = data.windows
      ? JSON.stringify([data.setups, data.pair?.sha256, data.windows.train])
      : '';
    if (key !== this._key) {
      this._key = key;
      this._measured = [];
    }
    const wanted =
      key !== '' &&
      this._visible &&
      !this._trains &&
      this._measured.length === 0;
    if (wanted) {
      this._timer = setTimeout(() => void this._measure(), REST);
    }
    this._changed.emit();
  }

  private _cancel(): void {
    clearTimeout(this._timer);
    this._asked?.abort();
    this._asked = null;
    this._measuring = false;
  }

  private async _measure(): Promise<void> {
    const asked = new AbortController();
    this._asked = asked;
    this._measuring = true;
    this._changed.emit();
    try {
      const measured: IMeasured[] = [];
      for (const setup of this._setups) {
        measured.push({
          setup,
          calibration: await this._ask(setup, asked.signal)
        });
      }
      if (this._asked === asked) {
        this._take(measured);
      }
    } catch (error) {
      if (this._asked === asked) {
        // A figure is a courtesy: training says itself what does not work.
        console.warn('eelscape: the time of an epoch was not measured.', error);
        this._take([]);
      }
    }
  }

  private _take(measured: readonly IMeasured[]): void {
    this._asked = null;
    this._measuring = false;
    this._measured = measured;
    for (const { setup, calibration } of measured) {
      if (calibration.device) {
        this._options.training.learn(setup.backend, calibration.backend);
      }
    }
    this._changed.emit();
  }

  private _ask(setup: ISetup, signal: AbortSignal): Promise<ICalibration> {
    const { client, data, training } = this._options;
    const { batchSize, backend } = setup;
    const threads = training.threads(this.atOnce);
    return client.calibrate(
      {
        spec: specOf(setup, data.pair!.channels),
        windows: data.windows!.train,
        batchSize,
        backend,
        ...(threads !== undefined && { threads })
      },
      signal
    );
  }

  private readonly _options: IExpectedTimeOptions;
  private _visible = false;
  private _trains = false;
  private _measuring = false;
  /** What the figures are of. */
  private _key = '';
  private _measured: readonly IMeasured[] = [];
  private _asked: AbortController | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _changed = new Signal<IExpectedTime, void>(this);
}
