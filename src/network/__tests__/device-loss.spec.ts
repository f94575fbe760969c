/** GPUs that go, in what the page does about it; real ones go in ui-tests/tests/gpu-loss. */
import { NetworkClient } from '../client';
import { guarded } from '../guarded-trainer';
import type { IPredictor } from '../inference';
import { DeviceLoss } from '../obstacles';
import * as predictors from '../predictors';
import * as trainers from '../trainers';
import type { ITrainer } from '../training';
import { InProcessWorker } from './in-process-worker';
import { smallDataset, smallPositions, smallRequest } from './small-data';

/** Calls after which the GPU goes, a worker each; the rest keep theirs. */
const losses: { trainer: number[]; predictor: number[] } = {
  trainer: [],
  predictor: []
};

/** The same object, one of whose methods finds that the GPU has gone after so many calls. */
function losing<T extends object>(
  sound: T,
  methods: readonly (keyof T)[],
  after = Infinity
): T {
  let calls = 0;
  return new Proxy(sound, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') {
        return value;
      }
      return (...values: unknown[]) => {
        if (methods.includes(key as keyof T) && ++calls > after) {
          throw new DeviceLoss('The WebGPU device was lost: it was reset.');
        }
        return value.apply(target, values) as unknown;
      };
    }
  });
}

jest.mock('../trainers', () => {
  const real = jest.requireActual<typeof trainers>('../trainers');
  const createTrainer: typeof real.createTrainer = async (...of) => {
    const made = await real.createTrainer(...of);
    const after = losses.trainer.shift();
    return { ...made, trainer: losing(made.trainer, ['step'], after) };
  };
  return { ...real, createTrainer };
});

jest.mock('../predictors', () => {
  const real = jest.requireActual<typeof predictors>('../predictors');
  const openPredictor: typeof real.openPredictor = async (...of) =>
    losing<IPredictor>(
      await real.openPredictor(...of),
      ['decode', 'evaluate'],
      losses.predictor.shift()
    );
  return { ...real, openPredictor };
});

function makeClient(): NetworkClient {
  InProcessWorker.all.length = 0;
  return new NetworkClient(() => new InProcessWorker());
}

beforeEach(() => {
  losses.trainer = [];
  losses.predictor = [];
});

describe('a run whose GPU is lost', () => {
  it('[B2] goes on from its last checkpoint on a GPU made anew, and says so', async () => {
    const request = smallRequest({ epochs: 4, checkpointEvery: 1e-9 });
    const wanted = await makeClient().train(request, {}).done;
    losses.trainer = [7, 2];
    const { history, parameters, notice, backend } = await makeClient().train(
      request,
      {}
    ).done;
    expect(InProcessWorker.all).toHaveLength(3);
    expect(notice).toBe('GPU was reset; resumed from epoch 3.');
    expect(backend).toBe('wasm');
    expect(history).toEqual(wanted.history);
    expect([...parameters]).toEqual([...wanted.parameters]);
  });

  it('[B2] again and again at the same place is taken over by the next backend', async () => {
    const request = smallRequest({ epochs: 4, checkpointEvery: 1e-9 });
    losses.trainer = [7, 0, 0, 0, 0, 0];
    const { history, notice, backend, epoch } = await makeClient().train(
      request,
      {}
    ).done;
    expect(InProcessWorker.all).toHaveLength(7);
    expect(backend).toBe('cpu');
    expect(notice).toContain(
      'plain JavaScript is used: WebAssembly failed (the GPU was reset 6 times in a row); '
    );
    expect(notice).toContain('GPU was reset; resumed from epoch 2.');
    expect(epoch).toBe(4);
    expect(history.train.every(Number.isFinite)).toBe(true);
  });

  it('[B2] before its first step is tried once more, then the next backend is taken', async () => {
    losses.trainer = [0, 0];
    const { notice, backend, epoch } = await makeClient().train(
      smallRequest(),
      {}
    ).done;
    expect([backend, epoch]).toEqual(['cpu', 3]);
    expect(notice).toContain('the GPU was reset 2 times in a row');
    expect(notice).not.toContain('resumed');
  });

  it('[B2] goes on from the checkpoint that it began with where it has made none', async () => {
    const client = makeClient();
    let kept: unknown = null;
    await client.train(smallRequest({ epochs: 2, checkpointEvery: 1e-9 }), {
      onCheckpoint: checkpoint => {
        kept = checkpoint.begun ? kept : checkpoint;
      }
    }).done;
    losses.trainer = [4];
    const { notice, history } = await client.train(
      smallRequest({
        epochs: 5,
        resume: kept as ReturnType<typeof smallRequest>['resume']
      }),
      {}
    ).done;
    expect(notice).toBe('GPU was reset; resumed from epoch 2.');
    expect(history).toEqual(
      (await client.train(smallRequest({ epochs: 5 }), {}).done).history
    );
  });
});

