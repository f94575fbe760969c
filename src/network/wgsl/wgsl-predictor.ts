/** A trained network in WGSL, for sessions. */
import { scaleTo, unscale } from '../../signal/scaling';
import type { IRange, IScaling } from '../../signal/types';
import type { IArchitecture } from '../architecture';
import { features, ranges } from '../data';
import { evaluationChunk, type IPredictor } from '../inference';
import type { IDataset, IEvaluation, Parameters } from '../types';
import { Evaluator } from './evaluator';
import { engineProblem } from './limits';

/** Samples that go through the network at once, where they are not too long. */
const MOST = 64;

function largestBatch({ spec }: IArchitecture): number {
  return Math.min(MOST, evaluationChunk(spec));
}

/** Why a network cannot be evaluated by these kernels on a device; '' where it can. */
export function wgslPredictorProblem(
  plan: IArchitecture,
  limits: GPUSupportedLimits
): string {
  const most = largestBatch(plan);
  return engineProblem(plan, limits, most, most);
}

export class WgslPredictor implements IPredictor {
  /** Rejects where the device refuses buffers or kernels. */
  static async create(
    device: GPUDevice,
    plan: IArchitecture,
    parameters: Parameters,
    scaling: IScaling
  ): Promise<WgslPredictor> {
    const most = largestBatch(plan);
    const size = plan.input[0] * plan.input[1];
    const evaluator = await Evaluator.create(device, {
      plan,
      parameters,
      rows: {
        n: most,
        features: new Float32Array(most * size),
        targets: new Float32Array(0)
      },
      most,
      order: most
    });
    return new WgslPredictor(evaluator, plan, scaling);
  }

  private constructor(
    evaluator: Evaluator,
    plan: IArchitecture,
    scaling: IScaling
  ) {
    this._evaluator = evaluator;
    this._plan = plan;
    this._ranges = ranges(plan.spec, scaling);
  }

  encode(values: Float32Array, n: number): Promise<Float32Array> {
    const scaled = scaleTo(values, this._ranges.features);
    return this._evaluator.encodeAll(scaled, n);
  }

  async decode(latents: Float32Array, n: number): Promise<Float32Array> {
    const scaled = await this._evaluator.decodeAll(latents, n);
    return unscale(scaled, this._ranges.targets, scaled);
  }

  async evaluate(
    dataset: IDataset,
    positions: Int32Array
  ): Promise<IEvaluation> {
    const { spec } = this._plan;
    const x = features(spec, dataset, positions);
    const { latents, predictions } = await this._evaluator.predictAll(
      x,
      positions.length
    );
    const { targets } = ranges(spec, dataset.scaling);
    return {
      epoch: 0,
      latents,
      predictions: unscale(predictions, targets, predictions)
    };
  }

  dispose(): void {
    this._evaluator.dispose();
  }

  private readonly _evaluator: Evaluator;
  private readonly _plan: IArchitecture;
  private readonly _ranges: {
    readonly features: IRange;
    readonly targets: IRange;
  };
}
