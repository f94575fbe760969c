/** Places that mean the same on two data sets: by calibrated position, by energy. */
import {
  axisExtent,
  axisValue,
  energyFactor,
  indexOf,
  isEnergy,
  sameUnits
} from '../signal/axis';
import type { IAxis, IPair } from '../signal/types';

/** Coordinate along a scan axis in pixels from its edge: pixel i reaches from i to i + 1. */
export type EdgeMove = (edge: number) => number;

/**
 * From coordinates on one axis to those of the same calibrated position on
 * another; null where positions cannot be compared (units, values listed one
 * by one, no scale).
 */
export function edgeMove(from: IAxis, to: IAxis): EdgeMove | null {
  if (
    from.values ||
    to.values ||
    !sameUnits(from, to) ||
    !(from.scale * to.scale > 0)
  ) {
    return null;
  }
  // The value of an axis belongs to the centre of its pixel.
  return edge =>
    (from.offset + from.scale * (edge - 0.5) - to.offset) / to.scale + 0.5;
}

/** How points (x, y) of one scan lie on another; null where they cannot be compared. */
export function scanMove(
  from: Pick<IPair, 'y' | 'x'>,
  to: Pick<IPair, 'y' | 'x'>
): ((point: readonly [number, number]) => [number, number]) | null {
  const across = edgeMove(from.x, to.x);
  const down = edgeMove(from.y, to.y);
  return across && down && (([x, y]) => [across(x), down(y)]);
}

/** The pixel (row, column) at the same position of another scan; null outside it. */
export function pixelIn(
  from: Pick<IPair, 'y' | 'x' | 'ny' | 'nx'>,
  to: Pick<IPair, 'y' | 'x' | 'ny' | 'nx'>,
  pixel: readonly [number, number]
): [number, number] | null {
  if (from.ny === to.ny && from.nx === to.nx) {
    return [pixel[0], pixel[1]];
  }
  const move = scanMove(from, to);
  if (!move) {
    return null;
  }
  const [x, y] = move([pixel[1] + 0.5, pixel[0] + 0.5]).map(Math.floor);
  return x >= 0 && x < to.nx && y >= 0 && y < to.ny ? [y, x] : null;
}

/**
 * Channels of another axis at the same energies, cut to what it covers; null
 * where it covers none of them or the two cannot be compared.
 */
export function channelsIn(
  from: IAxis,
  to: IAxis,
  range: readonly [number, number]
): [number, number] | null {
  const energies = isEnergy(from.units) && isEnergy(to.units);
  if (!energies && !sameUnits(from, to)) {
    return null;
  }
  const factor = energies ? energyFactor(from.units, to.units) : 1;
  const ends = range.map(i => axisValue(from, i) * factor);
  const [least, most] = axisExtent(to);
  const half = to.size > 1 ? (most - least) / (to.size - 1) / 2 : 0;
  if (
    !ends.every(Number.isFinite) ||
    Math.max(...ends) < least - half ||
    Math.min(...ends) > most + half
  ) {
    return null;
  }
  const channels = ends.map(value => indexOf(to, value));
  return [Math.min(...channels), Math.max(...channels)];
}
