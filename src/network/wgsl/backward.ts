/** The kernels of the backward pass, from what the forward pass left. */
import type { IConvolution, Step } from '../architecture';
import { inputGradientKernel } from './convolution';
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
  normGradientKernel,
  normMeansKernel,
  type INormValue
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

/**
 * From the gradient of the prediction, in `buffers.thin`, to those of all
 * weights. Whichever kernel makes the gradient for a norm's output leaves the
 * sums that this norm's own gradient takes.
 */
export function backwardKernels(b: IBackward): IKernel[] {
  const { traces, output, features, latents, buffers, shared } = b;
  const { sum, thin } = buffers;
  const kernels: IKernel[] = [];
  let gradient = buffers.first;
  let other = buffers.second;

  const swap = (): void => {
    [gradient, other] = [other, gradient];
  };
  const norm = (which: INormValue, given: boolean): void => {
    kernels.push(
      normMeansKernel(which, shared),
      normGradientKernel({ ...which, gradient, given }, shared)
    );
  };
  const through = (
    convolution: IConvolution,
    plane: Plane,
    source: ISource,
    front: INormValue | null
  ): void => {
    kernels.push(
      weightGradientKernel(convolution, plane, source, gradient, shared),
      inputGradientKernel(convolution, plane, gradient, other, front, shared)
    );
    swap();
  };

  for (let i = traces.length - 1; i >= 0; i--) {
    const { step, plane, source, values } = traces[i];
    const norms = normsOf(traces[i], sum);
    const front = i > 0 ? (normsOf(traces[i - 1], sum).at(-1) ?? null) : null;
    switch (step.op) {
      case 'block': {
        const { convolution } = step.block;
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
            tailInputGradientKernel(
              convolution,
              plane,
              thin,
              sum,
              front!,
              shared
            )
          );
          break;
        }
        norm(norms[0], true);
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
        through(convolution, plane, source!, front);
        break;
      }
      case 'cascade':
        for (let j = step.blocks.length - 1; j >= 0; j--) {
          const { convolution } = step.blocks[j];
          norm(norms[j], j < step.blocks.length - 1);
          if (j === 0) {
            through(convolution, plane, source!, null);
            break;
          }
          const inner: ISource = {
            buffer: values[j - 1],
            channels: convolution.inputs,
            norm: step.blocks[j - 1].norm,
            leaks: true
          };
          through(convolution, plane, inner, norms[j - 1]);
        }
        break;
      case 'upsample':
        kernels.push(
          upsampleGradientKernel(plane, gradient, other, front!, shared)
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
          encodeInputGradientKernel(
            dense,
            buffers.latents,
            gradient,
            front!,
            shared
          )
        );
        break;
      }
      default:
        break;
    }
  }
  return kernels;
}

/** The norms of a step, in the order of the forward pass. */
function normsOf(
  { step, plane, values }: ITrace,
  sum: GPUBuffer
): INormValue[] {
  const size = plane[0] * plane[1];
  switch (step.op) {
    case 'block':
      return [{ block: step.block, size, value: values[0], leaks: false }];
    case 'cascade':
      return step.blocks.map((block, i) => ({
        block,
        size,
        value: values[i],
        leaks: true,
        sum
      }));
    default:
      return [];
  }
}
