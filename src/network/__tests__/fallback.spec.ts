/** Runs on a machine that fails: which attempts follow, and what they are told. */
import type { BackendName } from '../../signal/types';
import { NetworkClient } from '../client';
import { MemoryProblem } from '../obstacles';
import * as trainers from '../trainers';
import type { IProgress } from '../types';
import { InProcessWorker } from './in-process-worker';
import { smallDataset, smallRequest } from './small-data';

type Create = typeof trainers.createTrainer;
const create = trainers.createTrainer;
let faulty: Create = create;

jest.mock('../trainers', () => {
  const real = jest.requireActual<typeof trainers>('../trainers');
  return {
    ...real,
    createTrainer: ((request, backend) =>
      faulty === create
        ? real.createTrainer(request, backend)
        : faulty(request, backend)) as Create
  };
});

const { createTrainer } = jest.requireActual<typeof trainers>('../trainers');

/** Trainers of a backend with memory for batches of so many. */
function roomFor(batch: { readonly [backend in BackendName]?: number }): void {
  faulty = async (request, backend) => {
    if (request.batchSize > (batch[backend] ?? Infinity)) {
      throw new MemoryProblem('The GPU has too little memory.');
    }
    return createTrainer(request, backend);
  };
}

function bytes({ buffer }: Float32Array): Uint8Array {
  return new Uint8Array(buffer);
}

function makeClient(): NetworkClient {
  InProcessWorker.all.length = 0;
  return new NetworkClient(() => new InProcessWorker());
}

/** Twice the 20 windows of the small data: batches of 32 and 16 differ. */
function request(changes: Parameters<typeof smallRequest>[0] = {}) {
  const { train } = smallRequest();
  return smallRequest({
    train: Int32Array.of(...train, ...train),
    batchSize: 32,
    epochs: 1,
    ...changes
  });
}

afterEach(() => {
  faulty = create;
});

describe('a run', () => {
  it('[B3] trains with half the batch where memory runs out, and says so', async () => {
    roomFor({ wasm: 16 });
    const seen: IProgress[] = [];
    const run = makeClient().train(request(), {
      onProgress: progress => seen.push(progress)
    });
    const { notice, history, backend, batchSize } = await run.done;
    expect(batchSize).toBe(16);
    expect(notice).toContain(
      'WebAssembly has too little memory for batches of 32 windows: batches of 16 are used.'
    );
    expect(backend).toBe('wasm');
    expect(seen[seen.length - 1]).toMatchObject({ steps: 3, notice });
    const plain = await makeClient().train(request({ batchSize: 16 }), {}).done;
    expect(history).toEqual(plain.history);
  });

  it('[B3] takes the next backend, with the whole batch, where no half fits', async () => {
    roomFor({ wasm: 7 });
    const client = makeClient();
    const { notice, backend } = await client.train(request(), {}).done;
    expect(backend).toBe('cpu');
    expect(notice).toBe(
      'WebAssembly was asked for, plain JavaScript is used: WebAssembly has ' +
        'too little memory even for batches of 8 windows; ' +
        'this browser has no WebGPU; this browser has no WebGL in workers.'
    );
    expect(InProcessWorker.all).toHaveLength(4);
    expect(InProcessWorker.all.every(worker => worker.terminated)).toBe(true);
  });

  it('[B3] ends with what the last backend said where nothing is left', async () => {
    roomFor({ wasm: 1, cpu: 1 });
    const { done } = makeClient().train(request(), {});
    await expect(done).rejects.toThrow('too little memory');
    expect(InProcessWorker.all.every(worker => worker.terminated)).toBe(true);
  });

  it('hands pauses, stops and questions on to the next attempt', async () => {
    roomFor({ wasm: 16 });
    const run = makeClient().train(request({ epochs: 10_000 }), {});
    run.pause();
    const z = Float32Array.of(0.1, 0.2);
    expect(await run.decode(z, 1)).toHaveLength(20);
    expect(InProcessWorker.all).toHaveLength(2);
    run.stop();
    const { stopped, notice } = await run.done;
    expect(stopped).toBe(true);
    expect(notice).toContain('batches of 16');
  });

  it('does not try again what is wrong with the request', async () => {
    const client = makeClient();
    await expect(
      client.train(request({ train: new Int32Array(0) }), {}).done
    ).rejects.toThrow('no window');
    expect(InProcessWorker.all).toHaveLength(1);
  });
});

