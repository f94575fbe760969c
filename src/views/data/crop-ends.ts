import { axisValue, energyFactor, isEnergy } from '../../signal/axis';
import type { IPair, IRegionShape } from '../../signal/types';
import { tidy } from './step-field-kinds';

/** Rows and columns, first and stop, of the pixels whose centres lie in a rectangle. */
export function scanOf(
  region: IRegionShape,
  pair: IPair
): { rows: [number, number]; columns: [number, number] } {
  const span = (ends: readonly number[], size: number): [number, number] => {
    const hold = (edge: number): number =>
      Math.max(0, Math.min(size, Math.ceil(edge - 0.5)));
    return [hold(Math.min(...ends)), hold(Math.max(...ends))];
  };
  return {
    rows: span(
      region.points.map(point => point[1]),
      pair.ny
    ),
    columns: span(
      region.points.map(point => point[0]),
      pair.nx
    )
  };
}

/** Start and stop in eV that keep the channels `first` to `last`: the stop lies half a channel beyond. */
export function energiesOf(
  pair: IPair,
  first: number,
  last: number
): { start: number | null; stop: number | null } {
  const { energy } = pair;
  const factor = isEnergy(energy.units) ? energyFactor(energy.units, 'eV') : 1;
  const edge = (channel: number): number =>
    tidy(
      (factor * (axisValue(energy, channel) + axisValue(energy, channel - 1))) /
        2
    );
  return {
    start: first > 0 ? edge(first) : null,
    stop: last < pair.channels - 1 ? edge(last + 1) : null
  };
}
