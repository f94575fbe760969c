import { architecture } from '../../architecture';
import { initialParameters } from '../../initialise';
import { pack, slots } from '../../layout';
import type { Parameters } from '../../types';
import {
  ALIGNMENT,
  FlatLayout,
  NORM_ROWS,
  NormLayout,
  blocksOf,
  normRow,
  placedBlocks
} from '../memory';
import { PieceLayout, RECORD_WORDS } from '../pieces';

const im2spec = architecture({
  kind: 'im2spec',
  latentDims: 3,
  filters: 24,
  window: 8,
  channels: 37
});
const spec2im = architecture({
  kind: 'spec2im',
  latentDims: 1,
  filters: 8,
  window: 12,
  channels: 53
});

describe.each([im2spec, spec2im])('layouts of $spec.kind', plan => {
  it('give back what they were given', () => {
    const parameters = initialParameters(plan, 4);
    const found: Parameters = new Map();
    for (const trained of [true, false]) {
      const layout = new FlatLayout(plan, trained);
      const flat = layout.pack(parameters);
      expect(flat).toHaveLength(layout.size);
      layout.unpack(flat, found);
    }
    expect(new Map([...found].sort())).toEqual(new Map([...parameters].sort()));
  });

  it('lose nothing but padding on the way to a tight vector and back', () => {
    const parameters = initialParameters(plan, 4);
    const layout = new FlatLayout(plan, true);
    const flat = layout.pack(parameters);
    const tight = layout.tight(flat);
    expect(tight).toEqual(pack(slots(plan.parameters, true), parameters));
    expect(layout.spread(tight)).toEqual(flat);
  });

  it('begin every part where a binding may begin, none over another', () => {
    const layout = new FlatLayout(plan, true);
    const names = plan.parameters.filter(p => p.trained).map(p => p.name);
    let end = 0;
    for (const name of names) {
      const { offset, size } = layout.at(name);
      expect(offset % ALIGNMENT).toBe(0);
      expect(offset).toBeGreaterThanOrEqual(end);
      end = offset + size;
    }
    expect(layout.size).toBeGreaterThanOrEqual(end);
    expect(layout.size % ALIGNMENT).toBe(0);
    expect(() => layout.at('enc.1.weight')).toThrow(
      'no parameter enc.1.weight'
    );
  });

  it('hold all rows of every norm', () => {
    const layout = new NormLayout(plan);
    let end = 0;
    for (const block of blocksOf([...plan.encoder, ...plan.decoder])) {
      const { offset, size } = layout.at(block.norm);
      const channels = block.convolution.outputs;
      expect(offset % ALIGNMENT).toBe(0);
      expect(offset).toBeGreaterThanOrEqual(end);
      expect(
        normRow(channels, NORM_ROWS.at(-1)!) + channels
      ).toBeLessThanOrEqual(size);
      end = offset + size;
    }
    expect(layout.size).toBeGreaterThanOrEqual(end);
    expect(() => layout.at('enc.0')).toThrow('no batch norm enc.0');
  });

  it('say of every weight of a convolution where its pieces lie, of no other', () => {
    const trained = new FlatLayout(plan, true);
    const most = 9;
    const start = plan.spec.kind === 'im2spec' ? plan.input : ([1, 3] as const);
    const pieces = new PieceLayout(plan, start, most);
    const records = pieces.records(trained);
    const seen = new Float32Array(trained.size);
    for (let block = 0; block * ALIGNMENT < trained.size; block++) {
      const [from, stride, count, piece, area] = records.subarray(
        block * RECORD_WORDS
      );
      for (let i = 0; i < count; i++) {
        seen[block * ALIGNMENT + i] = 1;
        const last = Math.ceil((most * area) / piece) - 1;
        expect(from + last * stride + i).toBeLessThan(pieces.size);
      }
    }
    const wanted: Parameters = new Map(
      plan.parameters.map(({ name, shape }) => {
        const convolution = /^(enc\.\d|dil\.conv|up\d\.0|tail\.0)/.test(name);
        const norm = plan.parameters.some(
          p => p.name === name.replace(/[^.]*$/, 'running_var')
        );
        const size = shape.reduce((a, b) => a * b);
        const value = convolution && !norm ? 1 : 0;
        return [name, { shape, data: new Float32Array(size).fill(value) }];
      })
    );
    expect(seen).toEqual(trained.pack(wanted));
  });
});

it('blocks stand on the plane that they work on', () => {
  const planes = placedBlocks(spec2im, [1, 3]).map(
    ([block, plane]) => `${block.convolution.name} ${plane.join('x')}`
  );
  expect(planes).toEqual([
    'enc.0 1x3',
    'enc.3 1x3',
    'enc.6 1x3',
    'up1.0 3x3',
    'up2.0 6x6',
    'dil.conv.0 12x12',
    'dil.conv.1 12x12',
    'dil.conv.2 12x12',
    'dil.conv.3 12x12',
    'tail.0 12x12'
  ]);
});

it('pieces stay within their memory for wide networks and large batches', () => {
  const plan = architecture({
    kind: 'spec2im',
    latentDims: 2,
    filters: 256,
    window: 16,
    channels: 512
  });
  const pieces = new PieceLayout(plan, [1, 32], 256);
  // One binding of WebGPU's default size.
  expect(4 * pieces.size).toBeLessThanOrEqual(2 ** 27);
  for (const [{ convolution }] of placedBlocks(plan, [1, 32])) {
    const { size, stride, count } = pieces.at(convolution.name);
    expect(size).toBeLessThanOrEqual(Math.max(1 << 21, stride));
    expect(count(256) * stride).toBe(size);
    expect(count(1)).toBe(1);
  }
});
