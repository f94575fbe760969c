/** Blocks one after another whose convolutions, leaky ReLUs and norms are all summed. */
import {
  type Convolution,
  type IPass,
  type IShared,
  type ISource,
  type Norm
} from './layers';

/** One block of a cascade. */
export interface IStage {
  readonly convolution: Convolution;
  readonly norm: Norm;
  /** Plane that the norm is written to; 0 for the last one's, which goes into the sum alone. */
  readonly address: number;
}

/**
 * @param source - what the first block takes.
 * @param sum - plane of the sum.
 * @param gradients - planes for the gradient of a block's output, of its
 * convolution's output, and of the sum.
 */
export function cascadePass(
  shared: IShared,
  stages: readonly IStage[],
  source: ISource,
  sum: number,
  gradients: readonly [number, number, number]
): IPass {
  const { arena, channels } = shared;
  const { plane } = source;
  const [own, inner, total] = gradients;
  const { at } = plane;
  const terms = arena.table(
    stages.flatMap(({ norm }) => [norm.value, norm.numbers])
  );
  return {
    forward: (n, training) => {
      const kernels = shared.kernels();
      const end = n * plane.size;
      for (const { convolution, norm, address } of stages) {
        convolution.forward(n, training ? shared.partial : 0);
        if (training) {
          norm.finishMoments(n);
        }
        if (address) {
          norm.normalise(address, at, at, end);
        }
      }
      kernels.cascadeSum(terms, stages.length, sum, at, 0, end, channels);
    },
    // Whatever makes the gradient for the sum leaves the last norm's sums.
    backward: n => {
      for (let i = stages.length - 1; i >= 0; i--) {
        const { convolution, norm } = stages[i];
        const dh = i === stages.length - 1 ? total : own;
        norm.finishGradient(n);
        convolution.backward(dh, inner, total, norm, n);
        const below = i > 0 ? stages[i - 1].norm : source.norm;
        convolution.backwardInput(inner, own, i > 0 ? total : 0, below, n);
      }
    }
  };
}
