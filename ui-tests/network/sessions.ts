/** Sessions, live decoding and resumed runs in WGSL, beside TF.js's cpu backend. */
import * as tf from '@tensorflow/tfjs-core';
import { relative } from '../../src/network/__tests__/oracle';
import {
  smallDataset,
  smallPositions,
  smallRequest
} from '../../src/network/__tests__/small-data';
import { architecture } from '../../src/network/architecture';
import { gpuDevice } from '../../src/network/gpu-device';
import type { IPredictor } from '../../src/network/inference';
import { openPredictor } from '../../src/network/predictors';
import type {
  INetworkSpec,
  ITrainRequest,
  Parameters
} from '../../src/network/types';
import { profileStep } from '../../src/network/wgsl/profile';
import { WgslTrainer } from '../../src/network/wgsl/wgsl-trainer';
import { uniforms } from '../../src/signal/random';
import type { BackendName } from '../../src/signal/types';

export interface ISessionComparison {
  /** What answered on webgpu and on cpu. */
  readonly classes: readonly string[];
  readonly differences: readonly {
    readonly what: string;
    readonly error: number;
  }[];
}

export interface IResumed {
  /** Training losses of four epochs in one go, and of two and two more. */
  readonly whole: readonly number[];
  readonly parts: readonly number[];
  /** After a broken off epoch: Adam's steps, and whether all is as before it. */
  readonly stopped: {
    readonly steps: number;
    readonly parameters: boolean;
    readonly moments: boolean;
  };
}

async function trainer(request: ITrainRequest): Promise<WgslTrainer> {
  await tf.setBackend('webgpu');
  return WgslTrainer.create(gpuDevice(), architecture(request.spec), request);
}

async function epochs(of: WgslTrainer, count: number): Promise<void> {
  for (let epoch = 0; epoch < count; epoch++) {
    while (!of.epochDone) {
      of.step();
    }
    await of.finishEpoch();
  }
}

/** Labels of a profile of the step, and whether all its times are numbers. */
export async function profileLabels(
  spec: INetworkSpec
): Promise<{ labels: string[]; finite: boolean }> {
  await tf.setBackend('webgpu');
  const times = await profileStep(gpuDevice(), architecture(spec), {
    batch: 4,
    repeats: 4,
    rounds: 1
  });
  return {
    labels: times.map(({ label }) => label),
    finite: times.every(({ microseconds }) => Number.isFinite(microseconds))
  };
}

/** A session on webgpu against one on cpu, and the decoding of a run against it. */
export async function compareSessions(
  spec: INetworkSpec
): Promise<ISessionComparison> {
  const plan = architecture(spec);
  const dataset = smallDataset();
  const positions = smallPositions();
  // More rows than go through the network at once.
  const n = 150;
  const z = uniforms(1, 'latents', 0, n * spec.latentDims);
  const x = uniforms(2, 'features', 0, n * plan.input[0] * plan.input[1]).map(
    u => 100 * u
  );

  const run = await trainer(smallRequest({ spec, evaluate: positions }));
  run.step();
  const live = await run.decode(z, n);
  const parameters = await run.readParameters();
  run.dispose();

  const answers = async (
    backend: BackendName
  ): Promise<[string, Float32Array[]]> => {
    await tf.setBackend(backend);
    const { scaling } = dataset;
    const predictor: IPredictor = await openPredictor(
      plan,
      parameters,
      scaling,
      backend
    );
    const evaluation = await predictor.evaluate(dataset, positions);
    return [
      predictor.constructor.name.replace(/^_/, ''),
      [
        await predictor.encode(x, n),
        await predictor.decode(z, n),
        evaluation.latents,
        evaluation.predictions
      ]
    ];
  };
  const [own, wgsl] = await answers('webgpu');
  const [other, cpu] = await answers('cpu');
  const names = [
    'encode',
    'decode',
    'evaluate: latents',
    'evaluate: predictions'
  ];
  return {
    classes: [own, other],
    differences: [
      ...names.map((what, i) => ({ what, error: relative(wgsl[i], cpu[i]) })),
      { what: 'decode of a run', error: relative(live, cpu[1]) }
    ]
  };
}

export async function resumeRun(spec: INetworkSpec): Promise<IResumed> {
  const request = smallRequest({ spec, epochs: 4 });
  const whole = await trainer(request);
  await epochs(whole, 4);
  const wanted = [...whole.history.train];
  whole.dispose();

  const first = await trainer(request);
  await epochs(first, 2);
  const between = await first.checkpoint();
  const { parameters, adam } = between;
  first.step();
  // In the middle of the third epoch.
  const resume = await first.checkpoint();
  first.abandonEpoch();
  const { parameters: again, adam: moments } = await first.checkpoint();
  first.dispose();

  const second = await trainer({ ...request, resume });
  await epochs(second, 2);
  const parts = [...second.history.train];
  second.dispose();
  return {
    whole: wanted,
    parts,
    stopped: {
      steps: moments!.steps,
      parameters: same(parameters, again),
      moments: equal(adam!.m, moments!.m) && equal(adam!.v, moments!.v)
    }
  };
}

function equal(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function same(a: Parameters, b: Parameters): boolean {
  return [...a].every(([name, { data }]) => equal(data, b.get(name)!.data));
}