describe('a guarded trainer', () => {
  it('[B2] gives nothing away that was read from a GPU that has gone', async () => {
    let there = true;
    const trainer = guarded(
      {
        epoch: 3,
        evaluate: async () => 'zeros',
        step: () => undefined
      } as unknown as ITrainer,
      async () => {
        if (!there) {
          throw new DeviceLoss('The WebGL context was lost: it was.');
        }
      }
    );
    expect(trainer.epoch).toBe(3);
    expect(await trainer.evaluate()).toBe('zeros');
    there = false;
    expect(trainer.step()).toBeUndefined();
    await expect(trainer.evaluate()).rejects.toThrow(DeviceLoss);
  });
});

describe('an opened network whose GPU is lost', () => {
  const open = async (client: NetworkClient) => {
    const request = smallRequest({ epochs: 1 });
    const { parameters } = await client.train(request, {}).done;
    const { scaling } = request.dataset;
    return () => client.open(request.spec, parameters, scaling, 'wasm');
  };
  const z = Float32Array.of(0.1, -0.4, 1.2, 0.3);

  it('[B2] is opened again and answers what it was asked', async () => {
    const client = makeClient();
    const opened = await open(client);
    const sound = await opened();
    const wanted = await sound.decode(z, 2);
    const maps = await sound.evaluate(smallDataset(), smallPositions());
    sound.dispose();
    losses.predictor = [1, 0];
    const session = await opened();
    expect(await session.decode(z, 2)).toEqual(wanted);
    const [again, evaluated] = await Promise.all([
      session.decode(z, 2),
      session.evaluate(smallDataset(), smallPositions())
    ]);
    expect(again).toEqual(wanted);
    expect(evaluated).toEqual(maps);
    // The run's, that of the sound one, and three.
    expect(InProcessWorker.all).toHaveLength(5);
    expect(session.backend).toBe('wasm');
    session.dispose();
    expect(InProcessWorker.all.every(worker => worker.terminated)).toBe(true);
    await expect(session.decode(z, 2)).rejects.toThrow('closed');
  });

  it('[B2] is opened by the next backend where its GPU is lost again and again', async () => {
    const client = makeClient();
    const opened = await open(client);
    losses.predictor = [0, 0, 0];
    const session = await opened();
    expect(session.backend).toBe('wasm');
    expect(await session.decode(z, 2)).toHaveLength(40);
    expect(session.backend).toBe('cpu');
    session.dispose();
  });

  it('[B10] is opened again where its worker ends', async () => {
    const client = makeClient();
    const opened = await open(client);
    const session = await opened();
    const wanted = await session.decode(z, 2);
    const worker = InProcessWorker.all[InProcessWorker.all.length - 1];
    const asked = session.decode(z, 2);
    worker.terminate();
    worker.onerror?.({ message: 'out of luck' } as ErrorEvent);
    expect(await asked).toEqual(wanted);
    session.dispose();
  });
});
