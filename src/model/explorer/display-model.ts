/** How errors and latents are shown. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { Metric } from '../../signal/types';
import type { IDisplayModel } from './types';

export class DisplayModel implements IDisplayModel {
  get metric(): Metric {
    return this._metric;
  }

  get latent(): number {
    return this._latent;
  }

  get percentile(): number {
    return this._percentile;
  }

  get ellipses(): boolean {
    return this._ellipses;
  }

  get changed(): ISignal<IDisplayModel, void> {
    return this._changed;
  }

  setMetric(metric: Metric): void {
    if (metric !== this._metric) {
      this._metric = metric;
      this._changed.emit();
    }
  }

  setLatent(latent: number): void {
    const whole = Math.max(0, Math.round(latent));
    if (whole !== this._latent && Number.isFinite(whole)) {
      this._latent = whole;
      this._changed.emit();
    }
  }

  setPercentile(percentile: number): void {
    const held = Math.min(99.9, Math.max(50, percentile));
    if (held !== this._percentile && Number.isFinite(held)) {
      this._percentile = held;
      this._changed.emit();
    }
  }

  setEllipses(shown: boolean): void {
    if (shown !== this._ellipses) {
      this._ellipses = shown;
      this._changed.emit();
    }
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private _metric: Metric = 'relative';
  private _latent = 0;
  private _percentile = 95;
  private _ellipses = true;
  private _changed = new Signal<IDisplayModel, void>(this);
}
