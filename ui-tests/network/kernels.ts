/** A page that compares the WGSL kernels with TF.js's cpu backend, and trains runs with either. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { relative } from '../../src/network/__tests__/oracle';
import { tensorSubject } from '../../src/network/__tests__/oracle-subjects';
import { smallRequest } from '../../src/network/__tests__/small-data';
import { architecture } from '../../src/network/architecture';
import { locateWasm } from '../../src/network/backends';
import { initialParameters } from '../../src/network/initialise';
import type { IWorkerScope, Request } from '../../src/network/messages';
import { TrainingRun } from '../../src/network/run';
import { serveNetwork } from '../../src/network/server';
import { tensorTrainer } from '../../src/network/trainers';
import type {
  INetworkSpec,
  ITrainRequest,
  Parameters
} from '../../src/network/types';
import { Engine } from '../../src/network/wgsl/engine';
import { uniforms } from '../../src/signal/random';
import { scalingOf } from '../../src/signal/scaling';
import { splitWindows } from '../../src/signal/split';
import { DEFAULT_SETUP, type BackendName } from '../../src/signal/types';
import { validWindows } from '../../src/signal/windows';

import { compareSessions, profileLabels, resumeRun } from './sessions';

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
    /** The first epoch on a sample whose files are served at `folder`, with 8 filters: by TF.js in wasm, by a run elsewhere. */
    trainSample(
      backend: string,
      kind: 'im2spec' | 'spec2im',
      folder: string
    ): Promise<IOutcome>;
    compareSessions: typeof compareSessions;
    resumeRun: typeof resumeRun;
    profileLabels: typeof profileLabels;
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
function rounded(values: Float32Array, seed: number): Float32Array {
  const noise = uniforms(seed, 'rounding', 0, values.length);
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
  again: readonly Parameters[]
): IDifference {
  const data = (of: Parameters, name: string): Float32Array =>
    of.get(name)!.data;
  const all = names.map(name => ({
    what: `${what} (${name})`,
    error: relative(data(got, name), data(wanted, name)),
    tolerance: tolerance(
      Math.max(...again.map(of => relative(data(of, name), data(wanted, name))))
    )
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
  const again: Parameters[] = [];
  for (const seed of [1, 2]) {
    const noisy = await tensorSubject(plan, {
      ...batch,
      features: rounded(batch.features, seed)
    });
    const weights: Parameters = new Map();
    for (const [name, { shape, data }] of parameters) {
      weights.set(name, { shape, data: rounded(data, seed) });
    }
    const { gradients } = await noisy.pass(weights);
    // Running statistics stand beside the gradients.
    again.push(gradients);
  }

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

  const squares = Array.from(
    evaluated.output,
    (v, i) => (v - batch.targets[i]) ** 2
  );
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
    worst('gradients', named(true), gradients, pass.gradients, again),
    worst('running', named(false), running, pass.running, again)
  ];
};

/** Trains on a backend, without a worker. */
async function outcome(
  backend: string,
  request: ITrainRequest
): Promise<IOutcome> {
  if (!(await tf.setBackend(backend)) || tf.getBackend() !== backend) {
    throw new Error(`${backend} does not start in this browser.`);
  }
  const run = new TrainingRun(
    request,
    { backend: backend as BackendName, reason: '', notice: '' },
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
}

/** An epoch through TF.js in wasm, which a run trains in with kernels of our own. */
async function tensorEpoch(request: ITrainRequest): Promise<IOutcome> {
  if (!(await tf.setBackend('wasm')) || tf.getBackend() !== 'wasm') {
    throw new Error('wasm does not start in this browser.');
  }
  const trainer = tensorTrainer(architecture(request.spec), request);
  while (!trainer.epochDone) {
    trainer.step();
  }
  await trainer.finishEpoch();
  const { train, test } = trainer.history;
  const { latents, predictions } = await trainer.evaluate();
  const { epoch } = trainer;
  trainer.dispose();
  return {
    train: [...train],
    test: [...test],
    latents: [...latents],
    predictions: [...predictions],
    epoch,
    notice: ''
  };
}

window.trainSmall = (backend, changes) =>
  outcome(backend, smallRequest(changes));

window.trainSample = async (backend, kind, folder) => {
  const floats = async (name: string): Promise<Float32Array> =>
    new Float32Array(await (await fetch(`${folder}/${name}`)).arrayBuffer());
  const { y, x, energy } = await (await fetch(`${folder}/data.json`)).json();
  const [image, spectra] = [
    await floats('image.f32'),
    await floats('spectra.f32')
  ];
  const channels = energy.size;
  const setup = { ...DEFAULT_SETUP, kind, filters: 8 };
  const grid = validWindows(y.size, x.size, setup.window);
  const { train, test } = splitWindows(grid, y.size, x.size, setup);
  const source = { image, spectra, channels, mask: null };
  const { latentDims, filters, window, batchSize, learningRate } = setup;
  locateWasm('/wasm/');
  const request: ITrainRequest = {
    spec: { kind, latentDims, filters, window, channels },
    dataset: {
      ny: y.size,
      nx: x.size,
      channels,
      image,
      spectra,
      scaling: scalingOf(source)
    },
    train,
    test,
    evaluate: train.slice(0, 1),
    epochs: 1,
    batchSize,
    learningRate,
    seed: 0,
    backend: backend as BackendName,
    evaluateEvery: 0
  };
  return backend === 'wasm' ? tensorEpoch(request) : outcome(backend, request);
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
    const { spectra } = request.dataset;
    const tell = (data: Request): void =>
      scope.onmessage!({ data } as MessageEvent<Request>);
    tell({
      type: 'train',
      request,
      before: { fastest: null, obstacles: {}, notice: '' }
    });
    const { length } = spectra;
    tell({ type: 'spectra', at: 0, length, values: spectra });
  });

window.compareSessions = compareSessions;
window.resumeRun = resumeRun;
window.profileLabels = profileLabels;

window.left = () => ({ buffers: made, tensors: tf.memory().numTensors });

window.refuse = memory => {
  refused = memory;
};
