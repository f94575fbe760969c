import { nodeAt } from '../analysis/latent-space';
import { percentiles } from '../analysis/statistics';
import { pairMap, spectrumAt } from '../signal/spectrum-image';
import type { IPair, Kind, Metric } from '../signal/types';
import type {
  IFactorisation,
  IGrid,
  IRegion,
  IRunState,
  ITrainedModel,
  IWorkspace
} from '../model/types';
import { regionValue } from './data/region-value';
import { energyScale, type IEnergyScale } from './energy-scale';
import { errorText } from './error-metric';
import { lookLimits } from './layer-limits';
import { ModelStyles } from './model-styles';
import { RegionStyles } from './region-styles';

export type Part = 'train' | 'guard' | 'test';
export type Limits = readonly [number, number];

/** What the views draw, derived from the workspace and kept until its source changes. Changes nothing. */
export class Shown {
  constructor(workspace: IWorkspace) {
    this._workspace = workspace;
  }

  get pair(): IPair | null {
    return this._workspace.data.pair;
  }

  get kind(): Kind {
    return this._workspace.data.setup.kind;
  }

  get pointer(): readonly [number, number] {
    return this._workspace.navigation.pointer;
  }

  /** Models of the direction shown, in the order of training. */
  get models(): readonly ITrainedModel[] {
    return this._workspace.models.items.filter(
      model => model.kind === this.kind
    );
  }

  /** The active model where it is of the direction shown. */
  get active(): ITrainedModel | null {
    const active = this._workspace.models.active;
    return active && active.kind === this.kind ? active : null;
  }

  /** The latent grid of `active`. */
  get grid(): IGrid | null {
    return this.active ? this._workspace.models.grid : null;
  }

  /** Side of the windows shown: of the active model, else of the setup. */
  get window(): number {
    return (this.active?.setup ?? this._workspace.data.setup).window;
  }

  /** Runs of the direction shown, in the order in which they began. */
  get runs(): readonly IRunState[] {
    return this._workspace.training.runs.filter(
      run => run.setup.kind === this.kind
    );
  }

  /** Index of the colour and dash of a model, or of a run, whose model has the same. */
  styleOf({ id }: { readonly id: string }): number {
    const styles = this._modelStyles[this.kind];
    styles.follow([...this.models, ...this.runs].map(item => item.id));
    return styles.of(id);
  }

  /** What a run is called beside others: as its model, "2L", where its direction is shown. */
  nameOf(run: IRunState): string {
    const model = this.models.find(({ id }) => id === run.id);
    return model ? this.labelOf(model) : this.shortName(run.label);
  }

  /** A run's label without the direction that is shown. */
  shortName(label: string): string {
    const before = `${this.kind} `;
    return label.startsWith(before) ? label.slice(before.length) : label;
  }

  /** The model's label, numbered where an earlier one has the same. */
  labelOf(model: ITrainedModel): string {
    const models = this.models;
    const before = models
      .slice(0, Math.max(0, models.indexOf(model)))
      .filter(other => other.label === model.label).length;
    return before ? `${model.label} (${before + 1})` : model.label;
  }

  /** Labels (ny, nx) of the split that goes with what is shown. */
  get split(): Int8Array | null {
    return this.active?.split ?? this._workspace.data.windows?.map ?? null;
  }

  /** The part of the split that a pixel's window belongs to. */
  partAt(row: number, column: number): Part | null {
    const label = this.split?.[row * (this.pair?.nx ?? 0) + column] ?? -1;
    return label < 0 ? null : (['train', 'guard', 'test'] as const)[label];
  }

  /** The measure of errors that all views share. */
  get metric(): Metric {
    return this._workspace.explorer.display.metric;
  }

  /** (ny, nx) errors of a model by that measure; NaN where no window fits. */
  errorsOf(model: ITrainedModel): Float32Array {
    return model.errorBy(this.metric);
  }

  /** Error of a model at a pixel by that measure; NaN where it has none. */
  errorAt(model: ITrainedModel, row: number, column: number): number {
    return this.errorsOf(model)[row * (this.pair?.nx ?? 0) + column] ?? NaN;
  }

  /** An error by that measure with its units: "9.9 %". */
  errorText(value: number): string {
    return errorText(value, this.metric, this.targetUnits);
  }

