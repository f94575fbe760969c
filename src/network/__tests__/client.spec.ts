import { NetworkClient } from '../client';
import type { IEvaluation, IProgress } from '../types';
import { InProcessWorker } from './in-process-worker';
import { smallDataset, smallPositions, smallRequest } from './small-data';

function makeClient(): NetworkClient {
  return new NetworkClient(() => new InProcessWorker());
}

function lastWorker(): InProcessWorker {
  return InProcessWorker.all[InProcessWorker.all.length - 1];
}

describe('NetworkClient.train', () => {
  it('trains, reports, evaluates on the way and ends its worker', async () => {
    const progress: IProgress[] = [];
    const evaluations: IEvaluation[] = [];
    const run = makeClient().train(smallRequest({ evaluateEvery: 1 }), {
      onProgress: p => progress.push(p),
      onEvaluation: e => evaluations.push(e)
    });
    const result = await run.done;
    expect(result.epoch).toBe(3);
    expect(result.stopped).toBe(false);
    expect(result.backend).toBe('wasm');
    expect(result.history.train).toHaveLength(3);
    expect(result.history.test.every(Number.isFinite)).toBe(true);
    expect(result.notice).toBe('');
    expect(evaluations.map(e => e.epoch)).toEqual([1, 2]);
    expect(result.evaluation.epoch).toBe(3);
    const n = smallPositions().length;
    expect(result.evaluation.latents).toHaveLength(2 * n);
    expect(result.evaluation.predictions).toHaveLength(20 * n);
    expect(result.parameters.get('enc.3.weight')!.shape).toEqual([4, 4, 3, 3]);
    expect(progress[0]).toMatchObject({ epoch: 0, epochs: 3, steps: 3 });
    expect(progress[progress.length - 1].epoch).toBe(3);
    expect(lastWorker().terminated).toBe(true);
  });

  it('gives the same weights for the same seed, others for another', async () => {
    const client = makeClient();
    const weights = async (seed: number): Promise<Float32Array> => {
      const { done } = client.train(smallRequest({ seed, epochs: 1 }), {});
      return (await done).parameters.get('dec_fc.weight')!.data;
    };
    const first = await weights(3);
    expect(await weights(3)).toEqual(first);
    expect(await weights(4)).not.toEqual(first);
  });

  it('learns: the loss falls', async () => {
    const { history } = await makeClient().train(
      smallRequest({ epochs: 40, learningRate: 5e-3 }),
      {}
    ).done;
    expect(history.train[39]).toBeLessThan(0.2 * history.train[0]);
  });

  it('stops within a batch and keeps the last complete epoch', async () => {
    const client = makeClient();
    const full = await client.train(smallRequest({ epochs: 2 }), {}).done;
    const run = client.train(smallRequest({ epochs: 10000 }), {
      onProgress: p => p.epoch >= 2 && run.stop()
    });
    const result = await run.done;
    expect(result.stopped).toBe(true);
    expect(result.epoch).toBeGreaterThanOrEqual(2);
    expect(result.epoch).toBeLessThan(10000);
    expect(result.history.train).toHaveLength(result.epoch);
    expect(result.history.train.slice(0, 2)).toEqual(full.history.train);
  });

  it('stopped before the first epoch returns the initial weights', async () => {
    const run = makeClient().train(smallRequest({ epochs: 10000 }), {});
    run.stop();
    const result = await run.done;
    expect(result.epoch).toBe(0);
    expect(result.history).toEqual({ train: [], test: [] });
    const mean = result.parameters.get('enc.2.running_mean')!.data;
    expect([...mean]).toEqual([0, 0, 0, 0]);
  });

  it('pauses between batches and goes on to the same result', async () => {
    const client = makeClient();
    const plain = await client.train(smallRequest(), {}).done;
    let reports = 0;
    const run = client.train(smallRequest(), {
      onProgress: () => reports++
    });
    run.pause();
    while (reports === 0) {
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    await new Promise(resolve => setTimeout(resolve, 400));
    const paused = reports;
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(reports).toBe(paused);
    expect(lastWorker().received).not.toContain('result');
    run.resume();
    const result = await run.done;
    expect(result.history).toEqual(plain.history);
    expect(result.stopped).toBe(false);
  });

  it('decodes between two steps and while paused, by the weights as they are', async () => {
    const client = makeClient();
    const z = Float32Array.from([0.1, -0.4, 1.2, 0.3]);
    const run = client.train(smallRequest({ epochs: 10000 }), {});
    const initial = await run.decode(z, 2);
    expect(initial).toHaveLength(40);
    run.pause();
    const first = await run.decode(z, 2);
    await new Promise(resolve => setTimeout(resolve, 200));
    expect(await run.decode(z, 2)).toEqual(first);
    await expect(run.decode(z, 3)).rejects.toThrow('4 values for 3 rows of 2');
    run.resume();
    while (Math.max(...(await run.decode(z, 2))) === Math.max(...first)) {
      // Until a step lies between.
    }
    run.stop();
    await run.done;
    await expect(run.decode(z, 2)).rejects.toThrow('has ended');
  });

  it('decodes at the end of a run like the session of what it trained', async () => {
    const client = makeClient();
    // One step in all: it pauses behind it.
    const request = smallRequest({ epochs: 1, batchSize: 20 });
    const run = client.train(request, {});
    run.pause();
    const z = Float32Array.from([0.1, -0.4, 1.2, 0.3]);
    const live = await run.decode(z, 2);
    run.resume();
    const { parameters } = await run.done;
    const { scaling } = request.dataset;
    const session = await client.open(
      request.spec,
      parameters,
      scaling,
      'wasm'
    );
    const later = await session.decode(z, 2);
    live.forEach((value, i) => expect(later[i]).toBeCloseTo(value, 3));
    session.dispose();
  });

  it('goes back to the last finite epoch where the loss becomes NaN', async () => {
    const result = await makeClient().train(
      smallRequest({ learningRate: 1e30, epochs: 5 }),
      {}
    ).done;
    expect(result.epoch).toBeLessThan(5);
    expect(result.history.train).toHaveLength(result.epoch);
    expect(result.notice).toContain(
      `Loss became NaN at epoch ${result.epoch + 1}`
    );
    expect(result.notice).toContain(`restored epoch ${result.epoch}`);
    for (const { data } of result.parameters.values()) {
      expect(data.every(Number.isFinite)).toBe(true);
    }
  });

  it('merges a trailing batch of one and says so; without test part NaN', async () => {
    const positions = smallPositions();
    const result = await makeClient().train(
      smallRequest({
        train: positions.slice(0, 17),
        test: new Int32Array(0),
        epochs: 1
      }),
      { onProgress: p => expect(p.steps).toBe(2) }
    ).done;
    expect(result.notice).toContain('merged');
    expect(result.history.test).toEqual([NaN]);
  });

  it('trains spec2im with a tail that pooling drops', async () => {
    const spec = { ...smallRequest().spec, kind: 'spec2im' as const };
    const result = await makeClient().train(
      smallRequest({ spec, epochs: 1 }),
      {}
    ).done;
    expect(result.evaluation.predictions).toHaveLength(
      64 * smallPositions().length
    );
  });

  it('rejects with what to do where the request cannot be trained', async () => {
    const client = makeClient();
    const none = client.train(smallRequest({ train: new Int32Array(0) }), {});
    await expect(none.done).rejects.toThrow('no window to train on');
    const spec = { ...smallRequest().spec, channels: 30 };
    const other = client.train(smallRequest({ spec }), {});
    await expect(other.done).rejects.toThrow('takes 30');
    expect(lastWorker().terminated).toBe(true);
  });

  it('rejects when the worker crashes', async () => {
    const run = makeClient().train(smallRequest({ epochs: 10000 }), {});
    const worker = lastWorker();
    setTimeout(
      () => worker.onerror!({ message: 'out of memory' } as ErrorEvent),
      50
    );
    await expect(run.done).rejects.toThrow('worker stopped: out of memory');
    expect(worker.terminated).toBe(true);
  });

  it('rejects what is under way when disposed', async () => {
    const client = makeClient();
    const run = client.train(smallRequest({ epochs: 10000 }), {});
    const rejected = expect(run.done).rejects.toThrow('closed');
    client.dispose();
    client.dispose();
    await rejected;
  });
});

describe('NetworkClient.open', () => {
  it('encodes, decodes and evaluates like the run that trained it', async () => {
    const client = makeClient();
    const request = smallRequest({ epochs: 2 });
    const result = await client.train(request, {}).done;
    const session = await client.open(
      request.spec,
      result.parameters,
      request.dataset.scaling,
      'wasm'
    );
    expect(session.backend).toBe('wasm');
    const positions = smallPositions();
    const again = await session.evaluate(smallDataset(), positions);
    // Sessions are evaluated by TF.js, runs by kernels of our own.
    const { latents, predictions } = result.evaluation;
    expect(again.latents).toHaveLength(latents.length);
    latents.forEach((z, i) => expect(again.latents[i]).toBeCloseTo(z, 5));
    expect(again.predictions).toHaveLength(predictions.length);
    predictions.forEach((v, i) =>
      expect(again.predictions[i]).toBeCloseTo(v, 3)
    );

    const { image, nx } = request.dataset;
    const first = new Float32Array(64);
    for (let r = 0; r < 8; r++) {
      for (let c = 0; c < 8; c++) {
        first[8 * r + c] = image[r * nx + c];
      }
    }
    const z = await session.encode(first, 1);
    expect(z[0]).toBeCloseTo(again.latents[0], 5);
    const spectrum = await session.decode(z, 1);
    expect(spectrum).toHaveLength(20);
    for (let e = 0; e < 20; e++) {
      expect(spectrum[e]).toBeCloseTo(again.predictions[e], 3);
    }
    await expect(session.decode(z, 2)).rejects.toThrow('2 values for 2 rows');
    session.dispose();
    session.dispose();
    await expect(session.decode(z, 1)).rejects.toThrow('closed');
    expect(lastWorker().terminated).toBe(true);
  });

  it('rejects parameters of another network', async () => {
    const client = makeClient();
    const { spec, dataset } = smallRequest();
    await expect(
      client.open(spec, new Map(), dataset.scaling, 'wasm')
    ).rejects.toThrow('enc.0.weight holds 0 of 36 values');
  });
});

describe('NetworkClient.probe', () => {
  it('names the backend and why', async () => {
    const { backend, reason } = await makeClient().probe();
    expect(backend).toBe('wasm');
    expect(reason).toMatch(/^WebAssembly, because .*WebGPU.*WebGL/);
    expect(lastWorker().terminated).toBe(true);
  });
});
