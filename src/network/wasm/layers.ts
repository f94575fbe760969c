/**
 * The layers of a network as calls of the kernels: forward, and back.
 *
 * A layer works on the first n samples of its planes. Every loop over positions
 * takes a range, and leaves sums by blocks of positions that are added in order,
 * so that a range can be split among threads without changing a number.
 */
import type { IBlock, IConvolution } from '../architecture';
import type { Arena } from './arena';
import { BLOCK, BLOCK_SUMS, type IKernels } from './kernels';
import type { PaddedLayout } from './parameters';
import type { Plane } from './plane';

/** What all layers share. */
export interface IShared {
  readonly arena: Arena;
  /** Set once the memory is there. */
  readonly kernels: () => IKernels;
  /** Addresses of the vectors. */
  readonly params: number;
  readonly grads: number;
  readonly running: number;
  readonly trainedAt: PaddedLayout;
  readonly runningAt: PaddedLayout;
  /** Sums by blocks, of whichever layer is at work. */
  readonly partial: number;
  /** C zeros. */
  readonly zeros: number;
  readonly channels: number;
}

/** Where values lie while the layers are laid out. */
export interface ISource {
  readonly address: number;
  readonly plane: Plane;
  /** The norm that the values come from, where nothing lies between. */
  readonly norm: Norm | null;
}

/** One layer on the first n samples. */
export interface IPass {
  forward(n: number, training: boolean): void;
  /** From the gradient for the output to those for the input and for all parameters. */
  backward(n: number): void;
}

/** Address of a parameter's weight. */
export function parameter(shared: IShared, name: string): number {
  return shared.params + shared.trainedAt.offset(name);
}

/** Address of a parameter's gradient. */
export function gradient(shared: IShared, name: string): number {
  return shared.grads + shared.trainedAt.offset(name);
}

/** Numbers that the sums by blocks of so many positions take. */
export function partialSize(positions: number, channels: number): number {
  return BLOCK_SUMS * channels * Math.ceil(positions / BLOCK);
}

/** A norm of C channels behind a leaky ReLU. */
export class Norm {
  /** @param value - plane of what the leaky ReLU takes. */
  constructor(shared: IShared, block: IBlock, plane: Plane, value: number) {
    this._shared = shared;
    this._name = block.norm;
    this._plane = plane;
    this.value = value;
    this.numbers = shared.arena.floats(6 * shared.channels);
  }

  readonly value: number;
  /** Six rows of C; see kernels/norm.ts. */
  readonly numbers: number;

  /** From what the blocks of the convolution left. */
  finishMoments(n: number): void {
    const { kernels, partial, channels } = this._shared;
    kernels().finishMoments(
      partial,
      n * this._plane.size,
      channels,
      this.numbers,
      ...this._parameters()
    );
  }

  /** For evaluation. */
  fromRunning(): void {
    const { kernels, channels } = this._shared;
    kernels().fromRunning(channels, this.numbers, ...this._parameters());
  }

  /**
   * Writes the norm of `end` positions.
   * @param from - table of where `value` has them, `to` of where they go.
   */
  normalise(h: number, from: number, to: number, end: number): void {
    const { kernels, channels } = this._shared;
    kernels().normalise(
      this.value,
      h,
      from,
      to,
      0,
      end,
      channels,
      this.numbers
    );
  }

  /** From the sums that whatever made the gradient left by blocks. */
  finishGradient(n: number): void {
    const { kernels, partial, channels } = this._shared;
    kernels().finishGradientSums(
      partial,
      n * this._plane.size,
      channels,
      this.numbers,
      gradient(this._shared, `${this._name}.weight`),
      gradient(this._shared, `${this._name}.bias`)
    );
  }

  /** Leaves the sums of a gradient by blocks, where its maker did not. */
  sumGradient(dh: number, n: number): void {
    const { kernels, partial, channels } = this._shared;
    const { at, size } = this._plane;
    kernels().gradientSumsOf(
      dh,
      this.value,
      this.numbers,
      at,
      0,
      n * size,
      channels,
      partial
    );
  }

  private _parameters(): [number, number, number, number] {
    const { running, runningAt } = this._shared;
    return [
      parameter(this._shared, `${this._name}.weight`),
      parameter(this._shared, `${this._name}.bias`),
      running + runningAt.offset(`${this._name}.running_mean`),
      running + runningAt.offset(`${this._name}.running_var`)
    ];
  }

