import { isSoftware, startBackend, type IGpu, type IProbes } from '../backends';
import type { BackendName } from '../../signal/types';

const HARDWARE: IGpu = { name: 'nvidia ampere', software: false, problem: '' };
const SOFTWARE: IGpu = {
  name: 'google swiftshader',
  software: true,
  problem: ''
};
const NONE: IGpu = { name: '', software: false, problem: 'there is none' };

function machine(
  webgpu: IGpu,
  webgl: IGpu,
  starts: readonly BackendName[] = ['webgpu', 'webgl', 'wasm', 'cpu']
): IProbes & { tried: BackendName[] } {
  const tried: BackendName[] = [];
  return {
    tried,
    webgpu: async () => webgpu,
    webgl: () => webgl,
    start: async backend => {
      tried.push(backend);
      if (backend === 'wasm' && !starts.includes('wasm')) {
        throw new Error('wasm is forbidden');
      }
      return starts.includes(backend);
    }
  };
}

describe('startBackend', () => {
  it('takes WebGPU, then WebGL, then WebAssembly, then JavaScript', async () => {
    const auto = (probes: IProbes) => startBackend('auto', {}, probes);
    expect(await auto(machine(HARDWARE, HARDWARE))).toEqual({
      backend: 'webgpu',
      reason: 'WebGPU on nvidia ampere.',
      notice: '',
      device: 'nvidia ampere',
      software: false
    });
    const webgl = await auto(machine(NONE, HARDWARE));
    expect(webgl.backend).toBe('webgl');
    expect(webgl.reason).toBe('WebGL on nvidia ampere, because there is none.');
  });

  it('[B4] goes to WebAssembly without a GPU, then to JavaScript, and says so', async () => {
    const wasm = await startBackend('auto', {}, machine(NONE, NONE));
    expect(wasm).toMatchObject({ backend: 'wasm', device: '1 core' });
    expect(wasm.reason).toBe(
      'WebAssembly, because there is none and there is none.'
    );
    // No GPU at all is what most laptops have: no news.
    expect(wasm.notice).toBe('');
    const last = await startBackend('auto', {}, machine(NONE, NONE, ['cpu']));
    expect(last).toMatchObject({ backend: 'cpu', device: '1 core' });
    expect(last.notice).toBe(
      'Plain JavaScript is used: there is none; there is none; ' +
        'WebAssembly does not start (wasm is forbidden).'
    );
  });

  it('announces a GPU that does not start', async () => {
    const probes = machine(HARDWARE, HARDWARE, ['webgl', 'wasm']);
    const choice = await startBackend('auto', {}, probes);
    expect(choice.backend).toBe('webgl');
    expect(choice.notice).toBe('WebGL is used: WebGPU does not start.');
  });

  it('tries what was fastest first, and leaves out what failed', async () => {
    const probes = machine(HARDWARE, HARDWARE);
    const fast = await startBackend('auto', { fastest: 'wasm' }, probes);
    expect(fast).toMatchObject({ backend: 'wasm', notice: '' });
    expect(probes.tried).toEqual(['wasm']);
    const obstacles = { webgpu: 'WebGPU failed (no luck)' };
    const other = await startBackend('auto', { obstacles }, probes);
    expect(other.backend).toBe('webgl');
    expect(other.notice).toBe('WebGL is used: WebGPU failed (no luck).');
    const asked = await startBackend('webgpu', { obstacles }, probes);
    expect(asked.notice).toBe(
      'WebGPU was asked for, WebGL is used: WebGPU failed (no luck).'
    );
    expect(probes.tried).toEqual(['wasm', 'webgl', 'webgl']);
  });

  it('passes software renderers over without starting them', async () => {
    const probes = machine(SOFTWARE, SOFTWARE);
    const { backend, reason } = await startBackend('auto', {}, probes);
    expect(backend).toBe('wasm');
    expect(reason).toContain('software renderer (google swiftshader)');
    expect(probes.tried).toEqual(['wasm']);
  });

  it('takes a software renderer that is asked for, and says so', async () => {
    const choice = await startBackend('webgl', {}, machine(NONE, SOFTWARE));
    expect(choice.backend).toBe('webgl');
    expect(choice.notice).toContain('slower than WebAssembly');
  });

  it('falls back from what is not there, and says so', async () => {
    const choice = await startBackend('webgpu', {}, machine(NONE, HARDWARE));
    expect(choice.backend).toBe('webgl');
    expect(choice.notice).toBe(
      'WebGPU was asked for, WebGL is used: there is none.'
    );
    const broken = machine(HARDWARE, HARDWARE, ['wasm']);
    const other = await startBackend('cpu', {}, broken);
    expect(other.backend).toBe('wasm');
    expect(broken.tried).toEqual(['cpu', 'webgpu', 'webgl', 'wasm']);
  });

  it('rejects with everything that failed', async () => {
    await expect(
      startBackend('auto', {}, machine(NONE, NONE, []))
    ).rejects.toThrow(/No backend starts.*there is none.*wasm is forbidden/);
  });
});

describe('isSoftware', () => {
  it('knows renderers that run on the CPU', () => {
    for (const name of [
      'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)))',
      'google swiftshader',
      'llvmpipe (LLVM 15.0.7, 256 bits)',
      'Microsoft Basic Render Driver',
      'Mesa lavapipe'
    ]) {
      expect(isSoftware(name)).toBe(true);
    }
    for (const name of [
      'ANGLE (NVIDIA, NVIDIA H100 (0x00002330), OpenGL)',
      'Apple M2',
      'ANGLE (Intel, Mesa Intel(R) UHD Graphics)',
      'AMD Radeon RX 6800'
    ]) {
      expect(isSoftware(name)).toBe(false);
    }
  });
});
