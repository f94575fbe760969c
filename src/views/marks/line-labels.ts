import type { GroupSelection } from './surface';

/** A name beside its curve. Places are px. */
export interface ILineLabel {
  readonly text: string;
  readonly colour: string;
  /** Place of a point of the curve; NaN where it has none. */
  readonly x: (i: number) => number;
  readonly y: (i: number) => number;
  readonly count: number;
}

interface ILabelFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface IPlace {
  readonly x: number;
  readonly y: number;
}

/** Half the height of a name, px. */
const HALF = 7;

/**
 * Writes each name beside its curve, above it or at a side, where it stands most apart from every
 * curve and from the names that are already there.
 */
export function drawLineLabels(
  group: GroupSelection,
  labels: readonly ILineLabel[],
  frame: ILabelFrame
): void {
  const curves = labels.map(thinned);
  const taken: { place: IPlace; half: number }[] = [];
  labels.forEach((label, own) => {
    // Bold letters of 12 px are about 7.2 px wide.
    const half = 3.6 * label.text.length;
    let best: IPlace | null = null;
    let most = 3;
    const step = Math.max(1, Math.floor(curves[own].length / 60));
    for (let i = step; i < curves[own].length - step; i += step) {
      const at = curves[own][i];
      for (const place of [
        { x: at.x, y: at.y - HALF - 3 },
        { x: at.x + half + 6, y: at.y },
        { x: at.x - half - 6, y: at.y }
      ]) {
        if (!fits(place, half, frame)) {
          continue;
        }
        // Where curves run together, a name beside them says nothing.
        let apart = Math.min(30, 3 * separation(curves, own, i));
        for (const curve of curves) {
          // The own curve is near everywhere: it only must not run through the name.
          const room = roomBeside(curve, place, half);
          apart = Math.min(
            apart,
            curve === curves[own] && room > 1 ? 30 : room
          );
        }
        for (const other of taken) {
          const x = Math.abs(other.place.x - place.x) - half - other.half;
          const y = Math.abs(other.place.y - place.y) - 2 * HALF;
          apart = Math.min(apart, Math.max(x, y));
        }
        if (apart > most) {
          most = apart;
          best = place;
        }
      }
    }
    if (best) {
      taken.push({ place: best, half });
      group
        .append('text')
        .attr('class', 'jp-Eelscape-lineLabel')
        .attr('fill', label.colour)
        .attr('x', best.x)
        .attr('y', best.y)
        .attr('dy', '0.35em')
        .attr('text-anchor', 'middle')
        .text(label.text);
    }
  });
}

function fits({ x, y }: IPlace, half: number, frame: ILabelFrame): boolean {
  return (
    x - half > frame.left &&
    x + half < frame.right &&
    y - HALF > frame.top &&
    y + HALF < frame.bottom
  );
}

/** Vertical distance of a curve from the nearest other one, px. */
function separation(
  curves: readonly (readonly IPlace[])[],
  own: number,
  i: number
): number {
  let least = Infinity;
  curves.forEach((curve, k) => {
    if (k !== own && i < curve.length) {
      const apart = Math.abs(curve[i].y - curves[own][i].y);
      least = Number.isFinite(apart) ? Math.min(least, apart) : least;
    }
  });
  return least;
}

/** At most 256 points of a curve, from left to right. */
function thinned(label: ILineLabel): IPlace[] {
  const count = Math.min(256, label.count);
  const points = Array.from({ length: count }, (_, k) => {
    const i = Math.floor((k * label.count) / count);
    return { x: label.x(i), y: label.y(i) };
  });
  return points.length && points[0].x > points[count - 1].x
    ? points.reverse()
    : points;
}

/** Distance of a curve from the box of a name, px; negative where it runs through. */
function roomBeside(
  curve: readonly IPlace[],
  place: IPlace,
  half: number
): number {
  const left = place.x - half - 2;
  const right = place.x + half + 2;
  // The first segment that reaches the box.
  let low = 0;
  let high = curve.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (curve[middle].x < left) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  let room = Infinity;
  for (let i = Math.max(0, low - 1); i + 1 < curve.length; i++) {
    const [a, b] = [curve[i], curve[i + 1]];
    if (a.x > right) {
      break;
    }
    const above = Math.max(a.y, b.y) - (place.y - HALF);
    const below = place.y + HALF - Math.min(a.y, b.y);
    if (Number.isFinite(above) && Number.isFinite(below)) {
      room = Math.min(room, Math.max(-above, -below));
    }
  }
  return room;
}
