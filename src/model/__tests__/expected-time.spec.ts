import type { ICalibration } from '../../network/types';
import { makeScene, SETUP, type IScene } from './fakes';

/** A panel that is seen, long enough for a measurement. */
async function seen(cores = 2): Promise<IScene> {
  const scene = await makeScene(undefined, null, cores);
  jest.useFakeTimers();
  scene.workspace.setVisible(true);
  await jest.advanceTimersByTimeAsync(600);
  return scene;
}

/** Answers of the client that come when the test says so. */
function slow(client: IScene['client']) {
  const asked: {
    answer(part?: Partial<ICalibration>): void;
    fail(error: Error): void;
    signal?: AbortSignal;
  }[] = [];
  client.calibrate = (request, signal?: AbortSignal) => {
    client.calibrated.push(request.spec);
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
      asked.push({
        signal,
        fail: reject,
        answer: part =>
          resolve({
            backend: 'wasm',
            reason: 'WebAssembly.',
            notice: '',
            millisecondsPerStep: 1,
            secondsPerEpoch: 12,
            device: '2 cores',
            ...part
          })
      });
    });
  };
  return asked;
}

afterEach(() => jest.useRealTimers());

describe('the expected time', () => {
  it('is measured for the shape of the next training', async () => {
    const { workspace, client } = await seen();
    const { expected, data } = workspace;
    expect(client.calibrated).toEqual([
      { kind: 'im2spec', latentDims: 2, filters: 8, window: 4, channels: 16 }
    ]);
    const perEpoch = 0.1 * Math.ceil(data.windows!.train / SETUP.batchSize);
    expect(expected.secondsPerEpoch).toBeCloseTo(perEpoch, 10);
    expect(expected.seconds).toBeCloseTo(3 * perEpoch, 10);
    expect([expected.backend, expected.device]).toEqual(['wasm', '2 cores']);
    expect(expected.measuring).toBe(false);
  });

  it('waits until the setup rests', async () => {
    const { workspace, client } = await seen();
    for (let epochs = 10; epochs < 20; epochs++) {
      workspace.data.change({ epochs });
      await jest.advanceTimersByTimeAsync(300);
    }
    expect(client.calibrated.length).toBe(1);
    expect(workspace.expected.backend).toBeNull();
    await jest.advanceTimersByTimeAsync(600);
    expect(client.calibrated.length).toBe(2);
    expect(workspace.expected.seconds).toBeCloseTo(
      19 * workspace.expected.secondsPerEpoch,
      10
    );
  });

  it('of several networks counts those that train at once', async () => {
    const { workspace, client } = await seen();
    const { data, expected } = workspace;
    data.vary({ latentDims: [2, 10, 4] });
    await jest.advanceTimersByTimeAsync(600);
    expect(client.calibrated.map(spec => spec.latentDims)).toEqual([
      2, 2, 10, 4
    ]);
    // Three on two cores: one and a half times one of them.
    expect(expected.atOnce).toBe(2);
    expect(expected.seconds).toBeCloseTo(
      1.5 * SETUP.epochs * expected.secondsPerEpoch,
      10
    );
  });

  it('is not measured where nobody looks, nor without windows', async () => {
    const { workspace, client } = await seen();
    workspace.setVisible(false);
    workspace.data.change({ filters: 16 });
    await jest.advanceTimersByTimeAsync(2000);
    expect(client.calibrated.length).toBe(1);
    workspace.setVisible(true);
    await jest.advanceTimersByTimeAsync(2000);
    expect(client.calibrated.length).toBe(2);
    workspace.data.change({ window: 5 });
    await jest.advanceTimersByTimeAsync(2000);
    expect(workspace.data.windows).toBeNull();
    expect(client.calibrated.length).toBe(2);
    expect(workspace.expected.backend).toBeNull();
  });

  it('is given up when a training starts, and never asked for during one', async () => {
    const { workspace, client } = await seen();
    const asked = slow(client);
    const { data, expected, training } = workspace;
    data.change({ filters: 16 });
    await jest.advanceTimersByTimeAsync(600);
    expect(expected.measuring).toBe(true);
    training.start();
    expect(asked[0].signal!.aborted).toBe(true);
    expect(expected.measuring).toBe(false);
    data.change({ filters: 24 });
    await jest.advanceTimersByTimeAsync(2000);
    expect(asked.length).toBe(1);
    expect(expected.backend).toBeNull();
    client.runs[0].advance();
    client.runs[0].finish();
    await jest.advanceTimersByTimeAsync(2000);
    expect(asked.length).toBe(2);
    asked[1].answer();
    await jest.advanceTimersByTimeAsync(0);
    expect(expected.secondsPerEpoch).toBe(12);
  });

  it('[B4] says the backend and why where there is no figure', async () => {
    const { workspace, client } = await seen();
    const asked = slow(client);
    workspace.data.change({ filters: 16 });
    await jest.advanceTimersByTimeAsync(600);
    const reason = 'Not measured: no step was done within 60 s.';
    asked[0].answer({ secondsPerEpoch: NaN, reason, device: '' });
    await jest.advanceTimersByTimeAsync(0);
    const { expected } = workspace;
    expect([expected.backend, expected.reason]).toEqual(['wasm', reason]);
    expect(expected.seconds).toBeNaN();
  });

  it('is silent where asking fails', async () => {
    const warned = jest.spyOn(console, 'warn').mockImplementation();
    const { workspace, client } = await seen();
    const asked = slow(client);
    workspace.data.change({ filters: 16 });
    await jest.advanceTimersByTimeAsync(600);
    asked[0].fail(new Error('no worker'));
    await jest.advanceTimersByTimeAsync(0);
    expect(workspace.expected.backend).toBeNull();
    expect(workspace.expected.measuring).toBe(false);
    expect(workspace.training.error).toBe('');
    expect(warned).toHaveBeenCalledTimes(1);
    warned.mockRestore();
  });

  it('tells the queue what the choice of backend comes to', async () => {
    const { workspace, client } = await seen();
    workspace.data.vary({ latentDims: [2, 10] });
    await jest.advanceTimersByTimeAsync(600);
    workspace.training.start();
    // Nobody asked for wasm by name; it was found when the time was measured.
    expect(client.runs.length).toBe(2);
  });
});
