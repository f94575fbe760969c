import { NetworkClient } from '../client';
import type { IWorkerLike, Request, Response } from '../messages';
import type { ICalibrationRequest } from '../types';
import { InProcessWorker } from './in-process-worker';
import { smallRequest } from './small-data';

const REQUEST: ICalibrationRequest = {
  spec: smallRequest().spec,
  windows: 20,
  batchSize: 8,
  backend: 'wasm'
};

/** A worker that answers when the test says so. */
class SilentWorker implements IWorkerLike {
  onmessage: IWorkerLike['onmessage'] = null;
  onerror: IWorkerLike['onerror'] = null;
  onmessageerror: IWorkerLike['onmessageerror'] = null;
  readonly got: Request[] = [];
  terminated = false;

  postMessage(message: Request): void {
    this.got.push(message);
  }

  terminate(): void {
    this.terminated = true;
  }

  answer(data: Response): void {
    this.onmessage?.({ data } as MessageEvent<Response>);
  }

  calibrated(backend: 'wasm' | 'webgpu', batchSize = 8): void {
    this.answer({
      type: 'calibrated',
      batchSize,
      calibration: {
        backend,
        reason: 'It is.',
        notice: '',
        millisecondsPerStep: 100,
        secondsPerEpoch: 0.1,
        device: '2 cores'
      }
    });
  }
}

function silent(): { client: NetworkClient; workers: SilentWorker[] } {
  const workers: SilentWorker[] = [];
  const client = new NetworkClient(() => {
    workers.push(new SilentWorker());
    return workers[workers.length - 1];
  });
  return { client, workers };
}

describe('NetworkClient.calibrate', () => {
  it('trains on the shape in a worker that ends, and scales to an epoch', async () => {
    const client = new NetworkClient(() => new InProcessWorker());
    const found = await client.calibrate(REQUEST);
    expect(found.backend).toBe('wasm');
    expect(found.device).toBe('1 core');
    expect(found.notice).toBe('');
    expect(found.millisecondsPerStep).toBeGreaterThan(0);
    // 20 windows by 8: three steps.
    expect(found.secondsPerEpoch).toBeCloseTo(
      (3 * found.millisecondsPerStep) / 1000,
      9
    );
    const worker = InProcessWorker.all[InProcessWorker.all.length - 1];
    expect(worker.received).toEqual(['calibrated']);
    expect(worker.terminated).toBe(true);
    const again = await client.calibrate({ ...REQUEST, windows: 40 });
    expect(InProcessWorker.all[InProcessWorker.all.length - 1]).toBe(worker);
    expect(again.secondsPerEpoch).toBeCloseTo(
      (5 * found.millisecondsPerStep) / 1000,
      9
    );
  });

  it('[B4] gives a figure for plain JavaScript too', async () => {
    const client = new NetworkClient(() => new InProcessWorker());
    const spec = { ...REQUEST.spec, filters: 2 };
    const found = await client.calibrate({ ...REQUEST, spec, backend: 'cpu' });
    expect(found).toMatchObject({ backend: 'cpu', device: '1 core' });
    expect(found.secondsPerEpoch).toBeGreaterThan(0);
  });

  it('says why there is no figure', async () => {
    const client = new NetworkClient(() => new InProcessWorker());
    const spec = { ...REQUEST.spec, window: 7 };
    const found = await client.calibrate({ ...REQUEST, spec });
    expect(found.millisecondsPerStep).toBeNaN();
    expect(found.secondsPerEpoch).toBeNaN();
    expect(found.reason).toMatch(/^Not measured: .*indow/);
    expect(InProcessWorker.all[InProcessWorker.all.length - 1].terminated).toBe(
      true
    );
  });

  it('asks once for callers of one shape, and again for another', async () => {
    const { client, workers } = silent();
    const both = [client.calibrate(REQUEST), client.calibrate(REQUEST)];
    const other = client.calibrate({ ...REQUEST, batchSize: 16 });
    expect(workers).toHaveLength(2);
    workers.forEach(worker => worker.calibrated('wasm'));
    expect(await both[0]).toEqual(await both[1]);
    await other;
    await client.calibrate(REQUEST);
    expect(workers).toHaveLength(2);
  });

  it('counts steps by the batch that was measured', async () => {
    const { client, workers } = silent();
    const found = client.calibrate({ ...REQUEST, batchSize: 16 });
    workers[0].calibrated('webgpu', 8);
    expect((await found).secondsPerEpoch).toBeCloseTo(0.3, 9);
  });

  it('ends its worker when all who asked have given up', async () => {
    const { client, workers } = silent();
    const [one, two] = [new AbortController(), new AbortController()];
    const found = client.calibrate(REQUEST, one.signal);
    const other = client.calibrate(REQUEST, two.signal);
    const rejected = expect(found).rejects.toThrow('abort');
    one.abort();
    await rejected;
    expect(workers[0].terminated).toBe(false);
    const also = expect(other).rejects.toThrow('abort');
    two.abort();
    await also;
    expect(workers[0].terminated).toBe(true);
    await expect(client.calibrate(REQUEST, two.signal)).rejects.toThrow(
      'abort'
    );
    const again = client.calibrate(REQUEST);
    workers[1].calibrated('wasm');
    expect((await again).millisecondsPerStep).toBe(100);
  });

  it('makes way for a run, which takes what was found fastest', async () => {
    const { client, workers } = silent();
    const auto = { ...REQUEST, backend: 'auto' as const };
    const known = client.calibrate(auto);
    workers[0].calibrated('wasm');
    await known;
    const wide = client.calibrate({ ...auto, batchSize: 16 });
    const run = client.train(smallRequest({ backend: 'auto' }), {});
    expect((await wide).reason).toBe('Not measured: A run has started.');
    expect(workers[1].terminated).toBe(true);
    expect(workers[2].got[0]).toMatchObject({
      type: 'train',
      before: { fastest: 'wasm' }
    });
    const named = client.train(smallRequest(), {});
    expect(workers[3].got[0]).toMatchObject({ before: { fastest: null } });
    const ended = [run, named].map(each =>
      expect(each.done).rejects.toThrow('closed')
    );
    client.dispose();
    await Promise.all(ended);
  });
});
