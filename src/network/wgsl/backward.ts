/** The kernels of the backward pass, from what the forward pass left. */
import type { IBlock, IConvolution, Step } from '../architecture';
import { inputGradientKernel, positionsAGroup } from './convolution';
import {
  decodeInputGradientKernel,
  decodeWeightGradientKernel,
  encodeInputGradientKernel,
  encodeWeightGradientKernel,
  type IDense
} from './dense';
import { upsampleGradientKernel } from './elementwise';
import type { IKernel } from './gpu';
import {
  SUMMED_POSITIONS,
  normGradientKernel,
  normMeansKernel,
  normSumsKernel,
  type INormGradient
} from './norm-gradient';
import { tailNormGradientKernel, type IOutput } from './output';
import type { IShared, ISource, Plane } from './shader';
import { tailInputGradientKernel, type IRows } from './thin-convolution';
import {
  thinWeightGradientKernel,
  weightGradientKernel
} from './weight-gradient';

/** What a step of the forward pass left for the backward one. */
export interface ITrace {
  readonly step: Step;
  readonly plane: Plane;
  readonly source: ISource | null;
  readonly values: readonly GPUBuffer[];
}

/** Room for gradients, each of the largest activation's size but the last two. */
export interface IGradientBuffers {
  readonly first: GPUBuffer;
  readonly second: GPUBuffer;
  /** Of what the cascade sums. */
  readonly sum: GPUBuffer;
  /** (positions), of the output. */
  readonly thin: GPUBuffer;
  /** (most, latents). */
  readonly latents: GPUBuffer;
}

export interface IBackward {
  readonly traces: readonly ITrace[];
  readonly output: IOutput;
  readonly features: IRows;
  readonly latents: GPUBuffer;
  readonly buffers: IGradientBuffers;
  readonly shared: IShared;
  dense(step: Extract<Step, { op: 'flatten' | 'unflatten' }>): IDense;
}

/** A norm without what a kernel of its own would read and write. */
type NormInFront = Omit<INormGradient, 'gradient' | 'given'>;

/**
 * From the gradient of the prediction, in `buffers.thin`, to those of all
 * weights. A convolution's input gradient leaves the sums that the norm in
 * front of it needs, where nothing lies between the two.
 */
export function backwardKernels(b: IBackward): IKernel[] {
  const { traces, output, features, latents, buffers, shared } = b;
  const { sum, thin } = buffers;
  const kernels: IKernel[] = [];
  let gradient = buffers.first;
  let other = buffers.second;
  // Positions of the parts of sums that lie in `partial` already; 0 for none.
  let summed = 0;

  const swap = (): void => {
    [gradient, other] = [other, gradient];
  };
  const norm = (which: NormInFront, given: boolean): void => {
    const full = { ...which, gradient, given };
    if (summed === 0) {
      kernels.push(normSumsKernel(full, shared));
    }
    kernels.push(
      normMeansKernel(
        which.block,
        which.size,
        summed || SUMMED_POSITIONS,
        shared
      ),
      normGradientKernel(full, shared)
    );
    summed = 0;
  };
  const through = (
    convolution: IConvolution,
    plane: Plane,
    source: ISource,
    front: NormInFront | null
  ): void => {
    kernels.push(
      weightGradientKernel(convolution, plane, source, gradient, shared),
      inputGradientKernel(convolution, plane, gradient, other, front, shared)
    );
    summed = front ? positionsAGroup(convolution.inputs) : 0;
    swap();
  };

  for (let i = traces.length - 1; i >= 0; i--) {
    const { step, plane, source, values } = traces[i];
    const size = plane[0] * plane[1];
    switch (step.op) {
      case 'block': {
        const { block } = step;
        const { convolution } = block;
        if (convolution.outputs === 1) {
          kernels.push(
            tailNormGradientKernel(output, values[0], thin, shared),
            thinWeightGradientKernel(
              convolution,
              plane,
              thin,
              source!.buffer,
              shared
            ),
            tailInputGradientKernel(convolution, plane, thin, sum, shared)
          );
          break;
        }
        norm({ block, size, value: values[0], leaks: false }, true);
        if (convolution.inputs === 1) {
          kernels.push(
            thinWeightGradientKernel(
              convolution,
              plane,
              features,
              gradient,
              shared
            )
          );
          break;
        }
        through(convolution, plane, source!, plainNorm(traces[i - 1]));
        break;
      }
      case 'cascade': {
        const part = (block: IBlock, value: GPUBuffer): NormInFront => ({
          block,
          size,
          value,
          leaks: true,
          sum
        });
        for (let k = step.blocks.length - 1; k >= 0; k--) {
          const block = step.blocks[k];
          norm(part(block, values[k]), k < step.blocks.length - 1);
          if (k === 0) {
            through(block.convolution, plane, source!, null);
            break;
          }
          const front = step.blocks[k - 1];
          through(
            block.convolution,
            plane,
            {
              buffer: values[k - 1],
              channels: block.convolution.inputs,
              norm: front.norm,
              leaks: true
            },
            part(front, values[k - 1])
          );
        }
        break;
      }
      case 'upsample':
        kernels.push(
          upsampleGradientKernel(source!.channels, plane, gradient, other)
        );
        swap();
        break;
      case 'unflatten': {
        const dense = b.dense(step);
        kernels.push(
          decodeWeightGradientKernel(dense, latents, gradient, shared),
          decodeInputGradientKernel(dense, gradient, buffers.latents, shared)
        );
        break;
      }
      case 'flatten': {
        const dense = b.dense(step);
        kernels.push(
          encodeWeightGradientKernel(dense, source!, buffers.latents, shared),
          encodeInputGradientKernel(dense, buffers.latents, gradient, shared)
        );
        break;
      }
      default:
        break;
    }
  }
  return kernels;
}

/** The norm that a convolution's input comes from; null where another step lies in between. */
function plainNorm(trace: ITrace): NormInFront | null {
  const { step, plane, values } = trace;
  return step.op === 'block'
    ? {
        block: step.block,
        size: plane[0] * plane[1],
        value: values[0],
        leaks: false
      }
    : null;
}
