/** The kernels of a network: the training step and the two halves of evaluation, from its description. */
import type {
  IArchitecture,
  IBlock,
  IConvolution,
  Step
} from '../architecture';
import {
  convolutionKernel,
  cutPositions,
  inputGradientKernel,
  positionsAGroup,
  sumPiecesKernel,
  weightGradientKernel
} from './convolution';
import {
  decodeInputGradientKernel,
  decodeKernel,
  decodeWeightGradientKernel,
  encodeInputGradientKernel,
  encodeKernel,
  encodeWeightGradientKernel,
  type IDense
} from './dense';
import {
  cascadeSumKernel,
  upsampleGradientKernel,
  upsampleKernel
} from './elementwise';
import type { Gpu, IKernel } from './gpu';
import { FlatLayout, NormLayout, blocksOf } from './memory';
import {
  momentsKernel,
  normGradientKernel,
  normMeansKernel,
  normSumsKernel,
  runningKernel,
  type INormGradient
} from './norm';
import {
  lossKernel,
  lossSumsKernel,
  predictionKernel,
  tailNormGradientKernel,
  type IOutput
} from './output';
import type { IShared, ISource, Plane } from './shader';
import {
  firstConvolutionKernel,
  tailInputGradientKernel,
  tailKernel,
  tailPositions,
  thinWeightGradientKernel,
  type IRows
} from './thin-convolution';

/** What the programs of one network read and write. */
export interface IProgramBuffers {
  readonly shared: IShared;
  /** (most, latents). */
  readonly latents: GPUBuffer;
  /** (most, values of a target). */
  readonly prediction: GPUBuffer;
  /** Epoch's training loss, sum of the test loss, loss of the last batch. */
  readonly losses: GPUBuffer;
  /** Feature and target rows of the data set. */
  readonly features: IRows;
  readonly targets: IRows;
}

/** Kernels in the order of one pass each. */
export interface IKernels {
  /** Forward, loss, and all gradients; without the optimiser. */
  readonly train: IKernel[];
  /** The norms' numbers from their running statistics, in front of the following. */
  readonly prepare: IKernel[];
  readonly encode: IKernel[];
  readonly decode: IKernel[];
  /** Adds to the test loss after `decode`. */
  readonly test: IKernel[];
}

/** What a step of the forward pass left for the backward one. */
interface ITrace {
  readonly step: Step;
  readonly plane: Plane;
  readonly source: ISource | null;
  readonly values: readonly GPUBuffer[];
}

/**
 * Lays out buffers for batches of up to `most` samples and writes the kernels.
 * Activations are (positions, channels), positions of a sample row by row.
 */
export class ProgramBuilder {
  constructor(
    gpu: Gpu,
    plan: IArchitecture,
    most: number,
    rows: {
      readonly features: IRows;
      readonly targets: IRows;
      /** Height and width of a feature row, pooled where the network pools. */
      readonly plane: Plane;
    }
  ) {
    this._gpu = gpu;
    this._plan = plan;
    this._most = most;
    this.trained = new FlatLayout(plan, true);
    this.runningLayout = new FlatLayout(plan, false);
    const norms = new NormLayout(plan);
    const shared = {
      params: gpu.buffer(this.trained.size, 'params'),
      grads: gpu.buffer(this.trained.size, 'grads'),
      running: gpu.buffer(this.runningLayout.size, 'running'),
      norms: gpu.buffer(norms.size, 'norms'),
      normAt: norms,
      at: (name: string) => this.trained.at(name),
      runningAt: (name: string) => this.runningLayout.at(name)
    };
    const [h, w] = plan.output;
    // Sized below, when every kernel that uses it is known.
    const partial = gpu.buffer(this._partialSize(rows.plane), 'partial');
    this.buffers = {
      shared: { ...shared, partial },
      latents: gpu.buffer(most * plan.spec.latentDims, 'latents'),
      prediction: gpu.buffer(most * h * w, 'prediction'),
      losses: gpu.buffer(4, 'losses'),
      features: rows.features,
      targets: rows.targets
    };
    this._plane = rows.plane;
  }

