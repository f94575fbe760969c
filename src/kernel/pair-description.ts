/** The kernel's description of a pair, checked before anything is allocated. */
import { MAX_NAME, MAX_TEXT } from '../signal/limits';
import type { IAxis, IPair } from '../signal/types';
import {
  isArrayDescription,
  type BlockSink,
  type IArrayDescription
} from './array-blocks';
import { isAxis } from './axis-check';
import { hasFields, isList, isOneOf, isText } from './checks';

/** A pair without its arrays. */
export interface IPairDescription {
  /** Name under which its blocks are pulled. */
  readonly source: string;
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly simulated: boolean;
  readonly y: IAxis;
  readonly x: IAxis;
  readonly energy: IAxis;
  readonly spectraUnits: string;
  readonly imageUnits: string;
  readonly report: readonly string[];
  readonly sha256: string;
  readonly arrays: readonly IArrayDescription[];
}

const text = isText(MAX_TEXT);

/** Read a description; throws an Error that says what does not fit. */
export function readPairDescription(value: unknown): IPairDescription {
  if (
    !hasFields(value, {
      source: isText(MAX_NAME),
      id: isText(MAX_NAME),
      name: text,
      title: text,
      simulated: isOneOf(true, false),
      y: isAxis,
      x: isAxis,
      energy: isAxis,
      spectraUnits: text,
      imageUnits: text,
      report: isList(1000, text),
      sha256: isText(64),
      arrays: isList(3, isArrayDescription)
    })
  ) {
    throw new Error(
      'The kernel described the data in a way that this front end cannot ' +
        'read. Install the same version of eelscape on both sides.'
    );
  }
  const pair = value as unknown as IPairDescription;
  const shape = [pair.y.size, pair.x.size, pair.energy.size];
  expectArray(pair, 'spectra', 'float32', shape);
  expectArray(pair, 'image', 'float32', shape.slice(0, 2));
  if (pair.arrays.length > 2) {
    expectArray(pair, 'mask', 'uint8', shape.slice(0, 2));
  }
  return pair;
}

function expectArray(
  pair: IPairDescription,
  name: string,
  dtype: string,
  shape: readonly number[]
): void {
  const array = pair.arrays.find(item => item.name === name);
  if (!array || array.dtype !== dtype || `${array.shape}` !== `${shape}`) {
    throw new Error(
      `The kernel announced ${name} as ${array?.dtype ?? 'nothing'} of shape ` +
        `(${array?.shape ?? ''}); the axes need ${dtype} of (${shape}). ` +
        'Run the cell with explore again.'
    );
  }
}

/** The pair with the arrays that a complete sink holds. */
export function assemblePair(pair: IPairDescription, sink: BlockSink): IPair {
  const { id, name, title, simulated, y, x, energy, report, sha256 } = pair;
  const { spectraUnits, imageUnits } = pair;
  return {
    id,
    name,
    title,
    simulated,
    ny: y.size,
    nx: x.size,
    channels: energy.size,
    y,
    x,
    energy,
    spectra: new Float32Array(sink.take('spectra').buffer),
    spectraUnits,
    image: new Float32Array(sink.take('image').buffer),
    imageUnits,
    mask: pair.arrays.length > 2 ? sink.take('mask') : null,
    sha256,
    report
  };
}
