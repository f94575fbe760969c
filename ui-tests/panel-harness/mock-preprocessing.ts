/** Preprocessing and factorisation of the mock workspace: plausible numbers after a short wait. */
import type { JSONArray } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';
import type {
  IAppliedStep,
  IBusy,
  IFactorisation,
  IFactorisationModel,
  INavigationModel,
  IPreprocessingModel,
  ISourceSummary,
  IStepPreview,
  StepParams
} from '../../src/model/types';
import { axisValue } from '../../src/signal/axis';
import type { IPair } from '../../src/signal/types';
import { around, spectrumFor } from './mock-data';

/** What the address asks of preprocessing. */
export interface IMockPreprocessing {
  /** Number of steps applied. */
  readonly steps: number;
  readonly busy: boolean;
  readonly blocked: string;
  readonly error: string;
  /** True where everything comes at once, as tests need it. */
  readonly instant: boolean;
}

const EXAMPLE_STEPS: readonly IAppliedStep[] = [
  {
    params: { step: 'bin_scan', factor: 2 },
    text: 'Binned the scan by 2: 124 × 150 became 62 × 75 pixels, to keep to the memory budget of 512 MiB.',
    automatic: true
  },
  {
    params: { step: 'mend_spikes', threshold: 8, mode: 'mend' },
    text: 'Mended 37 single-channel spikes above 8 sigma in 31 of 4650 spectra.',
    automatic: false
  },
  {
    params: { step: 'crop_energy', start: -0.1, stop: 1.1 },
    text: 'Kept 400 of 640 channels, −0.100 to 1.097 eV.',
    automatic: false
  }
];

/** A preprocessing model whose preview follows the pointer, computed in the page. */
export class MockPreprocessing implements IPreprocessingModel {
  constructor(
    pair: IPair | null,
    navigation: INavigationModel,
    options: IMockPreprocessing
  ) {
    this._pair = pair;
    this._navigation = navigation;
    this._instant = options.instant;
    this.steps = EXAMPLE_STEPS.slice(0, options.steps);
    this.blocked = options.blocked;
    this.error = options.error;
    this.busy = options.busy
      ? { text: 'Mending spikes: row 21 of 62', fraction: 0.34 }
      : null;
    this.source = pair && {
      shape: [pair.ny * 2, pair.nx * 2, 640],
      bytes: pair.ny * pair.nx * 4 * 640 * 4,
      dtype: 'uint16',
      lazy: true,
      origin: 'hyperspy',
      energy: { ...pair.energy, size: 640 },
      report: [
        'uint16 became float32: every value is exact.',
        'Axes (x, y | E) became (y, x, E).',
        '12 of 18600 spectra hold NaN: excluded.'
      ]
    };
    navigation.pointerChanged.connect(() => this._ask());
  }

  readonly source: ISourceSummary | null;
  steps: readonly IAppliedStep[];
  undone: readonly IAppliedStep[] = [];
  draft: StepParams | null = null;
  preview: IStepPreview | null = null;
  busy: IBusy | null;
  error: string;
  blocked: string;
  readonly changed = new Signal<IPreprocessingModel, void>(this);

  edit(draft: StepParams | null): void {
    this.draft = draft;
    this.error = '';
    if (!draft) {
      this.preview = null;
    }
    this.changed.emit();
    this._ask();
  }

  apply(): void {
    const { draft, preview } = this;
    if (!draft) {
      return;
    }
    this._work(() => {
      this.steps = [
        ...this.steps,
        {
          params: preview?.params ?? draft,
          text: preview?.text ?? draft.step,
          automatic: false
        }
      ];
      this.undone = [];
      this.draft = null;
      this.preview = null;
    });
  }

  undo(): void {
    const last = this.steps.at(-1);
    if (last) {
      this._work(() => {
        this.steps = this.steps.slice(0, -1);
        this.undone = [...this.undone, last];
      });
    }
  }

  redo(): void {
    const next = this.undone.at(-1);
    if (next) {
      this._work(() => {
        this.undone = this.undone.slice(0, -1);
        this.steps = [...this.steps, next];
      });
    }
  }