  readonly trained: FlatLayout;
  readonly runningLayout: FlatLayout;
  readonly buffers: IProgramBuffers;

  kernels(): IKernels {
    const { shared, features, targets, prediction, losses } = this.buffers;
    const encoder = this._forward(
      this._plan.encoder.filter(step => step.op !== 'pool'),
      this._plane,
      features
    );
    const decoder = this._forward(this._plan.decoder, [1, 1], null);
    const blocks = blocksOf([...this._plan.encoder, ...this._plan.decoder]);
    const output = this._output(decoder.traces);
    const value = decoder.traces.at(-2)!.values[0];
    const thin = this._buffer('thin gradient', output.size, 1);
    const backward = this._backward(
      [...encoder.traces, ...decoder.traces],
      output,
      thin
    );
    const train = [...encoder.kernels, ...decoder.kernels];
    const evaluated = (kernels: readonly IKernel[]): IKernel[] =>
      kernels.filter(kernel => !kernel.trainingOnly);
    return {
      train: [
        ...train,
        predictionKernel(output, value, prediction, shared),
        lossKernel(output, value, targets, thin, shared),
        lossSumsKernel(output, losses, true, shared),
        ...backward
      ],
      prepare: blocks.map(block => runningKernel(block, shared)),
      encode: evaluated(encoder.kernels),
      decode: [
        ...evaluated(decoder.kernels),
        predictionKernel(output, value, prediction, shared)
      ],
      test: [
        lossKernel(output, value, targets, thin, shared),
        lossSumsKernel(output, losses, false, shared)
      ]
    };
  }

  private _forward(
    steps: readonly Step[],
    start: Plane,
    rows: IRows | null
  ): { kernels: IKernel[]; traces: ITrace[] } {
    const { shared, latents } = this.buffers;
    const kernels: IKernel[] = [];
    const traces: ITrace[] = [];
    let plane = start;
    let source: ISource | null = null;
    for (const step of steps) {
      const before: ISource | null = source;
      const at = plane;
      let values: GPUBuffer[] = [];
      switch (step.op) {
        case 'block': {
          const { convolution, norm } = step.block;
          const value = this._activation(convolution.name, at, convolution);
          values = [value];
          kernels.push(
            ...(convolution.outputs === 1
              ? [tailKernel(convolution, at, before!.buffer, value, shared)]
              : convolution.inputs === 1
                ? [
                    firstConvolutionKernel(
                      convolution,
                      at,
                      rows!,
                      value,
                      shared
                    )
                  ]
                : [
                    convolutionKernel(
                      convolution,
                      at,
                      before!,
                      value,
                      true,
                      shared
                    )
                  ]),
            momentsKernel(step.block, area(at), groupOf(convolution), shared)
          );
          source = { buffer: value, channels: convolution.outputs, norm };
          break;
        }
        case 'flatten':
          kernels.push(
            encodeKernel(this._dense(step), before!, latents, shared)
          );
          break;
        case 'unflatten': {
          const [h, w, channels] = step.outputs;
          plane = [h, w];
          const buffer = this._buffer(step.name, h * w, channels);
          kernels.push(
            decodeKernel(this._dense(step), latents, buffer, shared)
          );
          source = { buffer, channels };
          break;
        }
        case 'upsample': {
          const channels: number = before!.channels;
          plane = [2 * at[0], 2 * at[1]];
          const buffer = this._buffer('upsampled', area(plane), channels);
          kernels.push(upsampleKernel(before!, at, buffer, shared));
          source = { buffer, channels };
          break;
        }
        case 'cascade': {
          const channels = step.blocks[0].convolution.outputs;
          let inner: ISource = before!;
          for (const block of step.blocks) {
            const { convolution, norm } = block;
            const value = this._activation(convolution.name, at, convolution);
            kernels.push(
              convolutionKernel(convolution, at, inner, value, false, shared),
              momentsKernel(block, area(at), groupOf(convolution), shared)
            );
            values.push(value);
            inner = { buffer: value, channels, norm, leaks: true };
          }
          const buffer = this._buffer('cascade sum', area(at), channels);
          kernels.push(
            cascadeSumKernel(step.blocks, values, area(at), buffer, shared)
          );
          source = { buffer, channels };
          break;
        }
        default:
          break;
      }
      traces.push({ step, plane: at, source: before, values });
    }
    return { kernels, traces };
  }

