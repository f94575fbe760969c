/** The vocabulary of the whole front end: plain data, no behaviour. Arrays are C order, (y, x) and (y, x, E). */

/** Direction of a network: image to spectrum, or spectrum to image. */
export type Kind = 'im2spec' | 'spec2im';
export type SplitKind = 'left-right' | 'top-bottom' | 'blocks' | 'random';
/** All valid window positions, or the paper's, which leaves out the last row and column of them. */
export type WindowSet = 'all' | 'paper';
/** The [0, 1] scale: from least to greatest value, or from the 0.1 to the 99.9 percentile. */
export type ScalingKind = 'range' | 'robust';
export type Metric = 'relative' | 'rmse' | 'mse' | 'mse_raw';
export type BackendName = 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** A calibrated axis: value(i) = offset + scale * i, unless `values` lists them. */
export interface IAxis {
  readonly name: string;
  readonly units: string;
  readonly size: number;
  readonly scale: number;
  readonly offset: number;
  /** (size) values of a non-uniform axis, in `units`. */
  readonly values?: readonly number[];
}

/** A spectrum image with the HAADF image of the same scan. */
export interface IPair {
  readonly id: string;
  /** Name of the Python variable, or the title: what messages call the data. */
  readonly name: string;
  readonly title: string;
  readonly simulated: boolean;
  readonly ny: number;
  readonly nx: number;
  readonly channels: number;
  readonly y: IAxis;
  readonly x: IAxis;
  readonly energy: IAxis;
  /** (ny, nx, channels), in `spectraUnits`. */
  readonly spectra: Float32Array;
  readonly spectraUnits: string;
  /** (ny, nx), in `imageUnits`. */
  readonly image: Float32Array;
  readonly imageUnits: string;
  /** (ny, nx), 1 where the pixel is excluded; null where none is. */
  readonly mask: Uint8Array | null;
  /** sha256 of the spectra's bytes followed by the image's. */
  readonly sha256: string;
  /** What was converted on the way in, a sentence each. */
  readonly report: readonly string[];
  /** Where the spectra are not here, and `spectra` is empty: what is kept of them. */
  readonly absent?: IAbsentSpectra;
}

/** What a workspace file keeps of spectra that it does not hold. */
export interface IAbsentSpectra {
  /** Channels, both included, that `map` is the mean of. */
  readonly range: readonly [number, number];
  /** (ny, nx) mean intensity over that range; NaN where excluded. */
  readonly map: Float32Array;
  /** (channels) mean over the scan. */
  readonly mean: Float32Array;
}

/** Everything that decides a training run; the arguments of `ex.train` in camel case. */
export interface ISetup {
  readonly kind: Kind;
  readonly latentDims: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly filters: number;
  readonly window: number;
  readonly stride: number;
  readonly windows: WindowSet;
  readonly split: SplitKind;
  /** Guard in pixels; null means the window size. */
  readonly guard: number | null;
  readonly trainFraction: number;
  readonly seed: number;
  readonly backend: BackendName | 'auto';
  readonly scaling: ScalingKind;
}

export const DEFAULT_SETUP: ISetup = {
  kind: 'im2spec',
  latentDims: 2,
  epochs: 120,
  batchSize: 64,
  learningRate: 1e-3,
  filters: 64,
  window: 16,
  stride: 1,
  windows: 'all',
  split: 'left-right',
  guard: null,
  trainFraction: 0.67,
  seed: 0,
  backend: 'auto',
  scaling: 'range'
};

export interface IRange {
  readonly min: number;
  readonly max: number;
}

/** The [0, 1] scale of training and errors: value = (raw - min) / (max - min). */
export interface IScaling {
  readonly image: IRange;
  readonly spectrum: IRange;
}

/** Loss (MSE on the [0, 1] scale) after each epoch. */
export interface IHistory {
  readonly train: number[];
  readonly test: number[];
}

/** Labels of positions: the values of `model.split` in Python. */
export const NO_WINDOW = -1;
export const TRAIN = 0;
export const GUARD = 1;
export const TEST = 2;

/** Outlines that can be drawn on the navigator. */
export type RegionKind = 'rectangle' | 'ellipse' | 'polygon';

/**
 * A region of the scan. Points are (x, y) in pixels from the top left corner
 * of the first pixel: two opposite corners of a rectangle or of an ellipse's
 * bounding box, or at least three vertices of a polygon. A pixel belongs to it
 * where its centre (column + 0.5, row + 0.5) lies inside; a rectangle and a
 * polygon's edges follow the even-odd rule, an ellipse includes its rim.
 */
export interface IRegionShape {
  /** "R1", "R2", ...; unique. */
  readonly name: string;
  readonly kind: RegionKind;
  readonly points: readonly (readonly [number, number])[];
}
