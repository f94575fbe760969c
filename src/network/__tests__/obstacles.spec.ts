import {
  DeviceLoss,
  MemoryProblem,
  RefusedWork,
  messageOf,
  nextAttempt,
  obstacleOf,
  type IAttempt
} from '../obstacles';

const FIRST: IAttempt = { batchSize: 64, obstacles: {}, notice: '' };

describe('nextAttempt', () => {
  it('[B3] halves the batch where memory runs out, then takes the next backend', () => {
    const full = (backend: 'webgpu' | 'wasm' | 'cpu') =>
      ({ backend, obstacle: 'memory', message: 'out of memory' }) as const;
    const attempts: IAttempt[] = [FIRST];
    for (let i = 0; i < 4; i++) {
      attempts.push(nextAttempt(64, attempts[i], full('webgpu'))!);
    }
    expect(attempts.map(a => a.batchSize)).toEqual([64, 32, 16, 8, 64]);
    expect(attempts[2].notice).toBe(
      'WebGPU has too little memory for batches of 64 windows: batches of 16 are used.'
    );
    expect(attempts[3].obstacles).toEqual({});
    expect(attempts[4]).toEqual({
      batchSize: 64,
      obstacles: {
        webgpu: 'WebGPU has too little memory even for batches of 8 windows'
      },
      notice: ''
    });
    const last = { ...FIRST, batchSize: 9 };
    expect(nextAttempt(64, last, full('wasm'))?.obstacles).toHaveProperty(
      'wasm'
    );
    expect(nextAttempt(64, last, full('cpu'))).toBeNull();
  });

  it('[B3] takes the next backend where a shader fails, with the same batch', () => {
    expect(
      nextAttempt(64, FIRST, {
        backend: 'webgl',
        obstacle: 'backend',
        message: 'Failed to compile fragment shader.'
      })
    ).toEqual({
      batchSize: 64,
      obstacles: {
        webgl: 'WebGL failed (Failed to compile fragment shader)'
      },
      notice: ''
    });
  });
});

describe('obstacleOf', () => {
  it('knows memory by its class and by what engines say', () => {
    for (const error of [
      new MemoryProblem('no room'),
      new RangeError('Array buffer allocation failed'),
      new RangeError('Invalid typed array length: 5000000000'),
      new WebAssembly.RuntimeError('memory access out of bounds'),
      new Error('Aborted(OOM)'),
      { message: 'WebAssembly.Memory(): out of memory' }
    ]) {
      expect(obstacleOf(error, 'wasm', 0)).toBe('memory');
    }
    // Another attempt would begin without the epochs that are there.
    expect(obstacleOf(new Error('out of memory'), 'wasm', 7)).toBeNull();
  });

  it('blames a GPU for what fails before it has trained an epoch, nothing else', () => {
    const error = new Error('Failed to link vertex and fragment shaders.');
    expect(obstacleOf(error, 'webgl', 0)).toBe('backend');
    expect(obstacleOf(error, 'webgpu', 0)).toBe('backend');
    expect(obstacleOf(error, 'webgpu', 1)).toBeNull();
    expect(obstacleOf(new RefusedWork('no'), 'webgpu', 9)).toBe('backend');
    expect(obstacleOf(new MemoryProblem('no'), 'webgpu', 9)).toBe('memory');
    const loss = new DeviceLoss('The GPU ran out of memory or was reset.');
    expect(obstacleOf(loss, 'webgpu', 0)).toBe('interrupted');
    expect(obstacleOf(loss, 'webgl', 9)).toBe('interrupted');
    expect(obstacleOf(error, 'wasm', 0)).toBeNull();
    expect(obstacleOf(new Error('the room is full'), 'cpu', 0)).toBeNull();
  });
});

describe('messageOf', () => {
  it('reads errors, objects with a message, and anything else', () => {
    expect(messageOf(new Error('a'))).toBe('a');
    expect(messageOf({ message: 'b' })).toBe('b');
    expect(messageOf('c')).toBe('c');
    expect(messageOf(null)).toBe('null');
  });
});
