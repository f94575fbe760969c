/** The flat vectors of a network on the device, every part where a binding may begin. */
import type { IArchitecture, IBlock, Step } from '../architecture';
import { pack, slots, unpack, type ISlot } from '../layout';
import type { Parameters } from '../types';
import type { Plane } from './shader';

/** Elements from one possible beginning of a binding to the next: 256 bytes, WebGPU's default. */
export const ALIGNMENT = 64;

/** The next place at or behind `size` where a binding may begin. */
export function aligned(size: number, to = ALIGNMENT): number {
  return to * Math.ceil(size / to);
}

/** Places of parameters in a flat vector, each where a binding may begin. */
export class FlatLayout {
  constructor(plan: IArchitecture, trained: boolean) {
    let offset = 0;
    this._slots = slots(plan.parameters, trained).map(slot => {
      const placed = { ...slot, offset };
      offset += aligned(slot.size);
      return placed;
    });
    this.size = offset;
    this._named = new Map(this._slots.map(slot => [slot.parameter.name, slot]));
  }

  readonly size: number;

  /** Where a parameter begins and how long it is, in elements. */
  at(name: string): { readonly offset: number; readonly size: number } {
    const slot = this._named.get(name);
    if (!slot) {
      throw new Error(`The network has no parameter ${name}.`);
    }
    return slot;
  }

  pack(parameters: Parameters): Float32Array {
    const flat = new Float32Array(this.size);
    for (const slot of this._slots) {
      const tight = pack([{ ...slot, offset: 0 }], parameters);
      flat.set(tight.subarray(0, slot.size), slot.offset);
    }
    return flat;
  }

  /** The vector without what lies between its parts, as `pack` of layout.ts has it. */
  tight(flat: Float32Array): Float32Array {
    const parts = this._slots.map(({ offset, size }) =>
      flat.subarray(offset, offset + size)
    );
    const result = new Float32Array(
      parts.reduce((sum, part) => sum + part.length, 0)
    );
    let at = 0;
    for (const part of parts) {
      result.set(part, at);
      at += part.length;
    }
    return result;
  }

  /** The inverse of `tight`. */
  spread(tight: Float32Array): Float32Array {
    const flat = new Float32Array(this.size);
    let at = 0;
    for (const { offset, size } of this._slots) {
      flat.set(tight.subarray(at, at + size), offset);
      at += size;
    }
    return flat;
  }

  unpack(flat: Float32Array, parameters: Parameters): void {
    unpack(this._slots, flat, parameters);
  }

  private readonly _slots: readonly ISlot[];
  private readonly _named: ReadonlyMap<string, ISlot>;
}

/**
 * Per channel numbers of a batch norm, one row of channels each:
 * mean, scale (weight times inverse), shift (bias), inverse, and for the
 * gradient the means of dy and of dy times the normalised value.
 */
export const NORM_ROWS = [
  'mean',
  'scale',
  'shift',
  'inverse',
  'm1',
  'm2'
] as const;

/** Places of the rows of every batch norm in one buffer. */
export class NormLayout {
  constructor(plan: IArchitecture) {
    let offset = 0;
    for (const block of blocksOf([...plan.encoder, ...plan.decoder])) {
      const row = aligned(block.convolution.outputs, 4);
      const size = row * NORM_ROWS.length;
      this._places.set(block.norm, { offset, size });
      offset += aligned(size);
    }
    this.size = offset;
  }

  readonly size: number;

  /** Where the rows of a norm begin and how long they are together, in elements. */
  at(norm: string): { readonly offset: number; readonly size: number } {
    const place = this._places.get(norm);
    if (!place) {
      throw new Error(`The network has no batch norm ${norm}.`);
    }
    return place;
  }

  private readonly _places = new Map<
    string,
    { readonly offset: number; readonly size: number }
  >();
}

/** Where a row begins among those of a norm of so many channels, in elements. */
export function normRow(
  channels: number,
  row: (typeof NORM_ROWS)[number]
): number {
  return aligned(channels, 4) * NORM_ROWS.indexOf(row);
}

/** All blocks of these steps, in order. */
export function blocksOf(steps: readonly Step[]): IBlock[] {
  return steps.flatMap(step =>
    step.op === 'block'
      ? [step.block]
      : step.op === 'cascade'
        ? [...step.blocks]
        : []
  );
}

/** All blocks of a network with the plane that each works on. */
export function placedBlocks(
  plan: IArchitecture,
  start: Plane
): (readonly [IBlock, Plane])[] {
  const placed: (readonly [IBlock, Plane])[] = [];
  let plane = start;
  for (const step of [...plan.encoder, ...plan.decoder]) {
    if (step.op === 'unflatten') {
      plane = [step.outputs[0], step.outputs[1]];
    } else if (step.op === 'upsample') {
      plane = [2 * plane[0], 2 * plane[1]];
    }
    const at = plane;
    placed.push(...blocksOf([step]).map(block => [block, at] as const));
  }
  return placed;
}
