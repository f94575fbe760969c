/** What the view of the errors shows, derived from the models and kept until its source changes. */
import {
  type IPartHistogram,
  partHistogram
} from '../../analysis/error-histogram';
import { histogram, percentile } from '../../analysis/statistics';
import {
  type IWorstRegion,
  type IWorstRegions,
  worstRegions
} from '../../analysis/worst-regions';
import type { ITrainedModel } from '../../model/types';
import type { Shown } from '../shown';

/** Bins of the histogram. */
export const BINS = 40;

/** Upper end of the histogram: this percentile of the errors of the worst model. */
const UPPER = 99.5;

export class ErrorsContent {
  constructor(shown: Shown) {
    this._shown = shown;
  }

  /** Upper end of the errors, shared by the models; the lower one is 0. */
  get high(): number {
    const highs = this._shown.models.map(model =>
      this._upperOf(this._shown.errorsOf(model))
    );
    const high = Math.max(0, ...highs.filter(Number.isFinite));
    return high > 0 ? high : 0.01;
  }

  histogramOf(model: ITrainedModel): IPartHistogram {
    const map = this._shown.errorsOf(model);
    const high = this.high;
    let kept = this._histogram;
    if (kept?.map !== map || kept.high !== high) {
      const found = partHistogram(map, model.split, BINS, 0, high);
      kept = this._histogram = { map, high, found };
    }
    return kept.found;
  }

  /** (bins) counts of the selected windows; null without a selection. */
  selectedOf(
    model: ITrainedModel,
    mask: Uint8Array | null
  ): { readonly counts: Int32Array; readonly total: number } | null {
    if (!mask) {
      return null;
    }
    const map = this._shown.errorsOf(model);
    const values = map.filter((error, i) => mask[i] && !Number.isNaN(error));
    return {
      counts: histogram(values, BINS, [0, this.high]).counts,
      total: values.length
    };
  }

  worstOf(model: ITrainedModel, share: number): IWorstRegions {
    const map = this._shown.errorsOf(model);
    let kept = this._worst;
    if (kept?.map !== map || kept.share !== share) {
      const nx = this._shown.pair?.nx ?? 1;
      kept = this._worst = { map, share, found: worstRegions(map, nx, share) };
    }
    return kept.found;
  }

  /** (ny, nx) 1 on the windows of a region. */
  maskOf(region: IWorstRegion): Uint8Array {
    const { ny, nx } = this._shown.pair!;
    const mask = new Uint8Array(ny * nx);
    for (const pixel of region.pixels) {
      mask[pixel] = 1;
    }
    return mask;
  }

  /** (ny, nx) 1 on the windows with errors in some bins; the last bin takes all above it too. */
  maskOfBins(model: ITrainedModel, first: number, last: number): Uint8Array {
    const width = this.high / BINS;
    const map = this._shown.errorsOf(model);
    const low = first * width;
    const high = last >= BINS - 1 ? Infinity : (last + 1) * width;
    return Uint8Array.from(map, error =>
      error >= low && error < high ? 1 : 0
    );
  }

  private _upperOf(map: Float32Array): number {
    let upper = this._uppers.get(map);
    if (upper === undefined) {
      upper = percentile(map, UPPER);
      this._uppers.set(map, upper);
    }
    return upper;
  }

  private _shown: Shown;
  private _uppers = new WeakMap<Float32Array, number>();
  private _histogram: {
    map: Float32Array;
    high: number;
    found: IPartHistogram;
  } | null = null;
  private _worst: {
    map: Float32Array;
    share: number;
    found: IWorstRegions;
  } | null = null;
}
