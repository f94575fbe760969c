/** Spectra on another energy axis, and whether they can be brought there. */
import {
  axisExtent,
  axisValues,
  energyFactor,
  formatAxisRange,
  isEnergy,
  sameUnits
} from '../signal/axis';
import type { IAxis, Kind } from '../signal/types';

/** Part of a channel by which two axes may differ and count as the same. */
const SAME = 0.02;
/** Channels by which data may end before a network's axis does. */
const BEYOND = 1;
/** Share of a network's channels that must be measured for a comparison. */
const LEAST_OVERLAP = 0.25;

export interface IAxisMatch {
  /** '' or why spectra on one axis cannot be used with the other. */
  readonly problem: string;
  /** True where the channels are the same: nothing is interpolated. */
  readonly same: boolean;
  /** First and last channel of the network that the data reach. */
  readonly covered: readonly [number, number];
  /** What is done, in a sentence with units. */
  readonly text: string;
}

/**
 * How the data's energies fit those of a network.
 *
 * im2spec predicts on its own axis, so that data that reach only a part of it
 * are compared there. spec2im reads every channel: data must reach all of them.
 * @param network - axis the network was trained on.
 * @param data - axis of the spectra at hand.
 */
export function matchAxes(network: IAxis, data: IAxis, kind: Kind): IAxisMatch {
  const refuse = (problem: string): IAxisMatch => ({
    problem,
    same: false,
    covered: [0, -1],
    text: ''
  });
  const factor = unitFactor(data, network);
  if (factor === null) {
    return refuse(
      `The network's spectra are along ${nameOf(network)}, those of the data ` +
        `along ${nameOf(data)}: give both axes the same quantity and units.`
    );
  }
  const wanted = axisValues(network);
  const given = axisValues(data).map(value => value * factor);
  const reach = `${formatAxisRange(data)}`;
  const asked = `${formatAxisRange(network)}`;
  const step = stepOf(network);
  if (
    wanted.length === given.length &&
    wanted.every((value, i) => Math.abs(value - given[i]) <= SAME * step)
  ) {
    return {
      problem: '',
      same: true,
      covered: [0, wanted.length - 1],
      text: `Same energy axis, ${asked}.`
    };
  }
  if (!rises(wanted) || !rises(given)) {
    return refuse(
      'Spectra can be interpolated only between axes whose values rise ' +
        'throughout. Crop the data to the rising part.'
    );
  }
  const low = given[0] - BEYOND * step;
  const high = given[given.length - 1] + BEYOND * step;
  const first = wanted.findIndex(value => value >= low);
  const last = wanted.length - 1 - lastOf(wanted, value => value <= high);
  const count = first < 0 ? 0 : last - first + 1;
  if (kind === 'spec2im' && count < wanted.length) {
    return refuse(
      `The network reads spectra of ${asked}, the data hold ${reach}. ` +
        'Missing energies cannot be interpolated: take data that reach ' +
        'all of them, or a network trained on fewer.'
    );
  }
  if (count < Math.max(2, LEAST_OVERLAP * wanted.length)) {
    return refuse(
      `The network predicts ${asked}, the data hold ${reach}: too little ` +
        'in common to compare. Take data that reach further.'
    );
  }
  const channels = `${given.length} channels of ${reach} interpolated to ${wanted.length}`;
  return {
    problem: '',
    same: false,
    covered: [first, last],
    text:
      count < wanted.length
        ? `${channels} of ${asked}, compared over ` +
          `${formatAxisRange(network, first, last)}.`
        : `${channels} of ${asked}.`
  };
}

/**
 * Linear interpolation of n spectra, as numpy.interp: values beyond the ends
 * are those of the ends. NaN where a neighbouring value is.
 * @param spectra - (n, from.size).
 * @returns (n, to.size).
 */
export function resampleSpectra(
  spectra: Float32Array,
  n: number,
  from: IAxis,
  to: IAxis
): Float32Array {
  const factor = unitFactor(from, to) ?? 1;
  const x = axisValues(from).map(value => value * factor);
  const targets = axisValues(to);
  const low = new Int32Array(to.size);
  const part = new Float64Array(to.size);
  let at = 0;
  for (let i = 0; i < to.size; i++) {
    while (at < x.length - 2 && x[at + 1] <= targets[i]) {
      at++;
    }
    low[i] = at;
    const width = x.length > 1 ? x[at + 1] - x[at] : 1;
    part[i] = Math.max(0, Math.min(1, (targets[i] - x[at]) / width));
  }
  const out = new Float32Array(n * to.size);
  for (let k = 0; k < n; k++) {
    const source = k * from.size;
    const target = k * to.size;
    for (let i = 0; i < to.size; i++) {
      const a = spectra[source + low[i]];
      const b = spectra[source + low[i] + 1];
      // At a channel itself its value, even beside one that is not finite.
      out[target + i] =
        part[i] === 0 ? a : part[i] === 1 ? b : a + part[i] * (b - a);
    }
  }
  return out;
}

/** Channels `first` to `last` of an axis. */
export function croppedAxis(axis: IAxis, first: number, last: number): IAxis {
  const size = last - first + 1;
  return axis.values
    ? { ...axis, size, values: axis.values.slice(first, last + 1) }
    : { ...axis, size, offset: axis.offset + first * axis.scale };
}

/** Factor from the units of one axis to those of another; null where there is none. */
function unitFactor(from: IAxis, to: IAxis): number | null {
  if (isEnergy(from.units) && isEnergy(to.units)) {
    return energyFactor(from.units, to.units);
  }
  return sameUnits(from, to) ? 1 : null;
}

function nameOf(axis: IAxis): string {
  return axis.units ? `${axis.name} in ${axis.units}` : axis.name;
}

function stepOf(axis: IAxis): number {
  const [low, high] = axisExtent(axis);
  return (high - low) / Math.max(1, axis.size - 1);
}

function rises(values: Float64Array): boolean {
  return values.every((value, i) => i === 0 || value > values[i - 1]);
}

/** How many values stand behind the last that passes. */
function lastOf(
  values: Float64Array,
  passes: (value: number) => boolean
): number {
  let behind = 0;
  while (
    behind < values.length &&
    !passes(values[values.length - 1 - behind])
  ) {
    behind++;
  }
  return behind;
}