  cancel(): void {
    window.clearTimeout(this._timer);
    this.busy = null;
    this.changed.emit();
  }

  private _work(finish: () => void, fraction = 0): void {
    this.busy =
      fraction < 1 && !this._instant
        ? { text: `Row ${Math.round(62 * fraction)} of 62`, fraction }
        : null;
    if (!this.busy) {
      finish();
    } else {
      this._timer = window.setTimeout(
        () => this._work(finish, fraction + 0.2),
        150
      );
    }
    this.changed.emit();
  }

  private _ask(): void {
    window.clearTimeout(this._asked);
    if (this._instant) {
      this._preview();
    } else {
      this._asked = window.setTimeout(() => this._preview(), 40);
    }
  }

  private _preview(): void {
    if (this.draft && this._pair) {
      this.preview = previewOf(
        this.draft,
        this._pair,
        this._navigation.pointer,
        this.steps.length
      );
      this.changed.emit();
    }
  }

  private _pair: IPair | null;
  private _navigation: INavigationModel;
  private _instant: boolean;
  private _timer = 0;
  private _asked = 0;
}

function previewOf(
  draft: StepParams,
  pair: IPair,
  pointer: readonly [number, number],
  done: number
): IStepPreview {
  const { ny, nx, channels, energy, spectra } = pair;
  const pixel = pointer[0] * nx + pointer[1];
  const before = spectra.slice(pixel * channels, (pixel + 1) * channels);
  const mean = new Float32Array(channels);
  for (let p = 0; p < ny * nx; p++) {
    for (let e = 0; e < channels; e++) {
      mean[e] += spectra[p * channels + e] / (ny * nx);
    }
  }
  const base: IStepPreview = {
    params: draft,
    text: `Would apply ${draft.step} as step ${done + 1}.`,
    warnings: [],
    shapeAfter: [ny, nx, channels],
    energyBefore: energy,
    energyAfter: energy,
    before,
    after: before,
    background: null,
    meanBefore: mean,
    meanAfter: mean,
    meanBackground: null,
    residual: null,
    residualMap: null,
    flags: null
  };
  switch (draft.step) {
    case 'remove_zero_loss':
      return zeroLoss(base, draft, ny, nx);
    case 'crop_energy': {
      const start = numberOr(draft.start, -Infinity);
      const stop = numberOr(draft.stop, Infinity);
      const kept = Array.from({ length: channels }, (_, e) => e).filter(e => {
        const value = axisValue(energy, e);
        return value >= start && value < stop;
      });
      const cut = (values: Float32Array): Float32Array =>
        Float32Array.from(kept, e => values[e]);
      return {
        ...base,
        text: `Would keep ${kept.length} of ${channels} channels.`,
        warnings:
          kept.length < 16
            ? [
                `Only ${kept.length} channels are left; spec2im needs at least 16.`
              ]
            : [],
        shapeAfter: [ny, nx, kept.length],
        energyAfter: {
          ...energy,
          size: kept.length,
          offset: axisValue(energy, kept[0] ?? 0)
        },
        after: cut(before),
        meanAfter: cut(mean)
      };
    }
    case 'mend_spikes':
    case 'mask_dead_pixels': {
      const flags = new Uint8Array(ny * nx);
      for (let i = 37; i < flags.length; i += 211) {
        flags[i] = 1;
      }
      return {
        ...base,
        text: `Would touch ${flags.reduce((a, b) => a + b, 0)} of ${ny * nx} pixels.`,
        flags
      };
    }
    default:
      return base;
  }
}

