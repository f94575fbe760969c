/** A network as layers of kernels in one memory: forward and backward passes from its description. */
import type { IArchitecture, IBlock, Step } from '../architecture';
import { Arena } from './arena';
import { cascadePass } from './cascade';
import { flattenPass, unflattenPass, type IDense } from './dense';
import {
  Convolution,
  Norm,
  partialSize,
  type IPass,
  type IShared,
  type ISource
} from './layers';
import { Output } from './output';
import { paddedChannels, PaddedLayout } from './parameters';
import { Plane } from './plane';
import type { IKernels } from './kernels';

/** Sides of an input as the first layer takes it: averaged where the network averages. */
export function inputSides(plan: IArchitecture): [number, number] {
  const first = plan.encoder[0];
  const [height, width] = plan.input;
  return first.op === 'pool'
    ? [height, Math.floor(width / first.size)]
    : [height, width];
}

/** Lays out a network for up to `most` samples. */
export class Program {
  constructor(plan: IArchitecture, most: number) {
    const arena = new Arena();
    const channels = paddedChannels(plan.spec.filters);
    this.arena = arena;
    this.trained = new PaddedLayout(plan, true);
    this.runningLayout = new PaddedLayout(plan, false);
    const positions = most * widestArea(plan);
    this.shared = {
      arena,
      kernels: () => this.kernels!,
      params: arena.floats(this.trained.size),
      grads: arena.floats(this.trained.size),
      running: arena.floats(this.runningLayout.size),
      trainedAt: this.trained,
      runningAt: this.runningLayout,
      partial: arena.floats(partialSize(positions, channels)),
      zeros: arena.floats(channels),
      channels
    };
    this._most = most;
    this.latents = arena.floats(most * plan.spec.latentDims);
    this._latentGradient = arena.floats(most * plan.spec.latentDims);
    const [height, width] = inputSides(plan);
    const reach = reachOf(plan.encoder);
    const input = this._plane(height, width, reach);
    this.inputPlane = input;
    this.input = input.thin();
    this._encoder = this._layOut(plan.encoder, {
      address: this.input,
      plane: input,
      norm: null
    });
    this._decoder = this._layOut(plan.decoder, null);
    if (!this._output) {
      throw new Error('A decoder ends with a block and an affine layer.');
    }
    this.output = this._output;
  }

  readonly arena: Arena;
  readonly shared: IShared;
  readonly trained: PaddedLayout;
  readonly runningLayout: PaddedLayout;
  /** Plane of one channel that the features go to. */
  readonly inputPlane: Plane;
  readonly input: number;
  /** (samples, latents). */
  readonly latents: number;
  readonly output: Output;
  /** To be set when the memory is there. */
  kernels: IKernels | null = null;

  /** Brings changed weights into the kernels' order. */
  pack(): void {
    this._convolutions.forEach(convolution => convolution.pack());
  }

  /** Takes the norms' numbers from the running statistics, for evaluation. */
  prepare(): void {
    this._norms.forEach(norm => norm.fromRunning());
    this.output.fromRunning();
  }

  encode(n: number, training: boolean): void {
    this._encoder.forEach(pass => pass.forward(n, training));
  }

  decode(n: number, training: boolean): void {
    this._decoder.forEach(pass => pass.forward(n, training));
  }

  /** All gradients, after a training pass. */
  backward(n: number): void {
    [...this._encoder, ...this._decoder]
      .reverse()
      .forEach(pass => pass.backward(n));
  }

  private _layOut(steps: readonly Step[], start: ISource | null): IPass[] {
    const passes: IPass[] = [];
    let source = start;
    steps.forEach((step, i) => {
      const next = steps[i + 1];
      switch (step.op) {
        case 'block':
          if (next?.op === 'affine') {
            const name = next.convolution.name;
            passes.push(this._tail(step.block, name, source!));
          } else {
            const doubles = next?.op === 'upsample';
            const reach = reachOf(steps.slice(i + 2));
            const made = this._block(step.block, source!, doubles, reach);
            passes.push(made.pass);
            source = made.source;
          }
          break;
        case 'cascade': {
          const made = this._cascade(step.blocks, source!);
          passes.push(made.pass);
          source = made.source;
          break;
        }
        case 'flatten':
          passes.push(
            flattenPass(
              this.shared,
              this._dense(step.name, step.outputs, source!)
            )
          );
          break;
        case 'unflatten': {
          const [height, width] = step.outputs;
          const reach = reachOf(steps.slice(i + 1));
          const plane = this._plane(height, width, reach);
          source = { address: plane.wide(), plane, norm: null };
          passes.push(
            unflattenPass(
              this.shared,
              this._dense(step.name, step.inputs, source)
            )
          );
          break;
        }
        default:
          // The input is pooled outside, blocks upsample what they write, and
          // the tail ends with the affine layer.
          break;
      }
    });
    return passes;
  }

