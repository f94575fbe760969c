/** Runs that are stopped at any moment. */
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { NetworkClient } from '../client';
import * as trainers from '../trainers';
import type { ICheckpoint, ITrainResult } from '../types';
import { InProcessWorker } from './in-process-worker';
import { smallPositions, smallRequest } from './small-data';

/** What the trainers did, by name of the method, with when. */
const done: string[] = [];
/** Called before each of them. */
let before: () => void = () => undefined;

jest.mock('../trainers', () => {
  const real = jest.requireActual<typeof trainers>('../trainers');
  const createTrainer: typeof real.createTrainer = async (...of) => {
    const made = await real.createTrainer(...of);
    const trainer = new Proxy(made.trainer, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') {
          return value;
        }
        return (...values: unknown[]) => {
          done.push(String(key));
          before();
          return value.apply(target, values) as unknown;
        };
      }
    });
    return { ...made, trainer };
  };
  return { ...real, createTrainer };
});

const EPOCHS = 4;
const REQUEST = { epochs: EPOCHS, checkpointEvery: 1e-9, evaluateEvery: 1 };

function makeClient(): NetworkClient {
  InProcessWorker.all.length = 0;
  return new NetworkClient(() => new InProcessWorker());
}

/** Lets so many turns of the event loop pass. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await new Promise(resolve => setImmediate(resolve));
  }
}

afterEach(() => {
  before = () => undefined;
});

describe.each([
  ['wasm', 16],
  ['cpu', 5]
] as const)('a run on %s', (backend, numRuns) => {
  const request = smallRequest({ ...REQUEST, backend });
  /** What the undisturbed run had at the end of each epoch. */
  const kept = new Map<number, ICheckpoint>();
  let wanted: ITrainResult;
  /** Calls of its trainer. */
  let calls = 0;

  beforeAll(async () => {
    done.length = 0;
    wanted = await makeClient().train(request, {
      onCheckpoint: checkpoint => {
        if (!checkpoint.begun) {
          kept.set(checkpoint.epoch, checkpoint);
        }
      }
    }).done;
    calls = done.length;
  });

  /** The weights and losses of the last complete epoch, whatever that is, and nothing left behind. */
  const expectKept = async (
    result: ITrainResult,
    tensors: number
  ): Promise<void> => {
    const { epoch, history, parameters, evaluation, stopped } = result;
    expect(stopped).toBe(epoch < EPOCHS);
    expect(history.train).toEqual(wanted.history.train.slice(0, epoch));
    expect(history.test).toEqual(wanted.history.test.slice(0, epoch));
    if (epoch > 0) {
      expect([...parameters]).toEqual([...kept.get(epoch)!.parameters]);
      expect(evaluation.latents).toHaveLength(2 * smallPositions().length);
    } else {
      expect(evaluation.latents).toHaveLength(0);
    }
    expect(evaluation.epoch).toBe(epoch);
    expect(InProcessWorker.all.every(worker => worker.terminated)).toBe(true);
    // What was asked of the trainer last is to go.
    await turns(3);
    expect(done[done.length - 1]).toBe('dispose');
    expect(tf.memory().numTensors).toBe(tensors);
  };

  it('[B7] stopped before any of its calls ends within a step, with the last complete epoch', async () => {
    let reached = 0;
    // The last calls may come or not: checkpoints and pauses go by the clock.
    const last = calls - 6;
    await fc.assert(
      fc.asyncProperty(fc.nat(last), async moment => {
        const tensors = tf.memory().numTensors;
        done.length = 0;
        let at = -1;
        const run = makeClient().train(request, {});
        before = () => {
          if (done.length - 1 === moment) {
            at = done.length;
            run.stop();
          }
        };
        const result = await run.done;
        await expectKept(result, tensors);
        reached += at > 0 ? 1 : 0;
        // The one that is under way, and the one that it is followed by before the message arrives.
        const steps = done.slice(at).filter(name => name === 'step');
        expect(steps.length).toBeLessThanOrEqual(2);
      }),
      { numRuns, seed: 7, examples: [[0], [1], [last]] }
    );
    expect(reached).toBeGreaterThanOrEqual(numRuns - 1);
  });

  it('[B7] stopped after so many turns of the page is the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(120), async moment => {
        const tensors = tf.memory().numTensors;
        done.length = 0;
        const run = makeClient().train(request, {});
        await turns(moment);
        run.stop();
        await expectKept(await run.done, tensors);
      }),
      { numRuns, seed: 8, examples: [[0], [1], [2], [3]] }
    );
  });

  it('[B7] closed with its panel ends too, and leaves nothing', async () => {
    for (const moment of [0, 2, 5, 20, 60]) {
      const tensors = tf.memory().numTensors;
      done.length = 0;
      const client = makeClient();
      const run = client.train(smallRequest({ ...request, epochs: 1000 }), {});
      const ended = expect(run.done).rejects.toThrow('The panel was closed');
      await turns(moment);
      client.dispose();
      await ended;
      await turns(40);
      expect(tf.memory().numTensors).toBe(tensors);
    }
  });
});

describe('a calibration', () => {
  it('[B7] that is given up at any moment leaves no worker', async () => {
    const { spec, train, batchSize } = smallRequest();
    let given = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(12), async moment => {
        const client = makeClient();
        const abort = new AbortController();
        const asked = client.calibrate(
          { spec, windows: train.length, batchSize, backend: 'wasm' },
          abort.signal
        );
        const [ended] = await Promise.all([
          asked.then(
            ({ reason }) => reason,
            error => String(error)
          ),
          turns(moment).then(() => abort.abort())
        ]);
        // It may have been done before.
        expect(ended).toMatch(/aborted|^WebAssembly\.$/);
        given += ended.includes('aborted') ? 1 : 0;
        expect(InProcessWorker.all.map(worker => worker.terminated)).toEqual([
          true
        ]);
      }),
      { numRuns: 4, seed: 9, examples: [[0]] }
    );
    expect(given).toBeGreaterThan(0);
  });
});
