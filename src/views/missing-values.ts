import type { IPair } from '../signal/types';
import type { ILayerPicture } from './navigator-layers';

const kept = new WeakMap<
  Float32Array,
  { readonly key: string; readonly flags: Uint8Array | null }
>();

/**
 * (ny, nx) 1 where a layer has no value though it could; null where there is no such pixel. The frame
 * in which no window fits is none of them, nor are excluded pixels, which are hatched on every layer.
 */
export function missingOf(
  { values, ofWindows }: ILayerPicture,
  { ny, nx, mask }: IPair,
  window: number
): Uint8Array | null {
  const key = [ny, nx, ofWindows ? window : 0].join();
  const known = kept.get(values);
  if (known?.key === key) {
    return known.flags;
  }
  const half = ofWindows ? window / 2 : 0;
  const rest = ofWindows ? window - half - 1 : 0;
  const flags = new Uint8Array(ny * nx);
  let count = 0;
  for (let row = half; row < ny - rest; row++) {
    for (let column = half; column < nx - rest; column++) {
      const i = row * nx + column;
      if (Number.isNaN(values[i]) && !mask?.[i]) {
        flags[i] = 1;
        count++;
      }
    }
  }
  const found = count ? flags : null;
  kept.set(values, { key, flags: found });
  return found;
}