  /** Units of what the models shown predict. */
  get targetUnits(): string {
    const image = this.kind === 'spec2im';
    return (image ? this.pair?.imageUnits : this.pair?.spectraUnits) ?? '';
  }

  /** True where a window fits around a pixel: rows row - w/2 to row + w/2 - 1. */
  fits(row: number, column: number): boolean {
    const pair = this.pair;
    const half = this.window / 2;
    return (
      pair !== null &&
      row >= half &&
      column >= half &&
      row + half <= pair.ny &&
      column + half <= pair.nx
    );
  }

  /** (channels) measured spectrum of a pixel; empty where the spectra are absent. */
  spectrumAt(row: number, column: number): Float32Array | null {
    const pair = this.pair;
    return pair
      ? spectrumAt(pair.spectra, pair.channels, row * pair.nx + column)
      : null;
  }

  /** (window, window) image around a pixel; NaN beyond the image. */
  windowAt(row: number, column: number): Float32Array | null {
    const pair = this.pair;
    if (!pair) {
      return null;
    }
    const side = this.window;
    const out = new Float32Array(side * side).fill(NaN);
    for (let i = 0; i < side; i++) {
      const y = row - side / 2 + i;
      for (let j = 0; j < side; j++) {
        const x = column - side / 2 + j;
        if (y >= 0 && x >= 0 && y < pair.ny && x < pair.nx) {
          out[i * side + j] = pair.image[y * pair.nx + x];
        }
      }
    }
    return out;
  }

  /** True where a pixel is excluded: masked, or without finite values. */
  excludedAt(row: number, column: number): boolean {
    const pair = this.pair;
    return Boolean(pair?.mask?.[row * pair.nx + column]);
  }

  /** The factorisation of the data shown; null without one. */
  get factorisation(): IFactorisation | null {
    const pair = this.pair;
    const result = this._workspace.factorisation.result;
    // Other data may have come a moment before the result of the last ones goes.
    return pair && result?.abundances[0]?.length === pair.ny * pair.nx
      ? result
      : null;
  }

  /** (ny, nx) residual of the fit of the step being prepared, in units of the noise. */
  get residualMap(): Float32Array | null {
    const pair = this.pair;
    const { draft, preview } = this._workspace.preprocessing;
    const map = preview?.residualMap;
    return draft && pair && map?.length === pair.ny * pair.nx ? map : null;
  }

  /** The component that the layer "abundance" shows, from 0. */
  get component(): number {
    const count = this.factorisation?.abundances.length ?? 0;
    return Math.max(
      0,
      Math.min(count - 1, this._workspace.navigation.component)
    );
  }

  /** Abundances of the components at a pixel; empty without a factorisation. */
  abundancesAt(row: number, column: number): number[] {
    const pixel = row * (this.pair?.nx ?? 0) + column;
    return (this.factorisation?.abundances ?? []).map(map => map[pixel]);
  }

  /** Regions that hold a pixel, in the order of the list. */
  regionsAt(row: number, column: number): IRegion[] {
    const pixel = row * (this.pair?.nx ?? 0) + column;
    return this._workspace.regions.items.filter(region => region.mask[pixel]);
  }

  /** Index of a region's colour, which it keeps when others go or it is renamed. */
  regionStyle(name: string): number {
    this._regionStyles.follow(
      this._workspace.regions.items.map(region => region.name)
    );
    return this._regionStyles.of(name);
  }

  /** Index of the colour that the next region will get. */
  get nextRegionStyle(): number {
    return this._regionStyles.free();
  }

  /**
   * Mean of the energy map over a region and its standard error, in the units of the spectra.
   * It is taken over pixels: the channels of one pixel vary together.
   */
  regionIntensity(region: IRegion): {
    readonly value: number;
    readonly error: number;
  } {
    const map = this.energyMap();
    if (!map) {
      return { value: NaN, error: NaN };
    }
    const found = regionValue(map, region.mask, this.pair?.mask ?? null);
    return { value: found.mean, error: found.standardError };
  }