  private readonly _shared: IShared;
  private readonly _name: string;
  private readonly _plane: Plane;
}

/** A convolution of C to C channels, or of one to C. */
export class Convolution {
  /** @param source - plane of the input: of C channels, or of one. */
  constructor(
    shared: IShared,
    plan: IConvolution,
    plane: Plane,
    source: number
  ) {
    const { arena, channels } = shared;
    this._shared = shared;
    this._plan = plan;
    this._plane = plane;
    this._count = plan.kernel[0] * plan.kernel[1];
    this._first = plan.inputs === 1;
    this._source = source;
    this.value = plane.wide();
    this._taps = plane.taps(plan, this._first ? 1 : channels);
    if (!this._first) {
      const size = this._count * channels * channels;
      this._forward = arena.floats(size);
      this._backward = arena.floats(size);
    }
  }

  /** Plane of the output. */
  readonly value: number;

  /** Brings the weights into the kernels' order; after they have changed. */
  pack(): void {
    if (!this._first) {
      this._shared
        .kernels()
        .pack(
          parameter(this._shared, `${this._plan.name}.weight`),
          this._forward,
          this._backward,
          this._count,
          this._shared.channels
        );
    }
  }

  /** @param partial - where blocks leave the output's moments; 0 for none. */
  forward(n: number, partial: number): void {
    const { kernels, channels } = this._shared;
    const { at, thinAt, size } = this._plane;
    const bias = parameter(this._shared, `${this._plan.name}.bias`);
    const range = [0, n * size, this._taps, this._count, channels, partial];
    if (this._first) {
      const weight = parameter(this._shared, `${this._plan.name}.weight`);
      kernels().convolveFirst(
        this._source,
        this.value,
        weight,
        bias,
        thinAt,
        at,
        ...range
      );
    } else {
      kernels().convolve(
        this._source,
        this.value,
        this._forward,
        bias,
        at,
        ...range
      );
    }
  }

  /**
   * The gradient for the output, dc, from that for the norm behind it, and the
   * gradients of weight and bias.
   * @param sum - gradient of the cascade's sum; 0 outside the cascade.
   */
  backward(dh: number, dc: number, sum: number, norm: Norm, n: number): void {
    const { kernels, partial, channels } = this._shared;
    const { at, thinAt, size } = this._plane;
    const weight = gradient(this._shared, `${this._plan.name}.weight`);
    const range = [0, n * size];
    const taps = [this._taps, this._count, channels];
    kernels().weightGradient(
      dh,
      dc,
      sum,
      this.value,
      norm.numbers,
      this._first ? 0 : this._source,
      weight,
      at,
      ...range,
      this._taps,
      // The first convolution's weights have a kernel of their own.
      this._first ? 0 : this._count,
      channels,
      partial
    );
    const bias = gradient(this._shared, `${this._plan.name}.bias`);
    kernels().finishSums(partial, n * size, channels, bias);
    if (this._first) {
      const { _source } = this;
      kernels().thinWeightGradient(
        _source,
        dc,
        weight,
        thinAt,
        at,
        ...range,
        ...taps
      );
    }
  }

  /**
   * The gradient for the input from that for the output.
   * @param sum - plane that is added; 0 for none.
   * @param below - norm whose output the input is; null where it is none.
   */
  backwardInput(
    dc: number,
    dx: number,
    sum: number,
    below: Norm | null,
    n: number
  ): void {
    const { kernels, partial, channels, zeros } = this._shared;
    const { at, size } = this._plane;
    // Offsets are symmetric: turned weights on the same taps.
    kernels().convolveGradient(
      dc,
      dx,
      this._backward,
      sum || zeros,
      sum ? 1 : 0,
      at,
      0,
      n * size,
      this._taps,
      this._count,
      channels,
      below?.value ?? 0,
      below?.numbers ?? 0,
      below ? partial : 0
    );
  }

  private readonly _shared: IShared;
  private readonly _plan: IConvolution;
  private readonly _plane: Plane;
  private readonly _count: number;
  private readonly _first: boolean;
  private readonly _source: number;
  private readonly _taps: number;
  /** Packed weights. */
  private readonly _forward: number = 0;
  private readonly _backward: number = 0;
}
