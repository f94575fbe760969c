/** Which kernels a request is trained with. */
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '../signal/types';
import { architecture, type IArchitecture } from './architecture';
import { messageOf } from './backends';
import { features, targets, upload, type IPart } from './data';
import { initialParameters } from './initialise';
import { flatSize, slots } from './layout';
import { Adam } from './optimiser';
import { Trainer } from './trainer';
import type { ITrainer } from './training';
import type { ITrainRequest } from './types';
import { WgslTrainer, wgslTrainerProblem } from './wgsl/wgsl-trainer';

export interface IChosenTrainer {
  readonly trainer: ITrainer;
  /** A sentence where other kernels are used than the backend's best, else ''. */
  readonly notice: string;
}

/**
 * On WebGPU the kernels of our own, everywhere else, and where those do not
 * fit or do not start, TF.js on the same backend.
 */
export async function createTrainer(
  request: ITrainRequest,
  backend: BackendName
): Promise<IChosenTrainer> {
  const plan = architecture(request.spec);
  if (backend !== 'webgpu') {
    return { trainer: tensorTrainer(plan, request), notice: '' };
  }
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  let problem = wgslTrainerProblem(plan, device.limits, request);
  if (!problem) {
    try {
      const trainer = await WgslTrainer.create(device, plan, request);
      return { trainer, notice: '' };
    } catch (error) {
      problem = `The WGSL kernels do not start: ${messageOf(error)}`;
    }
  }
  return {
    trainer: tensorTrainer(plan, request),
    notice: `${problem}; TF.js's kernels are used.`
  };
}

/** Training through TF.js, on the backend in use. */
export function tensorTrainer(
  plan: IArchitecture,
  request: ITrainRequest
): Trainer {
  const { spec, dataset, seed } = request;
  const part = (positions: Int32Array): IPart =>
    upload(
      features(spec, dataset, positions),
      targets(spec, dataset, positions),
      positions.length
    );
  return new Trainer({
    plan,
    parameters: initialParameters(plan, seed),
    optimiser: new Adam(
      flatSize(slots(plan.parameters, true)),
      request.learningRate
    ),
    train: part(request.train),
    test: request.test.length > 0 ? part(request.test) : null,
    ownsParts: true,
    evaluated: { dataset, positions: request.evaluate },
    batchSize: request.batchSize,
    seed
  });
}
