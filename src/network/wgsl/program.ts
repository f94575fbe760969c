/** The kernels of a network: the training step and the two halves of evaluation, from its description. */
import type {
  IArchitecture,
  IBlock,
  IConvolution,
  Step
} from '../architecture';
import { backwardKernels, type ITrace } from './backward';
import { convolutionKernel } from './convolution';
import { decodeKernel, encodeKernel, type IDense } from './dense';
import { cascadeSumKernel } from './elementwise';
import type { Gpu, IKernel } from './gpu';
import { FlatLayout, NormLayout, blocksOf, placedBlocks } from './memory';
import { momentsKernel, runningKernel } from './norm';
import {
  lossKernel,
  lossSumsKernel,
  predictionKernel,
  type IOutput
} from './output';
import { PieceLayout } from './pieces';
import {
  positionsAGroup,
  type IShared,
  type ISource,
  type Plane
} from './shader';
import {
  firstConvolutionKernel,
  tailKernel,
  tailPositions,
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
  /** Forward, loss, and all gradients, those of convolutions in pieces; without the optimiser. */
  readonly train: IKernel[];
  /** The prediction of what ran last, in training or evaluation. */
  readonly predict: IKernel[];
  /** The norms' numbers from their running statistics, in front of the following. */
  readonly prepare: IKernel[];
  readonly encode: IKernel[];
  readonly decode: IKernel[];
  /** Adds to the test loss after `decode`. */
  readonly test: IKernel[];
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
      /** Whether room for gradients is needed: without it `train` and `test` are empty. */
      readonly trains: boolean;
    }
  ) {
    this._gpu = gpu;
    this._plan = plan;
    this._most = most;
    this.trained = new FlatLayout(plan, true);
    this.runningLayout = new FlatLayout(plan, false);
    const norms = new NormLayout(plan);
    const pieces = new PieceLayout(plan, rows.plane, most);
    const shared = {
      params: gpu.buffer(this.trained.size, 'params'),
      grads: gpu.buffer(rows.trains ? this.trained.size : 0, 'grads'),
      running: gpu.buffer(this.runningLayout.size, 'running'),
      norms: gpu.buffer(norms.size, 'norms'),
      partial: gpu.buffer(this._partialSize(rows.plane), 'partial'),
      pieces: gpu.buffer(rows.trains ? pieces.size : 0, 'pieces'),
      trained: this.trained,
      runningAt: this.runningLayout,
      normAt: norms,
      pieceAt: pieces
    };
    const [h, w] = plan.output;
    this.buffers = {
      shared,
      latents: gpu.buffer(most * plan.spec.latentDims, 'latents'),
      prediction: gpu.buffer(most * h * w, 'prediction'),
      losses: gpu.buffer(4, 'losses'),
      features: rows.features,
      targets: rows.targets
    };
    this._plane = rows.plane;
    this._trains = rows.trains;
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
    const evaluated = (kernels: readonly IKernel[]): IKernel[] =>
      kernels.filter(kernel => !kernel.trainingOnly);
    const predict = predictionKernel(output, value, prediction, shared);
    const forward = {
      prepare: blocks.map(block => runningKernel(block, shared)),
      encode: evaluated(encoder.kernels),
      predict: [predict],
      decode: [...evaluated(decoder.kernels), predict]
    };
    if (!this._trains) {
      return { ...forward, train: [], test: [] };
    }
    const thin = this._buffer('thin gradient', output.size, 1);
    return {
      ...forward,
      train: [
        ...encoder.kernels,
        ...decoder.kernels,
        lossKernel(output, value, targets, thin, shared),
        lossSumsKernel(output, losses, true, shared),
        ...this._backward([...encoder.traces, ...decoder.traces], output, thin)
      ],
      test: [
        lossKernel(output, value, targets, thin, shared),
        lossSumsKernel(output, losses, false, shared)
      ]
    };
  }

  private _backward(
    traces: readonly ITrace[],
    output: IOutput,
    thin: GPUBuffer
  ): IKernel[] {
    const { shared, features, latents } = this.buffers;
    const { filters, latentDims } = this._plan.spec;
    const widest = Math.max(...traces.map(({ plane }) => area(plane)));
    const wide = (label: string): GPUBuffer =>
      this._buffer(`gradient ${label}`, widest, filters);
    return backwardKernels({
      traces,
      output,
      features,
      latents,
      buffers: {
        first: wide('first'),
        second: wide('second'),
        sum: wide('sum'),
        thin,
        latents: this._buffer('latent gradient', 1, latentDims)
      },
      shared,
      dense: step => this._dense(step)
    });
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
            momentsKernel(step.block, area(at), groupOf(step.block), shared)
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
          plane = [2 * at[0], 2 * at[1]];
          source = { ...before!, doubled: plane };
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
              momentsKernel(block, area(at), groupOf(block), shared)
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
  private _partialSize(start: Plane): number {
    const [h, w] = this._plan.output;
    const sums = placedBlocks(this._plan, start).map(([block, plane]) => {
      const { outputs } = block.convolution;
      return (
        2 * outputs * Math.ceil((this._most * area(plane)) / groupOf(block))
      );
    });
    return Math.max(...sums, 4 * Math.ceil((this._most * h * w) / 256));
  }

  private readonly _gpu: Gpu;
  private readonly _plan: IArchitecture;
  private readonly _most: number;
  private readonly _plane: Plane;
  private readonly _trains: boolean;
}

function area([height, width]: Plane): number {
  return height * width;
}

/** Positions whose statistics a workgroup of this block's convolution leaves. */
function groupOf({ convolution: { outputs } }: IBlock): number {
  return outputs === 1 ? tailPositions : positionsAGroup(outputs);
}
