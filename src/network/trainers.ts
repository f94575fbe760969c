/** Which kernels a request is trained with. */
import type { BackendName } from '../signal/types';
import { architecture, type IArchitecture } from './architecture';
import { features, targets, upload, type IPart } from './data';
import { gpuDevice } from './gpu-device';
import { flatSize, slots } from './layout';
import { MemoryProblem, messageOf } from './obstacles';
import { Adam } from './optimiser';
import { Trainer } from './trainer';
import { startOf, type ITrainer } from './training';
import type { ITrainRequest } from './types';
import { engineProblem } from './wasm/engine';
import { WasmTrainer } from './wasm/wasm-trainer';
import { WgslTrainer, wgslTrainerProblem } from './wgsl/wgsl-trainer';

export interface IChosenTrainer {
  readonly trainer: ITrainer;
  /** A sentence where other kernels are used than the backend's best, else ''. */
  readonly notice: string;
}

/**
 * On WebGPU and in WebAssembly the kernels of our own, everywhere else, and
 * where those do not fit or do not start, TF.js on the same backend.
 */
export async function createTrainer(
  request: ITrainRequest,
  backend: BackendName
): Promise<IChosenTrainer> {
  const plan = architecture(request.spec);
  const own = OWN[backend];
  if (!own) {
    return { trainer: tensorTrainer(plan, request), notice: '' };
  }
  let problem = own.problem(plan, request);
  if (!problem) {
    try {
      return { trainer: await own.create(plan, request), notice: '' };
    } catch (error) {
      if (error instanceof MemoryProblem) {
        // TF.js takes more of it: whoever asked halves the batch.
        throw error;
      }
      problem = `The ${own.name} kernels do not start: ${messageOf(error)}`;
    }
  }
  return {
    trainer: tensorTrainer(plan, request),
    notice: `${problem.replace(/\.$/, '')}; TF.js's kernels are used.`
  };
}

/** Kernels of our own. */
interface IOwnKernels {
  readonly name: string;
  /** Why they cannot take a request; '' where they can. */
  problem(plan: IArchitecture, request: ITrainRequest): string;
  create(plan: IArchitecture, request: ITrainRequest): Promise<ITrainer>;
}

const OWN: { readonly [name in BackendName]?: IOwnKernels } = {
  webgpu: {
    name: 'WGSL',
    problem: (plan, request) =>
      wgslTrainerProblem(plan, gpuDevice().limits, request),
    create: (plan, request) => WgslTrainer.create(gpuDevice(), plan, request)
  },
  wasm: {
    name: 'WebAssembly',
    problem: plan => engineProblem(plan),
    create: (plan, request) => WasmTrainer.create(plan, request)
  }
};

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
  const { parameters, adam, history } = startOf(plan, request);
  return new Trainer({
    plan,
    parameters,
    history,
    optimiser: new Adam(
      flatSize(slots(plan.parameters, true)),
      request.learningRate,
      adam
    ),
    train: part(request.train),
    test: request.test.length > 0 ? part(request.test) : null,
    ownsParts: true,
    evaluated: { dataset, positions: request.evaluate },
    batchSize: request.batchSize,
    seed,
    resume: request.resume
  });
}
