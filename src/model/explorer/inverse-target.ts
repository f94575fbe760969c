/** The wanted spectrum of inverse design: where it comes from, and its values. */
import { axisValues } from '../../signal/axis';
import {
  meanSpectrum,
  spectrumAt,
  SPECTRA_ABSENT
} from '../../signal/spectrum-image';
import { peakSpectrum, strongestPeak } from '../../analysis/target-curve';
import type { IPeak, TargetSource } from './inverse-types';
import type { IExplorerOptions } from './options';
import type { IPinsModel } from './pins-types';
import type { ISelectionModel } from './types';

export interface ITargetOptions extends Pick<
  IExplorerOptions,
  'data' | 'navigation'
> {
  readonly pins: IPinsModel;
  readonly selection: ISelectionModel;
}

/** Follows its source: whoever keeps it calls `renew` where that has changed. */
export class InverseTarget {
  constructor(options: ITargetOptions) {
    this._options = options;
  }

  get source(): TargetSource {
    return this._source;
  }

  get peaks(): readonly IPeak[] {
    return this._peaks;
  }

  get base(): number {
    return this._base;
  }

  /** (channels), data units; null where the source has none. */
  get values(): Float32Array | null {
    this._values ??= this._now();
    return this._values;
  }

  /** Why there are no values, and what to do; '' where there are. */
  get missing(): string {
    if (this.values) {
      return '';
    }
    if (!this._options.data.pair) {
      return 'No data: open a spectrum image first.';
    }
    if (this._options.data.pair.absent) {
      return `${SPECTRA_ABSENT} Peaks and a drawn curve work without them.`;
    }
    return this._source === 'selection'
      ? 'No windows are selected: drag with Shift in the Navigator or in Latent.'
      : 'The spectrum here holds no finite values: take another place.';
  }

  renew(): void {
    this._values = null;
  }

  /** Begin anew, for other data. */
  reset(): void {
    this._peaks = [];
    this._drawn = null;
    this._source = 'pointer';
    this._values = null;
  }

  setSource(source: TargetSource): void {
    if (source === 'peaks' && this._peaks.length === 0) {
      this._startPeaks();
    }
    if (source === 'drawn') {
      // What is drawn on begins as what was there.
      this._drawn = this.values ?? this._drawn;
    }
    this._source = source;
    this._values = null;
  }

  setPeaks(peaks: readonly IPeak[], base: number): void {
    this._peaks = peaks.map(peak => ({
      ...peak,
      width: Math.max(Math.abs(peak.width), 1e-9)
    }));
    this._base = base;
    this._source = 'peaks';
    this._values = null;
  }

  draw(curve: Float32Array): void {
    this._drawn = curve;
    this._source = 'drawn';
    this._values = null;
  }

  private _now(): Float32Array | null {
    const { data, navigation, pins, selection } = this._options;
    const { pair } = data;
    if (!pair) {
      return null;
    }
    const at = (row: number, column: number): Float32Array | null => {
      const { spectra, channels, nx } = pair;
      const values = spectrumAt(spectra, channels, row * nx + column);
      return values.length === channels && values.every(Number.isFinite)
        ? values
        : null;
    };
    switch (this._source) {
      case 'pointer':
        return at(...navigation.pointer);
      case 'selection':
        return selection.mask && !pair.absent
          ? meanSpectrum(
              pair.spectra,
              pair.channels,
              selection.mask.map(one => (one ? 0 : 1))
            )
          : null;
      case 'peaks':
        return peakSpectrum(axisValues(pair.energy), this._peaks, this._base);
      case 'drawn':
        return this._drawn;
      default: {
        const id = this._source.slice('pin:'.length);
        const pin = pins.items.find(item => item.id === id);
        return pin ? at(pin.row, pin.column) : null;
      }
    }
  }

  /** One peak like that of the target so far. */
  private _startPeaks(): void {
    const { pair } = this._options.data;
    const { values } = this;
    if (pair && values) {
      const { peak, base } = strongestPeak(axisValues(pair.energy), values);
      this._peaks = [peak];
      this._base = base;
    }
  }

  private _options: ITargetOptions;
  private _source: TargetSource = 'pointer';
  private _values: Float32Array | null = null;
  private _drawn: Float32Array | null = null;
  private _peaks: readonly IPeak[] = [];
  private _base = 0;
}
