/** Size of one image pixel on screen and of the whole picture, CSS pixels. */
export interface IFit {
  readonly pixelWidth: number;
  readonly pixelHeight: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The largest picture of nx x ny pixels in an area, an image pixel being a whole number of screen
 * pixels, or a half step where that wins at least 10 % of the width. Pixels keep the aspect of the
 * axes: `aspect` is the height of a pixel over its width, in units of the axes.
 */
export function fitPicture(
  areaWidth: number,
  areaHeight: number,
  nx: number,
  ny: number,
  aspect = 1
): IFit {
  const ratio = Number.isFinite(aspect) && aspect > 0 ? aspect : 1;
  const largest = Math.max(
    0.01,
    Math.min(areaWidth / nx, areaHeight / (ny * ratio))
  );
  let scale = largest;
  if (largest >= 1) {
    const whole = Math.floor(largest);
    const half = Math.floor(largest * 2) / 2;
    scale = half - whole >= 0.1 * whole ? half : whole;
  }
  return {
    pixelWidth: scale,
    pixelHeight: scale * ratio,
    width: scale * nx,
    height: scale * ratio * ny
  };
}