function zeroLoss(
  base: IStepPreview,
  draft: StepParams,
  ny: number,
  nx: number
): IStepPreview {
  const tail = (draft.tail as JSONArray | null) ?? [0.055, 0.105];
  const rise = (draft.rise as JSONArray | null) ?? [0.16, 0.19];
  const axis = base.energyBefore;
  const at = (e: number): number => axisValue(axis, e);
  const fit = (values: Float32Array): Float32Array =>
    values.map((value, e) => {
      const energy = at(e);
      return energy < Number(tail[0])
        ? value
        : Math.max(0, 260 * Math.exp(-(energy - 0.05) / 0.09));
    });
  const background = fit(base.before);
  const minus = (values: Float32Array, other: Float32Array): Float32Array =>
    values.map((value, i) => value - other[i]);
  const inside = (energy: number): boolean =>
    [tail, rise].some(
      window => energy >= Number(window[0]) && energy < Number(window[1])
    );
  const map = new Float32Array(ny * nx);
  for (let i = 0; i < map.length; i++) {
    map[i] =
      1 + 0.35 * Math.sin(i / 7) * Math.cos(i / 91) + (i % 13 === 0 ? 0.4 : 0);
  }
  const meanBackground = fit(base.meanBefore);
  return {
    ...base,
    params: { model: 'exponential-power', align: true, ...draft, tail, rise },
    text: 'Would remove the zero-loss tail: two exponentials (31 and 118 meV) fitted in 0.055–0.105 and 0.160–0.190 eV, peak aligned by at most 1.4 channels.',
    warnings: ['The fit leaves 2.1 times the counting noise in 14 pixels.'],
    after: minus(base.before, background),
    background,
    meanAfter: minus(base.meanBefore, meanBackground),
    meanBackground,
    residual: base.before.map((value, e) =>
      inside(at(e)) ? 0.04 * value * Math.sin(e / 3) : NaN
    ),
    residualMap: map
  };
}

function numberOr(value: unknown, other: number): number {
  return typeof value === 'number' ? value : other;
}

/** Components of the simulated pair by what lies around each pixel. */
function factorised(pair: IPair, components: number): IFactorisation {
  const { ny, nx } = pair;
  const abundances = Array.from(
    { length: components },
    () => new Float32Array(ny * nx)
  );
  for (let pixel = 0; pixel < ny * nx; pixel++) {
    const [density, edge] = around(
      pair.image,
      Math.floor(pixel / nx),
      pixel % nx,
      3
    );
    abundances.forEach((map, k) => {
      const at = components > 1 ? k / (components - 1) : 0.5;
      map[pixel] =
        Math.exp(-(((density - at) / 0.25) ** 2)) + 0.3 * (k % 2) * edge;
    });
  }
  return {
    abundances,
    endmembers: abundances.map((_, k) =>
      spectrumFor(components > 1 ? k / (components - 1) : 0.5, 0.4 * (k % 2))
    ),
    explained: 0.9841,
    report: [
      '1903 negative values (0.10 %, least −4.1 counts) were set to 0.',
      `Stopped after 164 of 400 iterations: converged with ${components} components.`
    ]
  };
}

/** A factorisation that takes a second. */
export class MockFactorisation implements IFactorisationModel {
  constructor(
    pair: IPair | null,
    components: number,
    options: { busy: boolean; blocked: string; error: string }
  ) {
    this._pair = pair;
    this.result = pair && components ? factorised(pair, components) : null;
    this.busy = options.busy
      ? { text: 'Iteration 61 of 400', fraction: 0.15 }
      : null;
    this.blocked = options.blocked;
    this.error = options.error;
  }

  result: IFactorisation | null;
  busy: IBusy | null;
  error: string;
  blocked: string;
  readonly changed = new Signal<IFactorisationModel, void>(this);

  run(components: number): void {
    this._step(components, 0);
  }

  cancel(): void {
    window.clearTimeout(this._timer);
    this.busy = null;
    this.changed.emit();
  }

  private _step(components: number, fraction: number): void {
    this.busy =
      fraction < 1
        ? { text: `Iteration ${Math.round(400 * fraction)} of 400`, fraction }
        : null;
    if (this.busy) {
      this._timer = window.setTimeout(
        () => this._step(components, fraction + 0.25),
        150
      );
    } else {
      this.result = this._pair && factorised(this._pair, components);
    }
    this.changed.emit();
  }

  private _pair: IPair | null;
  private _timer = 0;
}
