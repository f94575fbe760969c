import {
  axisExtent,
  axisValue,
  decimalsFor,
  energyFactor,
  isEnergy
} from '../signal/axis';
import type { IAxis } from '../signal/types';
import { fixed } from './wording';

/** A spectral axis in the display unit: where channels lie and how values are written. */
export interface IEnergyScale {
  readonly units: string;
  readonly title: string;
  /** Positions of the first and the last channel. */
  readonly domain: readonly [number, number];
  readonly decimals: number;
  /** Position of a channel; the channel itself where the values turn back. */
  position(channel: number): number;
  /** Nearest channel to a position. */
  channelAt(position: number): number;
  /** Text of a position. */
  label(position: number): string;
  /** "0.470–0.530 eV". */
  rangeText(first: number, last: number): string;
}

/** The scale of `axis`; energies are shown in `unit`, other axes keep their own. */
export function energyScale(axis: IAxis, unit: 'eV' | 'meV'): IEnergyScale {
  const energy = isEnergy(axis.units);
  const factor = energy ? energyFactor(axis.units, unit) : 1;
  const units = energy ? unit : axis.units;
  const value = (channel: number): number => axisValue(axis, channel) * factor;
  const last = axis.size - 1;
  const monotonic = isMonotonic(axis);
  const position = monotonic ? value : (channel: number) => channel;
  const [low, high] = axisExtent(axis);
  const step = monotonic
    ? (factor * (high - low)) / Math.max(1, last)
    : value(1) - value(0);
  const decimals = decimalsFor(step);
  const channelAt = (at: number): number => {
    if (!monotonic) {
      return Math.max(0, Math.min(last, Math.round(at)));
    }
    const rising = position(last) >= position(0);
    let a = 0;
    let b = last;
    while (b - a > 1) {
      const middle = (a + b) >> 1;
      if (position(middle) <= at === rising) {
        a = middle;
      } else {
        b = middle;
      }
    }
    return Math.abs(position(a) - at) <= Math.abs(position(b) - at) ? a : b;
  };
  const name = energy ? 'Energy loss' : axis.name || 'Channel';
  return {
    units,
    title: units ? `${name} (${units})` : name,
    domain: [position(0), position(last)],
    decimals,
    position,
    channelAt,
    label: at =>
      monotonic ? fixed(at, decimals) : fixed(value(Math.round(at)), decimals),
    rangeText: (first, end) =>
      `${fixed(value(first), decimals)}\u2013${fixed(value(end), decimals)}` +
      (units ? ` ${units}` : '')
  };
}

function isMonotonic(axis: IAxis): boolean {
  if (!axis.values) {
    return true;
  }
  const rising = axis.values[axis.size - 1] > axis.values[0];
  for (let i = 1; i < axis.size; i++) {
    if (axis.values[i] > axis.values[i - 1] !== rising) {
      return false;
    }
  }
  return true;
}
