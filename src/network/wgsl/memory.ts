/** The flat vectors of a network on the device, every parameter aligned for reads of four. */
import type { IArchitecture, IBlock, Step } from '../architecture';
import { pack, slots, unpack, type ISlot } from '../layout';
import type { Parameters } from '../types';

function aligned(size: number): number {
  return 4 * Math.ceil(size / 4);
}

/** Places of parameters in a flat vector, each at a multiple of 4. */
export class FlatLayout {
  constructor(plan: IArchitecture, trained: boolean) {
    let offset = 0;
    this._slots = slots(plan.parameters, trained).map(slot => {
      const placed = { ...slot, offset };
      offset += aligned(slot.size);
      return placed;
    });
    this.size = offset;
    this._offsets = new Map(
      this._slots.map(slot => [slot.parameter.name, slot.offset])
    );
  }

  readonly size: number;

  /** Where a parameter begins, in elements. */
  at(name: string): number {
    const offset = this._offsets.get(name);
    if (offset === undefined) {
      throw new Error(`The network has no parameter ${name}.`);
    }
    return offset;
  }

  pack(parameters: Parameters): Float32Array {
    const flat = new Float32Array(this.size);
    for (const slot of this._slots) {
      const tight = pack([{ ...slot, offset: 0 }], parameters);
      flat.set(tight.subarray(0, slot.size), slot.offset);
    }
    return flat;
  }

  unpack(flat: Float32Array, parameters: Parameters): void {
    unpack(this._slots, flat, parameters);
  }

  private readonly _slots: readonly ISlot[];
  private readonly _offsets: ReadonlyMap<string, number>;
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
      const row = aligned(block.convolution.outputs);
      this._places.set(block.norm, [offset, row]);
      offset += row * NORM_ROWS.length;
    }
    this.size = offset;
  }

  readonly size: number;

  /** Where a row of a norm begins, in elements. */
  at(norm: string, row: (typeof NORM_ROWS)[number]): number {
    const place = this._places.get(norm);
    if (!place) {
      throw new Error(`The network has no batch norm ${norm}.`);
    }
    return place[0] + place[1] * NORM_ROWS.indexOf(row);
  }

  private readonly _places = new Map<string, readonly [number, number]>();
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
