import { makePair, SETUP } from './fakes';
import { bytesOf, mayStart, thisMachine, threadsOf } from '../slots';

const MACHINE = { cores: 2, bytes: 1000 };
const on = (
  backend: 'webgpu' | 'webgl' | 'wasm' | 'cpu' | null,
  bytes = 1
) => ({
  backend,
  bytes
});

describe('room for another run', () => {
  it('is there for the first, whatever it takes', () => {
    expect(mayStart(on(null, 5000), [], MACHINE)).toBe(true);
  });

  it('is one on a graphics card, one a core elsewhere', () => {
    expect(mayStart(on('webgpu'), [on('webgpu')], MACHINE)).toBe(false);
    expect(mayStart(on('webgl'), [on('webgpu')], MACHINE)).toBe(false);
    expect(mayStart(on('wasm'), [on('wasm')], MACHINE)).toBe(true);
    expect(mayStart(on('cpu'), [on('wasm'), on('cpu')], MACHINE)).toBe(false);
    expect(mayStart(on('wasm'), [on('webgpu')], MACHINE)).toBe(true);
    expect(mayStart(on('webgpu'), [on('wasm'), on('wasm')], MACHINE)).toBe(
      true
    );
  });

  it('is not known before backends are', () => {
    expect(mayStart(on(null), [on('wasm')], MACHINE)).toBe(false);
    expect(mayStart(on('webgpu'), [on(null)], MACHINE)).toBe(false);
    expect(mayStart(on('wasm'), [on(null)], MACHINE)).toBe(true);
    const one = { ...MACHINE, cores: 1 };
    expect(mayStart(on('wasm'), [on(null)], one)).toBe(false);
  });

  it('ends with the memory', () => {
    expect(mayStart(on('wasm', 500), [on('wasm', 500)], MACHINE)).toBe(true);
    expect(mayStart(on('wasm', 501), [on('wasm', 500)], MACHINE)).toBe(false);
  });
});

describe('the demand of a run', () => {
  it('grows with data, batch and filters', () => {
    const pair = makePair();
    const plain = bytesOf(pair, SETUP);
    expect(plain).toBeGreaterThan(pair.spectra.byteLength);
    expect(bytesOf(pair, { ...SETUP, batchSize: 64 })).toBeGreaterThan(plain);
    expect(bytesOf(pair, { ...SETUP, filters: 64 })).toBeGreaterThan(plain);
  });

  it('of threads is a share of the cores, all of them for one run', () => {
    expect(threadsOf(1, { cores: 8, bytes: 0 })).toBeUndefined();
    expect(threadsOf(2, { cores: 8, bytes: 0 })).toBe(4);
    expect(threadsOf(3, { cores: 2, bytes: 0 })).toBe(1);
  });

  it('is met by a machine of one core where the browser says nothing', () => {
    const { cores, bytes } = thisMachine();
    expect(cores).toBeGreaterThanOrEqual(1);
    expect(bytes).toBeGreaterThan(0);
  });
});
