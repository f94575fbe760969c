/** Where parameters lie in the kernels' memory: channels filled up with zeros to a multiple of 8. */
import type { IArchitecture, IConvolution, Step } from '../architecture';
import { flatSize, pack, slots, unpack, type ISlot } from '../layout';
import type { Parameters } from '../types';

const LANES = 8;

/** Channels as the kernels take them. */
export function paddedChannels(filters: number): number {
  return Math.ceil(filters / LANES) * LANES;
}

interface IPlaced {
  readonly slot: ISlot;
  /** Sides of the last two axes of the tensor, and with zeros behind them. */
  readonly sides: readonly [number, number];
  readonly padded: readonly [number, number];
  /** In the padded vector. */
  readonly offset: number;
}

/** The trained parameters, or the running statistics, as one padded vector. */
export class PaddedLayout {
  constructor(plan: IArchitecture, trained: boolean) {
    const wide = wideAxes(plan);
    this._slots = slots(plan.parameters, trained);
    let top = 0;
    for (const slot of this._slots) {
      const { shape, parameter } = slot;
      const rows = shape.length > 1 ? shape[shape.length - 2] : 1;
      const sides = [rows, shape[shape.length - 1]] as const;
      const axes = wide.get(parameter.name) ?? [false, false];
      const padded = sides.map((side, axis) =>
        axes[axis] ? paddedChannels(side) : side
      ) as [number, number];
      const offset = top;
      this._places.set(parameter.name, { slot, sides, padded, offset });
      const count = (slot.size / (sides[0] * sides[1])) * padded[0] * padded[1];
      top += Math.ceil(count / LANES) * LANES;
      this.largest = Math.max(this.largest, count);
    }
    this.size = top;
  }

  /** Numbers of the padded vector, a multiple of 8. */
  readonly size: number;
  /** Numbers of the largest parameter. */
  readonly largest: number = 0;

  /** Byte offset of a parameter in the padded vector. */
  offset(name: string): number {
    const place = this._places.get(name);
    if (!place) {
      throw new Error(`The network has no parameter ${name}.`);
    }
    return 4 * place.offset;
  }

  /** Writes parameters in PyTorch's layouts into a padded vector. */
  write(parameters: Parameters, padded: Float32Array): void {
    this.fromFlat(pack(this._slots, parameters), padded);
  }

  /** Adds those of a padded vector to `parameters`, in PyTorch's layouts. */
  read(padded: Float32Array, parameters: Parameters): void {
    unpack(this._slots, this.toFlat(padded), parameters);
  }

  /** The vector without padding, as `pack` has it. */
  toFlat(padded: Float32Array): Float32Array {
    const flat = new Float32Array(flatSize(this._slots));
    this._eachRow((from, to, length) =>
      flat.set(padded.subarray(to, to + length), from)
    );
    return flat;
  }

  fromFlat(flat: Float32Array, padded: Float32Array): void {
    this._eachRow((from, to, length) =>
      padded.set(flat.subarray(from, from + length), to)
    );
  }

  private _eachRow(
    visit: (flat: number, padded: number, length: number) => void
  ): void {
    for (const { slot, sides, padded, offset } of this._places.values()) {
      const rows = slot.size / sides[1];
      for (let row = 0; row < rows; row++) {
        const inner = row % sides[0];
        const outer = (row - inner) / sides[0];
        visit(
          slot.offset + row * sides[1],
          offset + (outer * padded[0] + inner) * padded[1],
          sides[1]
        );
      }
    }
  }

  private readonly _slots: ISlot[];
  private readonly _places = new Map<string, IPlaced>();
}

/** Which of the last two axes of a parameter's tensor run over the filters. */
function wideAxes(plan: IArchitecture): Map<string, [boolean, boolean]> {
  const axes = new Map<string, [boolean, boolean]>();
  const convolution = ({ name, inputs, outputs }: IConvolution): void => {
    axes.set(`${name}.weight`, [inputs > 1, outputs > 1]);
    axes.set(`${name}.bias`, [false, outputs > 1]);
  };
  const visit = (step: Step): void => {
    switch (step.op) {
      case 'block':
      case 'cascade':
        for (const block of step.op === 'block' ? [step.block] : step.blocks) {
          convolution(block.convolution);
          const wide = block.convolution.outputs > 1;
          for (const part of [
            'weight',
            'bias',
            'running_mean',
            'running_var'
          ]) {
            axes.set(`${block.norm}.${part}`, [false, wide]);
          }
        }
        break;
      case 'flatten':
        axes.set(`${step.name}.weight`, [false, true]);
        break;
      case 'unflatten':
        axes.set(`${step.name}.weight`, [false, true]);
        axes.set(`${step.name}.bias`, [false, true]);
        break;
      default:
        break;
    }
  };
  [...plan.encoder, ...plan.decoder].forEach(visit);
  return axes;
}