describe('a worker that ends', () => {
  /** Ends the run's worker as a crash does, once it has made a checkpoint in the middle of an epoch. */
  const crash = (): void => {
    const worker = InProcessWorker.all[InProcessWorker.all.length - 1];
    worker.terminate();
    worker.onerror?.({ message: 'out of luck' } as ErrorEvent);
  };

  it('[B10] is followed by one that goes on from the last checkpoint, and says so', async () => {
    const wanted = await makeClient().train(request({ epochs: 4 }), {}).done;
    const seen: IProgress[] = [];
    let crashes = 0;
    const run = makeClient().train(
      request({ epochs: 4, checkpointEvery: 1e-9 }),
      {
        onProgress: progress => seen.push(progress),
        onCheckpoint: ({ epoch, begun }) => {
          if (crashes < 3 && epoch >= crashes && begun) {
            crashes++;
            crash();
          }
        }
      }
    );
    const { history, notice, parameters } = await run.done;
    expect(crashes).toBe(3);
    expect(InProcessWorker.all).toHaveLength(4);
    expect(history).toEqual(wanted.history);
    expect([...parameters]).toEqual([...wanted.parameters]);
    expect(notice).toContain(
      "The network's worker stopped: out of luck; resumed from epoch 2."
    );
    expect(seen[seen.length - 1].notice).toBe(notice);
  });

  it('[B10] before any checkpoint is followed by one that begins again', async () => {
    // Long enough for a report of progress.
    const long = request({ epochs: 300 });
    const wanted = await makeClient().train(long, {}).done;
    let once = true;
    const run = makeClient().train(long, {
      onProgress: ({ epoch, step }) => {
        if (once && epoch + step > 0) {
          once = false;
          crash();
        }
      }
    });
    const { history, notice } = await run.done;
    expect(once).toBe(false);
    expect(history).toEqual(wanted.history);
    expect(notice).toContain('out of luck; the run began again.');
  });

  it('[B10] is given up where it ends again and again at the same place', async () => {
    let started = 0;
    faulty = async (asked, backend) => {
      const made = await createTrainer(asked, backend);
      started++;
      return made;
    };
    const run = makeClient().train(request({ epochs: 100_000 }), {
      onProgress: ({ epoch, step }) => {
        if (epoch + step > 0) {
          crash();
        }
      }
    });
    await expect(run.done).rejects.toThrow(
      'Train again; if it happens again, choose a smaller batch'
    );
    expect(started).toBe(6);
  });

  it('[B10] whose code cannot be loaded is not tried again', async () => {
    const client = makeClient();
    const { done } = client.train(request(), {});
    crash();
    await expect(done).rejects.toThrow("The network's worker stopped");
    expect(InProcessWorker.all).toHaveLength(1);
  });
});

describe('spectra on their way to a worker', () => {
  it('go in slices, arrive whole, and leave the page its own', async () => {
    // Three slices: the worker's are put together from 2^20 values each.
    const dataset = smallDataset();
    const channels = 15_000;
    const { ny, nx } = dataset;
    const spectra = new Float32Array(ny * nx * channels);
    spectra.set([1, 2, 3], 2 ** 20 - 1);
    spectra.set([4, 5, 6], 2 ** 21 - 1);
    spectra[spectra.length - 1] = 7;
    const client = makeClient();
    const session = await (async () => {
      const { spec, scaling } = {
        spec: { ...request().spec, kind: 'spec2im' as const, channels: 20 },
        scaling: dataset.scaling
      };
      const { parameters } = await client.train(request({ spec }), {}).done;
      return client.open(spec, parameters, scaling, 'wasm');
    })();
    const wide = { ...dataset, channels, spectra };
    await expect(session.evaluate(wide, Int32Array.of(60))).rejects.toThrow(
      'spectra of 15000 channels'
    );
    const posted = InProcessWorker.all[1].slices;
    expect(posted.map(({ at, length }) => [at, length])).toEqual([
      [0, spectra.length],
      [2 ** 20, spectra.length],
      [2 ** 21, spectra.length]
    ]);
    const joined = new Float32Array(spectra.length);
    posted.forEach(({ at, values }) => joined.set(values, at));
    expect(Buffer.compare(bytes(joined), bytes(spectra))).toBe(0);
    // One after the other, in the order asked for.
    const both = [60, 61].map(position =>
      session.evaluate(dataset, Int32Array.of(position))
    );
    const [a, b] = await Promise.all(both);
    const again = await session.evaluate(dataset, Int32Array.of(60, 61));
    expect([...a.latents, ...b.latents]).toEqual([...again.latents]);
    session.dispose();
  });
});
