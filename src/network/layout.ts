/** Parameters between PyTorch's layouts and those of the tensors, and their places in one vector. */
import type { IParameter } from './architecture';
import type { Parameters } from './types';

/** The place of a parameter in a flat vector. */
export interface ISlot {
  readonly parameter: IParameter;
  readonly offset: number;
  readonly size: number;
  /** Shape of the tensor. */
  readonly shape: readonly number[];
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** The trained parameters, or the running statistics, one after another. */
export function slots(
  parameters: readonly IParameter[],
  trained: boolean
): ISlot[] {
  let offset = 0;
  return parameters
    .filter(parameter => parameter.trained === trained)
    .map(parameter => {
      const { view, order } = parameter;
      const size = sizeOf(view);
      const slot = {
        parameter,
        offset,
        size,
        shape: order.map(axis => view[axis])
      };
      offset += size;
      return slot;
    });
}

/** Length of the flat vector of these slots. */
export function flatSize(list: readonly ISlot[]): number {
  return list.reduce((sum, slot) => sum + slot.size, 0);
}

/**
 * The flat vector of the slots, from parameters in PyTorch's layouts.
 * Throws where one is missing or has another shape.
 */
export function pack(
  list: readonly ISlot[],
  parameters: Parameters
): Float32Array {
  const flat = new Float32Array(flatSize(list));
  for (const { parameter, offset, size } of list) {
    const array = parameters.get(parameter.name);
    if (!array || array.data.length !== size) {
      throw new RangeError(
        `The model does not fit its network: ${parameter.name} holds ` +
          `${array?.data.length ?? 0} of ${size} values.`
      );
    }
    eachElement(parameter, (from, to) => {
      flat[offset + to] = array.data[from];
    });
  }
  return flat;
}

/** Adds the slots of a flat vector to `parameters`, in PyTorch's layouts. */
export function unpack(
  list: readonly ISlot[],
  flat: Float32Array,
  parameters: Parameters
): void {
  for (const { parameter, offset, size } of list) {
    const data = new Float32Array(size);
    eachElement(parameter, (from, to) => {
      data[from] = flat[offset + to];
    });
    parameters.set(parameter.name, { shape: [...parameter.shape], data });
  }
}

/** Calls back with an element's index in PyTorch's layout and in the tensor's. */
function eachElement(
  parameter: IParameter,
  visit: (from: number, to: number) => void
): void {
  const { view, order } = parameter;
  const strides = view.map((_, axis) => sizeOf(view.slice(axis + 1)));
  const sides = order.map(axis => view[axis]);
  const steps = order.map(axis => strides[axis]);
  const index = new Array<number>(sides.length).fill(0);
  const total = sizeOf(view);
  let from = 0;
  for (let to = 0; to < total; to++) {
    visit(from, to);
    for (let axis = sides.length - 1; axis >= 0; axis--) {
      from += steps[axis];
      if (++index[axis] < sides[axis]) {
        break;
      }
      from -= steps[axis] * sides[axis];
      index[axis] = 0;
    }
  }
}
