/** The end of a decoder: C channels to one, leaky ReLU, norm, one number times that plus one number; the loss. */
import type { IBlock } from '../architecture';
import { gradient, parameter, type IShared, type Norm } from './layers';
import type { Plane } from './plane';

export class Output {
  /**
   * @param affine - name of the last layer.
   * @param source - plane of C channels.
   */
  constructor(
    shared: IShared,
    block: IBlock,
    affine: string,
    plane: Plane,
    source: number
  ) {
    const { arena } = shared;
    const { convolution, norm } = block;
    this._shared = shared;
    this._name = convolution.name;
    this._norm = norm;
    this._affine = affine;
    this._plane = plane;
    this._source = source;
    this._count = convolution.kernel[0] * convolution.kernel[1];
    this._value = plane.thin();
    this._gradient = plane.thin();
    this._numbers = arena.floats(6);
    this._taps = plane.taps(convolution, shared.channels);
    this._turned = plane.taps(convolution, 1, true);
    this.prediction = arena.floats(plane.samples * plane.size);
    this.target = arena.floats(plane.samples * plane.size);
    this._gradients = arena.table(
      [
        `${affine}.weight`,
        `${affine}.bias`,
        `${norm}.weight`,
        `${norm}.bias`,
        `${convolution.name}.bias`
      ].map(name => gradient(shared, name))
    );
  }

  /** (samples, values), without margins. */
  readonly prediction: number;
  readonly target: number;

  forward(n: number, training: boolean): void {
    const { kernels, channels } = this._shared;
    const { thinAt, at, size } = this._plane;
    kernels().convolveTail(
      this._source,
      this._value,
      parameter(this._shared, `${this._name}.weight`),
      parameter(this._shared, `${this._name}.bias`),
      thinAt,
      at,
      0,
      n * size,
      this._taps,
      this._count,
      channels
    );
    if (training) {
      kernels().outputMoments(
        this._value,
        thinAt,
        n * size,
        this._numbers,
        ...this._parameters()
      );
    }
    kernels().predict(
      this._value,
      this.prediction,
      thinAt,
      n * size,
      this._numbers,
      parameter(this._shared, `${this._affine}.weight`),
      parameter(this._shared, `${this._affine}.bias`)
    );
  }

  /** For evaluation. */
  fromRunning(): void {
    this._shared.kernels().fromRunning(1, this._numbers, ...this._parameters());
  }

  /** Sum of the squared differences of predictions and targets. */
  squaredError(n: number): number {
    return this._shared
      .kernels()
      .squaredError(this.prediction, this.target, n * this._plane.size);
  }

  /** Gradients of all its parameters, and the one for its input. */
  backward(dx: number, below: Norm | null, n: number): void {
    const { kernels, channels, partial, zeros } = this._shared;
    const { at, thinAt, size } = this._plane;
    const range = [0, n * size, this._turned, this._count, channels];
    kernels().outputGradient(
      this._value,
      this.prediction,
      this.target,
      this._gradient,
      thinAt,
      n * size,
      this._numbers,
      parameter(this._shared, `${this._affine}.weight`),
      this._gradients
    );
    kernels().thinWeightGradient(
      this._gradient,
      this._source,
      gradient(this._shared, `${this._name}.weight`),
      thinAt,
      at,
      ...range
    );
    kernels().tailGradient(
      this._gradient,
      dx,
      parameter(this._shared, `${this._name}.weight`),
      zeros,
      thinAt,
      at,
      ...range,
      below?.value ?? 0,
      below?.numbers ?? 0,
      below ? partial : 0
    );
  }

  private _parameters(): [number, number, number, number] {
    const { running, runningAt } = this._shared;
    return [
      parameter(this._shared, `${this._norm}.weight`),
      parameter(this._shared, `${this._norm}.bias`),
      running + runningAt.offset(`${this._norm}.running_mean`),
      running + runningAt.offset(`${this._norm}.running_var`)
    ];
  }

  private readonly _shared: IShared;
  private readonly _name: string;
  private readonly _norm: string;
  private readonly _affine: string;
  private readonly _plane: Plane;
  private readonly _source: number;
  private readonly _count: number;
  private readonly _value: number;
  private readonly _gradient: number;
  private readonly _numbers: number;
  private readonly _taps: number;
  private readonly _turned: number;
  private readonly _gradients: number;
}