  private _backward(
    traces: readonly ITrace[],
    output: IOutput,
    thin: GPUBuffer
  ): IKernel[] {
    const { shared, latents, features } = this.buffers;
    const { filters, latentDims } = this._plan.spec;
    const widest = Math.max(
      ...traces.map(({ plane }) => area(plane)),
      output.size
    );
    const buffers = ['a', 'b', 'sum'].map(name =>
      this._buffer(`gradient ${name}`, widest, filters)
    );
    let [gradient, other] = buffers;
    const sum = buffers[2];
    const dz = this._gpu.buffer(this._most * latentDims, 'latent gradient');
    const kernels: IKernel[] = [];
    const swap = (): void => {
      [gradient, other] = [other, gradient];
    };
    const norm = (which: Omit<INormGradient, 'gradient'>): void => {
      const full = { ...which, gradient };
      kernels.push(
        normSumsKernel(full, shared),
        normMeansKernel(which.block, which.size, shared),
        normGradientKernel(full, shared)
      );
    };
    // The gradient of what the cascade sums lies in `sum` when it is reached.
    for (let i = traces.length - 1; i >= 0; i--) {
      const { step, plane, source, values } = traces[i];
      const size = area(plane);
      switch (step.op) {
        case 'affine':
          break;
        case 'block': {
          const { convolution } = step.block;
          if (convolution.outputs === 1) {
            kernels.push(
              tailNormGradientKernel(output, values[0], thin, shared),
              ...this._thinWeights(convolution, plane, thin, source!.buffer),
              tailInputGradientKernel(convolution, plane, thin, sum, shared)
            );
            break;
          }
          norm({
            block: step.block,
            size,
            value: values[0],
            leaks: false,
            given: true
          });
          if (convolution.inputs === 1) {
            kernels.push(
              ...this._thinWeights(convolution, plane, features, gradient)
            );
            break;
          }
          kernels.push(
            ...this._weights(convolution, plane, source!, gradient),
            inputGradientKernel(convolution, plane, gradient, other, shared)
          );
          swap();
          break;
        }
        case 'cascade':
          for (let b = step.blocks.length - 1; b >= 0; b--) {
            const block = step.blocks[b];
            const { convolution } = block;
            const input: ISource =
              b === 0
                ? source!
                : {
                    buffer: values[b - 1],
                    channels: convolution.inputs,
                    norm: step.blocks[b - 1].norm,
                    leaks: true
                  };
            norm({
              block,
              size,
              value: values[b],
              leaks: true,
              given: b < step.blocks.length - 1,
              sum
            });
            kernels.push(
              ...this._weights(convolution, plane, input, gradient),
              inputGradientKernel(convolution, plane, gradient, other, shared)
            );
            swap();
          }
          break;
        case 'upsample':
          kernels.push(upsampleGradientKernel(filters, plane, gradient, other));
          swap();
          break;
        case 'unflatten': {
          const dense = this._dense(step);
          kernels.push(
            decodeWeightGradientKernel(dense, latents, gradient, shared),
            decodeInputGradientKernel(dense, gradient, dz, shared)
          );
          break;
        }
        case 'flatten': {
          const dense = this._dense(step);
          kernels.push(
            encodeWeightGradientKernel(dense, source!, dz, shared),
            encodeInputGradientKernel(dense, dz, gradient, shared)
          );
          break;
        }
        default:
          break;
      }
    }
    return kernels;
  }

  private _weights(
    convolution: IConvolution,
    plane: Plane,
    source: ISource,
    gradient: GPUBuffer
  ): IKernel[] {
    const { name, inputs, outputs } = convolution;
    const weights = taps(convolution) * inputs * outputs;
    const { shared } = this.buffers;
    const cut = this._cut(convolution, plane);
    return [
      weightGradientKernel(convolution, plane, source, gradient, cut, shared),
      sumPiecesKernel(
        name,
        { at: shared.at(`${name}.weight`), size: weights },
        { at: shared.at(`${name}.bias`), size: outputs },
        outputs,
        cut,
        area(plane),
        shared
      )
    ];
  }

