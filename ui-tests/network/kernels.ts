/** A page that compares the WGSL kernels with TF.js's cpu backend, and trains runs with either. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgpu';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { relative } from '../../src/network/__tests__/oracle';
import { tensorSubject } from '../../src/network/__tests__/oracle-subjects';
import { smallRequest } from '../../src/network/__tests__/small-data';
import { architecture } from '../../src/network/architecture';
import { initialParameters } from '../../src/network/initialise';
import type { IWorkerScope } from '../../src/network/messages';
import { TrainingRun } from '../../src/network/run';
import { serveNetwork } from '../../src/network/server';
import type {
  INetworkSpec,
  ITrainRequest,
  Parameters
} from '../../src/network/types';
import { Engine } from '../../src/network/wgsl/engine';
import { uniforms } from '../../src/signal/random';

/** Largest relative error of a group of arrays, where it lies, and what it may be. */
export interface IDifference {
  readonly what: string;
  readonly error: number;
  readonly tolerance: number;
}

/** What a run ended with. */
export interface IOutcome {
  readonly train: readonly number[];
  readonly test: readonly number[];
  readonly latents: readonly number[];
  readonly predictions: readonly number[];
  readonly epoch: number;
  readonly notice: string;
}

/** What is left on the device. */
export interface ILeft {
  readonly buffers: number;
  readonly tensors: number;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/naming-convention -- the browser's own name
  interface Window {
    /** WGSL against the cpu backend on rows `start` to `start + n` of an order of 14. */
    compare(
      spec: INetworkSpec,
      start: number,
      n: number
    ): Promise<IDifference[]>;
    /** A run of the small data set on a backend. */
    trainSmall(
      backend: string,
      changes: Partial<ITrainRequest>
    ): Promise<IOutcome>;
    /** Buffers made and not destroyed since the page was loaded, and tensors. */
    left(): ILeft;
    /** Whether the kernels' next buffers are beyond what the GPU has. */
    refuse(memory: boolean): void;
    /** What the worker's code says when the GPU is lost under a run. */
    trainUntilLost(): Promise<string>;
  }
}

const ROWS = 14;
let made = 0;
let refused = false;

async function device(): Promise<GPUDevice> {
  await tf.setBackend('webgpu');
  return (tf.backend() as WebGPUBackend).device;
}

/** Counts buffers, and stands in for a GPU whose memory is full. */
const createBuffer = GPUDevice.prototype.createBuffer;
GPUDevice.prototype.createBuffer = function (descriptor) {
  const { label } = descriptor;
  if (refused && label === 'params') {
    // The browser's own limit is the nearest to a full memory that can be had.
    return createBuffer.call(this, { ...descriptor, size: 2 ** 45 });
  }
  const buffer = createBuffer.call(this, descriptor);
  const destroy = buffer.destroy.bind(buffer);
  let there = true;
  made++;
  buffer.destroy = () => {
    made -= there ? 1 : 0;
    there = false;
    destroy();
  };
  return buffer;
};

/** Initial weights with norms and statistics away from 1 and 0, where errors in them show. */
function perturbed(parameters: Parameters): Parameters {
  const result: Parameters = new Map();
  for (const [name, { shape, data }] of parameters) {
    const noise = uniforms(3, `noise/${name}`, 0, data.length);
    result.set(name, {
      shape,
      data: data.map((value, i) => value + 0.2 * noise[i])
    });
  }
  return result;
}

/** Values off by one part in 2^23, to see what float32 leaves undecided. */
function rounded(values: Float32Array): Float32Array {
  const noise = uniforms(9, 'rounding', 0, values.length);
  return values.map((v, i) => v * (1 + (noise[i] < 0.5 ? -1 : 1) * 2 ** -23));
}

/** The larger of 2e-5 and four times what rounding features and weights alone changes. */
function tolerance(gap: number): number {
  return Math.max(2e-5, 4 * gap);
}

/** The array that exceeds its tolerance most, or comes nearest to it. */
function worst(
  what: string,
  names: readonly string[],
  got: Parameters,
  wanted: Parameters,
  again: Parameters
): IDifference {
  const data = (of: Parameters, name: string): Float32Array =>
    of.get(name)!.data;
  const all = names.map(name => ({
    what: `${what} (${name})`,
    error: relative(data(got, name), data(wanted, name)),
    tolerance: tolerance(relative(data(again, name), data(wanted, name)))
  }));
  const share = (d: IDifference): number => d.error / d.tolerance;
  return all.reduce((a, b) => (share(b) <= share(a) ? a : b));
}

