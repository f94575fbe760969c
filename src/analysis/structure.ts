/** Structure in the errors: how far an error map follows the image of the same positions. */
import { extent, pearson } from './statistics';

export interface IStructure {
  /** Pearson correlation, -1 to 1; NaN where the map or the image is constant. */
  readonly r: number;
  /** Mean squared difference of the two, each scaled to [0, 1] over the positions. */
  readonly mse: number;
  /** Positions with a finite error and a finite image value. */
  readonly count: number;
}

/**
 * Pearson correlation and MSE between an error map and the HAADF image on the same positions,
 * both scaled to [0, 1] over them (Fig. S1b of the paper). A constant is 0 everywhere on that
 * scale. The correlation does not depend on the scaling.
 * @param errors - (ny, nx); NaN where no window fits.
 * @param image - (ny, nx).
 */
export function structureOf(
  errors: ArrayLike<number>,
  image: ArrayLike<number>
): IStructure {
  const a: number[] = [];
  const b: number[] = [];
  for (let i = 0; i < errors.length; i++) {
    if (Number.isFinite(errors[i]) && Number.isFinite(image[i])) {
      a.push(errors[i]);
      b.push(image[i]);
    }
  }
  const scaleA = unitScale(a);
  const scaleB = unitScale(b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += (scaleA(a[i]) - scaleB(b[i])) ** 2;
  }
  return { r: pearson(a, b), mse: sum / a.length, count: a.length };
}

function unitScale(values: readonly number[]): (value: number) => number {
  const [min, max] = extent(values);
  const span = max - min || 1;
  return value => (value - min) / span;
}