  /**
   * (ny, nx) mean intensity over the energy range, in the units of the spectra; NaN where excluded.
   * null without data, and where spectra that are absent would be needed.
   */
  energyMap(): Float32Array | null {
    const pair = this.pair;
    if (!pair) {
      return null;
    }
    const range = this._workspace.navigation.energyRange;
    const key = range.join();
    if (this._map?.pair !== pair || this._map.key !== key) {
      this._map = { pair, key, values: pairMap(pair, range) };
    }
    return this._map.values;
  }

  /** The spectral axis in the display unit. */
  energy(): IEnergyScale | null {
    const pair = this.pair;
    return pair
      ? energyScale(pair.energy, this._workspace.navigation.energyUnit)
      : null;
  }

  /** The energy range as text with units; '' without data. */
  energyText(): string {
    const [first, last] = this._workspace.navigation.energyRange;
    return this.energy()?.rangeText(first, last) ?? '';
  }

  /** Grey limits of the HAADF image: 2 to 98 % of its values, or what was chosen. */
  imageLimits(): Limits {
    return this.pair ? this._lookLimits('haadf', [this.pair.image]) : [0, 1];
  }

  /** Colour limits of the energy map: 2 to 98 % of its values, or what was chosen. */
  energyLimits(): Limits {
    const map = this.energyMap();
    return map ? this._lookLimits('energy', [map]) : [0, 1];
  }

  /** Colour limits of `errorsOf`, from 0 and shared by the models so that they compare. */
  errorLimits(): Limits {
    const key = `error:${this.metric}`;
    const maps = this.models.map(model => this.errorsOf(model));
    const [low, high] = this._lookLimits(key, maps);
    return this._workspace.navigation.look(key).limits
      ? [low, high]
      : [0, high > 0 ? ceilTo(high) : 0.01];
  }

  /** Index of the grid node nearest to the latent cursor; -1 without one. */
  cursorNode(): number {
    const grid = this.grid;
    const cursor = this._workspace.navigation.latentCursor;
    return grid && cursor
      ? nodeAt(grid.ranges, grid.size, grid.axes, cursor)
      : -1;
  }

  /** Flat pixel indices of the k windows nearest to that node. */
  cursorWindows(): number[] {
    const { active, grid } = this;
    const node = this.cursorNode();
    if (!active || !grid || node < 0) {
      return [];
    }
    const k = grid.neighbours.length / (grid.size * grid.size);
    // Fewer finite encodings than k leave places without a neighbour.
    return Array.from(grid.neighbours.subarray(node * k, (node + 1) * k))
      .filter(i => i >= 0)
      .map(i => active.positions[i]);
  }

  /** 2 and 98 % of the finite values of an array; kept as long as the array lives. */
  limitsOf(values: Float32Array | Float64Array): Limits {
    let limits = this._limits.get(values);
    if (!limits) {
      const [low, high] = percentiles(
        values.filter((value: number) => Number.isFinite(value)),
        [2, 98]
      );
      limits = low < high ? [low, high] : flat(low);
      this._limits.set(values, limits);
    }
    return limits;
  }

  private _lookLimits(
    key: string,
    pictures: readonly (Float32Array | Float64Array)[]
  ): Limits {
    return lookLimits(this._workspace.navigation.look(key), pictures);
  }

  private _workspace: IWorkspace;
  private _map: {
    pair: IPair;
    key: string;
    values: Float32Array | null;
  } | null = null;
  private _modelStyles = {
    im2spec: new ModelStyles(),
    spec2im: new ModelStyles()
  };
  private _regionStyles = new RegionStyles();
  private _limits = new WeakMap<object, Limits>();
}

/**
 * RMS spread of a node's nearest windows per value of their features, as a fraction of full scale.
 * The grid's dispersion is a Euclidean distance, which grows with the number of values.
 */
export function spreadOf(grid: IGrid, node: number): number {
  const length = grid.backProjected.length / (grid.size * grid.size);
  return grid.dispersion[node] / Math.sqrt(length);
}

/** The next value of two significant digits, so that the end of a bar can be read. */
function ceilTo(value: number): number {
  const unit = Math.pow(10, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / unit - 1e-9) * unit;
}

/** Limits around a constant. */
function flat(value: number): Limits {
  return Number.isFinite(value) ? [value - 0.5, value + 0.5] : [0, 1];
}