window.compare = async (spec, start, n) => {
  const plan = architecture(spec);
  const parameters = perturbed(initialParameters(plan, 5));
  const width = plan.input[0] * plan.input[1];
  const size = plan.output[0] * plan.output[1];
  const features = uniforms(1, 'features', 0, ROWS * width);
  const targets = uniforms(1, 'targets', 0, ROWS * size);
  // Not in order, so that a row of the wrong sample shows.
  const order = Int32Array.from({ length: ROWS }, (_, i) => (5 * i + 3) % ROWS);
  const pick = (values: Float32Array, of: number): Float32Array => {
    const picked = new Float32Array(n * of);
    for (let i = 0; i < n; i++) {
      const row = order[start + i];
      picked.set(values.subarray(row * of, (row + 1) * of), i * of);
    }
    return picked;
  };

  await tf.setBackend('cpu');
  const batch = {
    n,
    features: pick(features, width),
    targets: pick(targets, size)
  };
  const subject = await tensorSubject(plan, batch);
  const evaluated = await subject.evaluate(parameters);
  const pass = await subject.pass(parameters);
  const again = await (
    await tensorSubject(plan, { ...batch, features: rounded(batch.features) })
  ).pass(
    new Map(
      [...parameters].map(([name, { shape, data }]) => [
        name,
        { shape, data: rounded(data) }
      ])
    )
  );

  const engine = await Engine.create(await device(), {
    plan,
    parameters,
    rows: { n: ROWS, features, targets },
    most: 9,
    order: ROWS,
    learningRate: 1e-3
  });
  engine.setOrder(order);
  const { latents, predictions } = await engine.evaluateAll(start, n);
  engine.test(start, n, 1);
  engine.gradients(start, n);
  const gradients = await engine.read(true);
  const running = await engine.read();
  const { last, test } = await engine.losses();
  engine.dispose();

  const squares = evaluated.output.map((v, i) => (v - batch.targets[i]) ** 2);
  const mean = squares.reduce((a, b) => a + b, 0) / squares.length;
  const named = (trained: boolean): string[] =>
    plan.parameters.filter(p => p.trained === trained).map(p => p.name);
  const one = (what: string, error: number): IDifference => ({
    what,
    error,
    tolerance: tolerance(0)
  });
  return [
    one('latents', relative(latents, evaluated.latents)),
    one('predictions', relative(predictions, evaluated.output)),
    one('loss', relative([last], [pass.loss])),
    one('test loss', relative([test], [mean])),
    worst('gradients', named(true), gradients, pass.gradients, again.gradients),
    worst('running', named(false), running, pass.running, again.running)
  ];
};

window.trainSmall = async (backend, changes) => {
  await tf.setBackend(backend);
  const run = new TrainingRun(
    smallRequest(changes),
    { backend: backend as 'webgpu' | 'cpu', reason: '', notice: '' },
    {}
  );
  try {
    const { history, evaluation, epoch, notice } = await run.run();
    return {
      train: [...history.train],
      test: [...history.test],
      latents: [...evaluation.latents],
      predictions: [...evaluation.predictions],
      epoch,
      notice
    };
  } finally {
    run.dispose();
  }
};

window.trainUntilLost = () =>
  new Promise(resolve => {
    const scope: IWorkerScope = {
      onmessage: null,
      postMessage: message => {
        if (message.type === 'progress' && message.progress.epoch > 0) {
          console.log('training');
        } else if (message.type === 'failed') {
          resolve(message.message);
        }
      }
    };
    serveNetwork(scope, '');
    const spec = { ...smallRequest().spec, filters: 8 };
    const request = smallRequest({ spec, backend: 'webgpu', epochs: 1e6 });
    scope.onmessage!({ data: { type: 'train', request } } as MessageEvent);
  });

window.left = () => ({ buffers: made, tensors: tf.memory().numTensors });

window.refuse = memory => {
  refused = memory;
};
