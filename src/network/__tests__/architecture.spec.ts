import { architecture, specProblem } from '../architecture';
import { initialParameters } from '../initialise';
import { flatSize, pack, slots, unpack } from '../layout';
import { parseSafetensors } from '../safetensors';
import type { INetworkSpec, Parameters } from '../types';
import { goldenFiles, SMALL_CASES } from './golden-files';

const SPEC: INetworkSpec = {
  kind: 'im2spec',
  latentDims: 2,
  filters: 64,
  window: 16,
  channels: 512
};

function weights(spec: INetworkSpec): number {
  return flatSize(slots(architecture(spec).parameters, true));
}

describe('architecture', () => {
  it('has the published numbers of parameters', () => {
    expect(weights(SPEC)).toBe(256071);
    expect(weights({ ...SPEC, latentDims: 10 })).toBe(649295);
    expect(weights({ ...SPEC, channels: 128 })).toBe(182343);
    const spec2im = { ...SPEC, kind: 'spec2im', channels: 128 } as const;
    expect(weights(spec2im)).toBe(252359);
  });

  it.each(SMALL_CASES)('has the names and shapes of %s', name => {
    const { which, file } = goldenFiles(name);
    const wanted = new Map<string, readonly number[]>();
    for (const [key, { shape }] of parseSafetensors(file).tensors) {
      if (key.startsWith('init.')) {
        wanted.set(key.slice(5), shape);
      }
    }
    const { kind, filters, encoderLayers, pooling } = which;
    const plan = architecture(
      { kind, filters, latentDims: 2, window: 16, channels: 128 },
      { encoderLayers, pooling }
    );
    const found = new Map(plan.parameters.map(p => [p.name, p.shape]));
    expect(found).toEqual(wanted);
  });

  it('names the sizes that it takes', () => {
    const problem = (change: Partial<INetworkSpec>): string =>
      specProblem({ ...SPEC, ...change });
    expect(problem({})).toBe('');
    expect(problem({ window: 6, channels: 2 })).toBe('');
    expect(problem({ window: 7 })).toContain('even number of at least 4');
    expect(problem({ window: 2 })).toContain('at least 4');
    expect(problem({ channels: 1 })).toContain('at least 2');
    expect(problem({ filters: 0 })).toContain('filters is 0');
    expect(problem({ latentDims: 1.5 })).toContain('latentDims is 1.5');
    expect(problem({ kind: 'spec2im', window: 6 })).toContain('multiple of 4');
    expect(problem({ kind: 'spec2im', channels: 15 })).toContain('at least 16');
    expect(problem({ kind: 'other' as never })).toContain('im2spec or spec2im');
    expect(() => architecture({ ...SPEC, window: 7 })).toThrow(RangeError);
  });
});

describe('layout', () => {
  it('puts channel-first parameters into channel-last tensors', () => {
    const plan = architecture({
      kind: 'im2spec',
      latentDims: 1,
      filters: 2,
      window: 4,
      channels: 3
    });
    const parameters: Parameters = new Map();
    for (const { name, shape } of plan.parameters) {
      const size = shape.reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length: size }, (_, i) => i);
      parameters.set(name, { shape: [...shape], data });
    }
    const list = slots(plan.parameters, true);
    const flat = pack(list, parameters);
    const at = (name: string): number[] => {
      const slot = list.find(each => each.parameter.name === name)!;
      return [...flat.subarray(slot.offset, slot.offset + slot.size)];
    };
    // (filter, channel) = 0..5 becomes (channel, filter).
    expect(at('dec_fc.bias')).toEqual([0, 3, 1, 4, 2, 5]);
    expect(at('dec_fc.weight')).toEqual([0, 3, 1, 4, 2, 5]);
    // (out 2, in 1, 3, 3) becomes (3, 3, 1, 2).
    expect(at('enc.0.weight').slice(0, 4)).toEqual([0, 9, 1, 10]);
    const back: Parameters = new Map();
    unpack(list, flat, back);
    for (const [name, array] of back) {
      expect(array).toEqual(parameters.get(name));
    }
    expect([...back.keys()]).not.toContain('enc.2.running_mean');
  });

  it('says which parameter is missing', () => {
    const plan = architecture(SPEC);
    expect(() => pack(slots(plan.parameters, true), new Map())).toThrow(
      'enc.0.weight holds 0 of 576 values'
    );
  });
});

describe('initialParameters', () => {
  const plan = architecture({ ...SPEC, filters: 8, channels: 40 });

  it("draws within PyTorch's bounds, batch norms at rest", () => {
    const parameters = initialParameters(plan, 0);
    for (const { name, fanIn } of plan.parameters) {
      const { data } = parameters.get(name)!;
      if (fanIn > 0) {
        const bound = 1 / Math.sqrt(fanIn);
        expect(data.every(v => Math.abs(v) <= bound)).toBe(true);
        if (data.length > 500) {
          expect(Math.max(...data)).toBeGreaterThan(0.95 * bound);
          expect(Math.min(...data)).toBeLessThan(-0.95 * bound);
        }
      } else {
        const rest = /running_mean|bias/.test(name) ? 0 : 1;
        expect(data.every(v => v === rest)).toBe(true);
      }
    }
  });

  it('depends on the seed and the name alone', () => {
    const first = initialParameters(plan, 1);
    const again = initialParameters(plan, 1);
    const other = initialParameters(plan, 2);
    const wider = initialParameters(
      architecture({ ...SPEC, filters: 8, channels: 41 }),
      1
    );
    const weight = 'dil.conv.1.weight';
    expect(again).toEqual(first);
    expect(other.get(weight)).not.toEqual(first.get(weight));
    expect(wider.get(weight)).toEqual(first.get(weight));
    expect(first.get('dil.conv.2.weight')).not.toEqual(first.get(weight));
  });
});