  private _thinWeights(
    convolution: IConvolution,
    plane: Plane,
    thin: IRows | GPUBuffer,
    wide: GPUBuffer
  ): IKernel[] {
    const { name, inputs, outputs } = convolution;
    const channels = Math.max(inputs, outputs);
    const { shared } = this.buffers;
    const cut = this._cut(convolution, plane);
    return [
      thinWeightGradientKernel(convolution, plane, thin, wide, cut, shared),
      sumPiecesKernel(
        name,
        { at: shared.at(`${name}.weight`), size: taps(convolution) * channels },
        { at: shared.at(`${name}.bias`), size: outputs },
        channels,
        cut,
        area(plane),
        shared
      )
    ];
  }

  private _cut(
    convolution: IConvolution,
    plane: Plane
  ): ReturnType<typeof cutPositions> {
    const thin = convolution.inputs === 1 || convolution.outputs === 1;
    return cutPositions(this._most, area(plane), thin ? 1 : taps(convolution));
  }

  private _output(traces: readonly ITrace[]): IOutput {
    const tail = traces.at(-2)!;
    const last = traces.at(-1)!;
    if (tail.step.op !== 'block' || last.step.op !== 'affine') {
      throw new Error('A decoder ends with a block and an affine layer.');
    }
    return {
      tail: tail.step.block,
      affine: last.step.convolution.name,
      size: area(tail.plane)
    };
  }

  private _dense(step: Extract<Step, { op: 'flatten' | 'unflatten' }>): IDense {
    const [h, w, channels] = step.op === 'flatten' ? step.inputs : step.outputs;
    return {
      name: step.name,
      latents: this._plan.spec.latentDims,
      size: h * w,
      channels
    };
  }

  private _activation(
    label: string,
    plane: Plane,
    convolution: IConvolution
  ): GPUBuffer {
    return this._buffer(label, area(plane), convolution.outputs);
  }

  private _buffer(label: string, size: number, channels: number): GPUBuffer {
    return this._gpu.buffer(this._most * size * channels, label);
  }

  /** The most that any kernel leaves in `partial`. */
  private _partialSize(plane: Plane): number {
    const sizes = [256];
    const visit = (block: IBlock, at: Plane): void => {
      const { convolution } = block;
      const { inputs, outputs } = convolution;
      const wide = Math.max(inputs, outputs);
      const positions = this._most * area(at);
      const group = Math.min(groupOf(convolution), 256);
      const pieces = this._cut(convolution, at).pieces(this._most);
      const thin = inputs === 1 || outputs === 1;
      const weights = taps(convolution) * (thin ? wide : inputs * outputs);
      sizes.push(
        2 * outputs * Math.ceil(positions / group),
        pieces * (weights + wide)
      );
    };
    let at = plane;
    for (const step of [...this._plan.encoder, ...this._plan.decoder]) {
      if (step.op === 'unflatten') {
        at = [step.outputs[0], step.outputs[1]];
      } else if (step.op === 'upsample') {
        at = [2 * at[0], 2 * at[1]];
      } else if (step.op === 'block') {
        visit(step.block, at);
      } else if (step.op === 'cascade') {
        step.blocks.forEach(block => visit(block, at));
      }
    }
    const [h, w] = this._plan.output;
    sizes.push(4 * Math.ceil((this._most * h * w) / 256));
    return Math.max(...sizes);
  }

  private readonly _gpu: Gpu;
  private readonly _plan: IArchitecture;
  private readonly _most: number;
  private readonly _plane: Plane;
}

function area([height, width]: Plane): number {
  return height * width;
}

function taps({ kernel }: IConvolution): number {
  return kernel[0] * kernel[1];
}

/** Positions whose statistics a workgroup of this convolution leaves. */
function groupOf({ outputs }: IConvolution): number {
  return outputs === 1 ? tailPositions : positionsAGroup(outputs);
}
