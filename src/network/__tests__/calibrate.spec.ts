import type { BackendName } from '../../signal/types';
import type { IStartedBackend } from '../backends';
import { calibrate, type IMachine } from '../calibrate';
import { MemoryProblem } from '../obstacles';
import type { ICalibrationRequest } from '../types';

const REQUEST: ICalibrationRequest = {
  spec: { kind: 'im2spec', latentDims: 2, filters: 8, window: 8, channels: 20 },
  windows: 1000,
  batchSize: 64,
  backend: 'auto'
};

/** A machine by its milliseconds a step, or what its backends throw; in order of preference. */
function machine(
  times: Partial<Record<BackendName, number | Error>>,
  memory: Partial<Record<BackendName, number>> = {}
): IMachine & { readonly done: string[] } {
  const done: string[] = [];
  return {
    done,
    start: async (wanted, { obstacles = {} } = {}) => {
      const names = Object.keys(times) as BackendName[];
      const order = [...new Set([wanted, ...names])].filter(
        name => name !== 'auto' && name in times && !(name in obstacles)
      ) as BackendName[];
      if (order.length === 0) {
        throw new Error('No backend starts in this browser.');
      }
      const why = Object.values(obstacles).join('; ');
      const choice: IStartedBackend = {
        backend: order[0],
        reason: `${order[0]} because.`,
        notice: why,
        device: `${order[0]} device`,
        software: false
      };
      return choice;
    },
    measure: async ({ batchSize }, { backend }) => {
      done.push(`${backend} ${batchSize}`);
      if (batchSize > (memory[backend] ?? Infinity)) {
        throw new MemoryProblem('The GPU has too little memory.');
      }
      const time = times[backend]!;
      if (typeof time !== 'number') {
        throw time;
      }
      return { milliseconds: time, notice: '' };
    }
  };
}

describe('calibrate', () => {
  it('takes a GPU that is clearly fast without looking further', async () => {
    const found = machine({ webgpu: 3, wasm: 300 });
    expect(await calibrate(REQUEST, found)).toEqual({
      batchSize: 64,
      calibration: {
        backend: 'webgpu',
        reason: 'webgpu because.',
        notice: '',
        millisecondsPerStep: 3,
        secondsPerEpoch: 0.003,
        device: 'webgpu device'
      }
    });
    expect(found.done).toEqual(['webgpu 64']);
  });

  it('takes WebAssembly where a weak GPU is slower, and says so with figures', async () => {
    const found = machine({ webgpu: 900, webgl: 1200, wasm: 310, cpu: 9000 });
    const { calibration } = await calibrate(REQUEST, found);
    expect(calibration).toMatchObject({
      backend: 'wasm',
      millisecondsPerStep: 310,
      notice: '',
      reason:
        'WebAssembly (wasm device) is the fastest here: WebGPU 900 ms a step, ' +
        'WebGL 1200 ms a step, WebAssembly 310 ms a step.'
    });
    expect(found.done).toEqual(['webgpu 64', 'webgl 64', 'wasm 64']);
  });

  it('keeps a slow GPU that is the fastest there is', async () => {
    const { calibration } = await calibrate(
      REQUEST,
      machine({ webgpu: 120, wasm: 310 })
    );
    expect(calibration).toMatchObject({
      backend: 'webgpu',
      millisecondsPerStep: 120
    });
    expect(calibration.reason).toContain('WebAssembly 310 ms');
  });

  it('measures what is asked for by name alone', async () => {
    const found = machine({ webgpu: 3, webgl: 80, wasm: 10 });
    const { calibration } = await calibrate(
      { ...REQUEST, backend: 'webgl' },
      found
    );
    expect(calibration).toMatchObject({
      backend: 'webgl',
      millisecondsPerStep: 80
    });
    expect(found.done).toEqual(['webgl 64']);
  });

  it('[B3] halves the batch where memory runs out and goes on to the next backend', async () => {
    const half = machine({ webgpu: 3, wasm: 300 }, { webgpu: 32 });
    const halved = await calibrate(REQUEST, half);
    expect(half.done).toEqual(['webgpu 64', 'webgpu 32']);
    expect(halved.batchSize).toBe(32);
    expect(halved.calibration.notice).toBe(
      'WebGPU has too little memory for batches of 64 windows: batches of 32 are used.'
    );
    const none = machine({ webgpu: 3, wasm: 300 }, { webgpu: 1 });
    const other = await calibrate(REQUEST, none);
    expect(none.done).toEqual([
      'webgpu 64',
      'webgpu 32',
      'webgpu 16',
      'webgpu 8',
      'wasm 64'
    ]);
    expect(other.batchSize).toBe(64);
    expect(other.calibration).toMatchObject({ backend: 'wasm' });
    expect(other.calibration.notice).toContain('even for batches of 8 windows');
  });

  it('[B4] measures JavaScript where nothing else is there', async () => {
    const { calibration } = await calibrate(REQUEST, machine({ cpu: 4000 }));
    expect(calibration).toMatchObject({
      backend: 'cpu',
      millisecondsPerStep: 4000
    });
  });

  it('rejects where the last backend fails, and for a network that cannot be', async () => {
    await expect(
      calibrate(REQUEST, machine({ cpu: new Error('broken') }))
    ).rejects.toThrow('broken');
    await expect(
      calibrate(
        { ...REQUEST, spec: { ...REQUEST.spec, window: 7 } },
        machine({ cpu: 1 })
      )
    ).rejects.toThrow('indow');
  });
});