  /** @param reach - of the layers behind an upsampling. */
  private _block(
    block: IBlock,
    source: ISource,
    doubles: boolean,
    reach: readonly [number, number]
  ): { pass: IPass; source: ISource } {
    const { shared } = this;
    const { plane } = source;
    const { convolution, norm } = this._normed(block, source);
    const first = block.convolution.inputs === 1;
    const target = doubles
      ? this._plane(2 * plane.height, 2 * plane.width, reach)
      : plane;
    const from = doubles ? plane.doubled(target) : plane.at;
    const address = target.wide();
    const large = this._gradient(target, 'output');
    const own = this._gradient(plane, 'output');
    const before = this._gradient(plane, 'inner');
    const copies = doubles ? plane.copies(target) : 0;
    const { channels } = shared;
    const pass: IPass = {
      forward: (n, training) => {
        convolution.forward(n, training ? shared.partial : 0);
        if (training) {
          norm.finishMoments(n);
        }
        norm.normalise(address, from, target.at, n * target.size);
      },
      backward: n => {
        if (doubles) {
          const end = n * plane.size;
          shared
            .kernels()
            .upsampleGradient(large, own, plane.at, copies, 0, end, channels);
          norm.sumGradient(own, n);
        }
        norm.finishGradient(n);
        convolution.backward(own, before, 0, norm, n);
        if (!first) {
          convolution.backwardInput(before, own, 0, source.norm, n);
        }
      }
    };
    return {
      pass,
      source: { address, plane: target, norm: doubles ? null : norm }
    };
  }

  private _cascade(
    blocks: readonly IBlock[],
    source: ISource
  ): { pass: IPass; source: ISource } {
    const { plane } = source;
    let inner = source;
    const stages = blocks.map((block, i) => {
      const made = this._normed(block, inner);
      const address = i < blocks.length - 1 ? plane.wide() : 0;
      inner = { address, plane, norm: made.norm };
      return { ...made, address };
    });
    const address = plane.wide();
    const gradients = [
      this._gradient(plane, 'output'),
      this._gradient(plane, 'inner'),
      this._gradient(plane, 'sum')
    ] as const;
    return {
      pass: cascadePass(this.shared, stages, source, address, gradients),
      source: { address, plane, norm: inner.norm }
    };
  }

  private _dense(name: string, latents: number, source: ISource): IDense {
    return {
      name,
      latents,
      values: this.latents,
      gradients: this._latentGradient,
      source,
      into: this._gradient(source.plane, 'output')
    };
  }

  private _tail(block: IBlock, affine: string, source: ISource): IPass {
    const { address, plane, norm } = source;
    const output = new Output(this.shared, block, affine, plane, address);
    const into = this._gradient(plane, 'sum');
    this._output = output;
    return {
      forward: (n, training) => output.forward(n, training),
      backward: n => output.backward(into, norm, n)
    };
  }

  private _normed(
    block: IBlock,
    { address, plane }: ISource
  ): { convolution: Convolution; norm: Norm } {
    const convolution = new Convolution(
      this.shared,
      block.convolution,
      plane,
      address
    );
    const norm = new Norm(this.shared, block, plane, convolution.value);
    this._convolutions.push(convolution);
    this._norms.push(norm);
    return { convolution, norm };
  }

  private _plane(
    height: number,
    width: number,
    reach: readonly [number, number]
  ): Plane {
    return new Plane(this.arena, {
      height,
      width,
      samples: this._most,
      channels: this.shared.channels,
      reach
    });
  }

  /**
   * A plane's values for the gradient of a layer's output, of what lies inside
   * the layer, or of the cascade's sum; all layers of a plane share them.
   */
  private _gradient(plane: Plane, which: 'output' | 'inner' | 'sum'): number {
    let found = this._gradientsOf.get(plane);
    if (!found) {
      found = new Map();
      this._gradientsOf.set(plane, found);
    }
    let address = found.get(which);
    if (address === undefined) {
      address = plane.wide();
      found.set(which, address);
    }
    return address;
  }

  private readonly _most: number;
  private readonly _latentGradient: number;
  private readonly _encoder: IPass[];
  private readonly _decoder: IPass[];
  private _output: Output | null = null;
  private readonly _convolutions: Convolution[] = [];
  private readonly _norms: Norm[] = [];
  private readonly _gradientsOf = new Map<Plane, Map<string, number>>();
}

/** Rows and columns that the widest tap reaches, up to the next upsampling. */
function reachOf(steps: readonly Step[]): [number, number] {
  const reach: [number, number] = [0, 0];
  for (const step of steps) {
    if (step.op === 'upsample') {
      break;
    }
    const blocks =
      step.op === 'block'
        ? [step.block]
        : step.op === 'cascade'
          ? step.blocks
          : [];
    for (const { convolution } of blocks) {
      const { kernel, dilation } = convolution;
      for (const axis of [0, 1]) {
        const side = (kernel[axis] >> 1) * dilation[axis];
        reach[axis] = Math.max(reach[axis], side);
      }
    }
  }
  return reach;
}

/** Positions of the largest plane. */
function widestArea(plan: IArchitecture): number {
  const [inputHeight, inputWidth] = inputSides(plan);
  const [height, width] = plan.output;
  return Math.max(inputHeight * inputWidth, height * width);
}
