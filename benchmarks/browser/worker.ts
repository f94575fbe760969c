/** The worker: measures one job and sends its row and what PyTorch needs to repeat it. */
import * as tf from '@tensorflow/tfjs-core';
import { architecture } from '../../src/network/architecture';
import { messageOf, startBackend } from '../../src/network/backends';
import { createTrainer, tensorTrainer } from '../../src/network/trainers';
import type { ITrainer } from '../../src/network/training';
import type { ITrainRequest } from '../../src/network/types';
import { threadsHere, wantThreads } from '../../src/network/wasm/crew';
import { WasmTrainer } from '../../src/network/wasm/wasm-trainer';
import { sendCheck } from './check';
import { countGpu, type ICounts } from './counters';
import { locateFiles } from './files';
import { Drive, measure } from './measure';
import { report, type IJob, type IProfileRow } from './messages';
import { profile } from './profile';
import { synthetic } from './synthetic';

/** Answers one job with '' or with why it failed; rows go to the driver. */
export function runJob(): void {
  const counts = countGpu();
  self.onmessage = ({ data }: MessageEvent<IJob>) => {
    work(data, counts).then(
      () => self.postMessage(''),
      error => self.postMessage(messageOf(error))
    );
  };
}

async function work(job: IJob, counts: ICounts): Promise<void> {
  const say = (text: string): Promise<void> =>
    report({ type: 'progress', id: job.id, text });
  locateFiles();
  wantThreads(job.threads);
  const { backend, notice, device, software } = await startBackend(job.backend);
  if (backend !== job.backend) {
    throw new Error(notice);
  }
  await say('data');
  const request = requestOf(job, job.windows, job.tests, job.batchSize);
  await say('first step');
  const begun = performance.now();
  const { trainer, notice: told } = await make(job, request);
  const drive = new Drive(trainer);
  await drive.steps(1);
  const start = performance.now() - begun;
  const before = { ...counts };
  const counted = Math.min(4, trainer.steps - 2);
  await drive.steps(counted);
  const [dispatches, submissions] = [
    (counts.dispatches - before.dispatches) / counted,
    (counts.submissions - before.submissions) / counted
  ];
  await say('steps');
  const times = await measure(trainer, job.seconds, job.repeats);
  const gpuBytes = counts.bytes;
  const losses = [...trainer.history.train];
  const { name } = trainer.constructor;
  trainer.dispose();
  let checked: readonly number[] = [];
  if (job.check.batches > 0) {
    await say('check');
    checked = await check(job);
  }
  let kernels: IProfileRow[] = [];
  if (job.profile) {
    await say('profile');
    kernels = await profile(job, software);
  }
  await report({
    type: 'row',
    id: job.id,
    row: {
      ...times,
      trainer: name,
      notice: [notice, told].filter(Boolean).join(' '),
      device,
      software,
      threads: trainer instanceof WasmTrainer ? threadsHere() : 1,
      start,
      dispatches,
      submissions,
      gpuBytes,
      heapBytes: heap(),
      losses: losses.length > 1 ? losses : checked,
      profile: kernels
    }
  });
}

function requestOf(
  { spec, backend }: IJob,
  windows: number,
  tests: number,
  batchSize: number
): ITrainRequest {
  const { dataset, train, test } = synthetic(spec, windows, tests);
  return {
    spec,
    dataset,
    train,
    test,
    evaluate: new Int32Array(0),
    epochs: 1e6,
    batchSize,
    learningRate: 1e-3,
    seed: 0,
    backend,
    evaluateEvery: 0
  };
}

async function make(
  job: IJob,
  request: ITrainRequest
): Promise<{ trainer: ITrainer; notice: string }> {
  return job.tfjs
    ? { trainer: tensorTrainer(architecture(job.spec), request), notice: '' }
    : createTrainer(request, tf.getBackend() as IJob['backend']);
}

/** Losses of two short epochs, sent with all that another program needs to repeat them. */
async function check(job: IJob): Promise<readonly number[]> {
  const { batchSize, batches } = job.check;
  const request = requestOf(job, batchSize * batches, 0, batchSize);
  const { trainer } = await make(job, request);
  const drive = new Drive(trainer);
  await drive.epoch();
  await drive.epoch();
  const losses = [...trainer.history.train];
  trainer.dispose();
  await sendCheck(job, request, losses);
  return losses;
}

/** Bytes of JavaScript's heap where the browser says; 0 elsewhere. */
function heap(): number {
  const { memory } = performance as unknown as {
    memory?: { usedJSHeapSize: number };
  };
  return memory?.usedJSHeapSize ?? 0;
}
