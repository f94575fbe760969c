/** What the views see of the hub and of how its layers look. */
import type { ISignal } from '@lumino/signaling';

/** Pictures the navigator can draw over the HAADF image. */
export type Layer =
  | 'haadf'
  | 'energy'
  | 'error'
  | 'abundance'
  /** Encodings along the latent of `IDisplayModel.latent`. */
  | 'latent'
  /** Clusters of the encodings. */
  | 'cluster'
  /** Dispersion in feature space against that in latent space. */
  | 'veracity'
  /** Distance from the encodings of the training windows. */
  | 'distance'
  /** Prediction minus measured in the energy range, or of the image. */
  | 'difference'
  /** Parts of the split. */
  | 'split';

/** Their names. */
export const LAYERS: readonly Layer[] = [
  'haadf',
  'energy',
  'error',
  'abundance',
  'latent',
  'cluster',
  'veracity',
  'distance',
  'difference',
  'split'
];

/** Colours of a picture of values. */
export type ColourMap = 'grey' | 'viridis' | 'magma' | 'cividis' | 'diverging';

/** Ends of the colours: percentiles of the values, or values in the units of the picture's array. */
export interface ILimitsChoice {
  readonly by: 'percentile' | 'value';
  readonly low: number;
  readonly high: number;
}

/** How a layer is coloured, as far as a user chose it. */
export interface ILayerLook {
  /** null: those of the layer. */
  readonly colours: ColourMap | null;
  /** null: 2 to 98 %. */
  readonly limits: ILimitsChoice | null;
}

/** The hub: pointer, energy range, latent cursor, layer. */
export interface INavigationModel {
  /** (row, column). */
  readonly pointer: readonly [number, number];
  /** Channel indices, inclusive. */
  readonly energyRange: readonly [number, number];
  /** Coordinates on the two shown latent axes of the active model; null before training. */
  readonly latentCursor: readonly [number, number] | null;
  /** (row, column) to compare with; null for none. */
  readonly secondPointer: readonly [number, number] | null;
  readonly layer: Layer;
  /** Component whose abundance the layer "abundance" shows, from 0. */
  readonly component: number;
  /** 0 to 1, of the layer over the HAADF image. */
  readonly opacity: number;
  readonly energyUnit: 'eV' | 'meV';
  /** Side of the square around the pointer whose mean is its spectrum, pixels; odd. */
  readonly pointerSize: number;
  readonly pointerChanged: ISignal<INavigationModel, void>;
  readonly energyRangeChanged: ISignal<INavigationModel, void>;
  readonly latentCursorChanged: ISignal<INavigationModel, void>;
  readonly secondPointerChanged: ISignal<INavigationModel, void>;
  readonly displayChanged: ISignal<INavigationModel, void>;
  setPointer(row: number, column: number): void;
  setEnergyRange(first: number, last: number): void;
  /** Also moves the pointer to the nearest window where `follow`. */
  setLatentCursor(a: number, b: number, follow?: boolean): void;
  /** null takes it away. */
  setSecondPointer(pixel: readonly [number, number] | null): void;
  setLayer(layer: Layer): void;
  setComponent(component: number): void;
  setOpacity(opacity: number): void;
  setEnergyUnit(unit: 'eV' | 'meV'): void;
  /** Held within 1 to 15, and odd. */
  setPointerSize(size: number): void;
  /** How a picture is coloured; by layer, errors by "error:" and their measure. */
  look(key: string): ILayerLook;
  setLook(key: string, change: Partial<ILayerLook>): void;
}
