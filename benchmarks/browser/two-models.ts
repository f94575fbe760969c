/**
 * Entry of the bundle of two_models.py: the page that starts a worker for each
 * model of a job at the same time, or one of these workers.
 */
import { startBackend } from '../../src/network/backends';
import { createTrainer } from '../../src/network/trainers';
import type { ITrainer } from '../../src/network/training';
import type { INetworkSpec } from '../../src/network/types';
import { nextTask } from '../../src/signal/next-task';
import { hasRelaxedSimd } from '../../src/network/wasm/kernels';
import { locateFiles } from './files';
import { synthetic } from './synthetic';

/** Models that train at the same time, one worker each. */
interface ITogether {
  readonly id: number;
  readonly specs: readonly INetworkSpec[];
  readonly batchSize: number;
  /** Steps of each model that are timed. */
  readonly steps: number;
}

/** What a worker says when it has warmed up, and after its steps. */
interface IAnswer {
  readonly error?: string;
  readonly trainer: string;
  readonly notice: string;
}

const WARM = 3;

async function post(path: string, message: unknown): Promise<Response> {
  return fetch(path, { method: 'POST', body: JSON.stringify(message) });
}

/** Works through the driver's jobs. */
async function serve(): Promise<void> {
  await post('/report', {
    type: 'machine',
    machine: {
      browser: /Chrome\/[\d.]+/.exec(navigator.userAgent)?.[0] ?? '',
      cores: navigator.hardwareConcurrency,
      relaxedSimd: hasRelaxedSimd()
    }
  });
  for (;;) {
    const answer = await post('/job', {});
    if (answer.status === 200) {
      const job = (await answer.json()) as ITogether;
      const row = await together(job).catch(error => ({ error: `${error}` }));
      await post(
        '/report',
        'error' in row
          ? { type: 'failed', id: job.id, text: row.error }
          : { type: 'row', id: job.id, row }
      );
    }
  }
}

/** Seconds until the last of the models has done its steps. */
async function together({ specs, batchSize, steps }: ITogether): Promise<{
  seconds: number;
  trainers: string[];
  notices: string[];
}> {
  const workers = specs.map(() => new Worker('/training.js'));
  const ask = (worker: Worker, message: unknown): Promise<IAnswer> =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => {
        const answer = data as IAnswer;
        if (answer.error) {
          reject(new Error(answer.error));
        } else {
          resolve(answer);
        }
      };
      worker.onerror = event => reject(new Error(event.message));
      worker.postMessage(message);
    });
  try {
    const ready = await Promise.all(
      workers.map((worker, i) =>
        ask(worker, { spec: specs[i], batchSize, steps })
      )
    );
    const begun = performance.now();
    await Promise.all(workers.map(worker => ask(worker, 'go')));
    return {
      seconds: (performance.now() - begun) / 1000,
      trainers: ready.map(({ trainer }) => trainer),
      notices: ready.map(({ notice }) => notice)
    };
  } finally {
    workers.forEach(worker => worker.terminate());
  }
}

/** Sets a model up, then trains it when it is told to. */
function work(): void {
  let trainer: ITrainer | null = null;
  let steps = 0;
  const handle = async (data: unknown): Promise<IAnswer> => {
    if (data !== 'go') {
      const job = data as {
        spec: INetworkSpec;
        batchSize: number;
        steps: number;
      };
      steps = job.steps;
      locateFiles();
      const { backend, notice } = await startBackend('wasm');
      const data_ = synthetic(job.spec, job.batchSize * steps, 0);
      const chosen = await createTrainer(
        {
          ...data_,
          spec: job.spec,
          evaluate: new Int32Array(0),
          epochs: 1e6,
          batchSize: job.batchSize,
          learningRate: 1e-3,
          seed: 0,
          backend,
          evaluateEvery: 0
        },
        backend
      );
      trainer = chosen.trainer;
      await run(trainer, WARM);
      return {
        trainer: trainer.constructor.name.replace(/^_/, ''),
        notice: [notice, chosen.notice].filter(Boolean).join(' ')
      };
    }
    await run(trainer!, steps);
    return { trainer: '', notice: '' };
  };
  self.onmessage = ({ data }: MessageEvent) => {
    handle(data).then(
      answer => self.postMessage(answer),
      error => self.postMessage({ error: `${error}` })
    );
  };
}

/** As runs do it: messages are let in between two steps. */
async function run(trainer: ITrainer, steps: number): Promise<void> {
  for (let i = 0; i < steps; i++) {
    trainer.step();
    if (trainer.epochDone) {
      await trainer.finishEpoch();
      if (trainer.diverged) {
        throw new Error('The loss is not finite.');
      }
    }
    await trainer.settle();
    await nextTask();
  }
}

if (typeof document === 'undefined') {
  work();
} else {
  void serve();
}
