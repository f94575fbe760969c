/** Shapes of labelled parts of an image, in image pixels. */

export interface IBox {
  readonly left: number;
  readonly top: number;
  /** Exclusive. */
  readonly right: number;
  /** Exclusive. */
  readonly bottom: number;
}

/** The smallest box that holds every pixel with `label`; null where there is none. */
export function boxOfLabel(
  labels: ArrayLike<number>,
  nx: number,
  ny: number,
  label: number
): IBox | null {
  let left = nx;
  let right = -1;
  let top = ny;
  let bottom = -1;
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      if (labels[y * nx + x] === label) {
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = y;
      }
    }
  }
  return right < 0 ? null : { left, top, right: right + 1, bottom: bottom + 1 };
}

/** SVG path along the pixel edges between `label` and everything else, scaled to screen pixels. */
export function outlineOfLabel(
  labels: ArrayLike<number>,
  nx: number,
  ny: number,
  label: number,
  toX: (x: number) => number,
  toY: (y: number) => number
): string {
  const has = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < nx && y < ny && labels[y * nx + x] === label;
  const parts: string[] = [];
  for (let y = 0; y <= ny; y++) {
    let start = -1;
    for (let x = 0; x <= nx; x++) {
      const edge = x < nx && has(x, y) !== has(x, y - 1);
      if (edge && start < 0) {
        start = x;
      } else if (!edge && start >= 0) {
        parts.push(`M${toX(start)},${toY(y)}H${toX(x)}`);
        start = -1;
      }
    }
  }
  for (let x = 0; x <= nx; x++) {
    let start = -1;
    for (let y = 0; y <= ny; y++) {
      const edge = y < ny && has(x, y) !== has(x - 1, y);
      if (edge && start < 0) {
        start = y;
      } else if (!edge && start >= 0) {
        parts.push(`M${toX(x)},${toY(start)}V${toY(y)}`);
        start = -1;
      }
    }
  }
  return parts.join('');
}

/** SVG path that covers the pixels where `inside` holds, a rectangle a run. */
export function areaWhere(
  nx: number,
  ny: number,
  inside: (index: number) => boolean,
  toX: (x: number) => number,
  toY: (y: number) => number
): string {
  const parts: string[] = [];
  for (let y = 0; y < ny; y++) {
    let start = -1;
    for (let x = 0; x <= nx; x++) {
      const here = x < nx && inside(y * nx + x);
      if (here && start < 0) {
        start = x;
      } else if (!here && start >= 0) {
        parts.push(
          `M${toX(start)},${toY(y)}H${toX(x)}V${toY(y + 1)}H${toX(start)}Z`
        );
        start = -1;
      }
    }
  }
  return parts.join('');
}
