/** Initial parameters: PyTorch's defaults, drawn from seeded streams. */
import { uniforms } from '../signal/random';
import type { IArchitecture } from './architecture';
import { sizeOf } from './layout';
import type { Parameters } from './types';

/**
 * Weights and biases uniform within +-1/sqrt(fan_in), batch norms 1 and 0,
 * running statistics 0 and 1, as `torch.nn` sets them. Parameter `name` takes
 * the stream (seed, 'init/' + name, 0), in PyTorch's layout, so that it does
 * not depend on the parameters before it.
 */
export function initialParameters(
  plan: IArchitecture,
  seed: number
): Parameters {
  const parameters: Parameters = new Map();
  for (const { name, shape, fanIn, start } of plan.parameters) {
    const size = sizeOf(shape);
    let data: Float32Array;
    if (fanIn > 0) {
      const bound = 1 / Math.sqrt(fanIn);
      data = uniforms(seed, `init/${name}`, 0, size).map(
        u => bound * (2 * u - 1)
      );
    } else {
      data = new Float32Array(size).fill(start);
    }
    parameters.set(name, { shape: [...shape], data });
  }
  return parameters;
}
