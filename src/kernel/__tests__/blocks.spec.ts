import {
  BlockSink,
  cutBlock,
  describeArray,
  isArrayDescription
} from '../array-blocks';
import { crc32 } from '../crc32';

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('crc32', () => {
  it("agrees with zlib's", () => {
    // From Python: zlib.crc32(b"123456789") and of 300 bytes i % 251.
    expect(crc32(bytesOf('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(0))).toBe(0);
    const long = Uint8Array.from({ length: 300 }, (_, i) => i % 251);
    expect(crc32(long)).toBe(3900669668);
  });
});

describe('cutBlock', () => {
  it('copies the right bytes of a view into a larger buffer', () => {
    const whole = Float32Array.from({ length: 40 }, (_, i) => i);
    const view = whole.subarray(10, 30);
    const description = describeArray('a', view, [20], 32);
    expect(description.blocks).toBe(3);
    const blocks = [0, 1, 2].map(i => cutBlock(view, description, i));
    expect(blocks.map(b => b.length)).toEqual([32, 32, 16]);
    // A block's buffer holds the block alone: services sends all of it.
    expect(blocks.map(b => b.buffer.byteLength)).toEqual([32, 32, 16]);
    const sink = new BlockSink([description]);
    blocks.forEach((b, i) =>
      expect(sink.accept('a', i, crc32(b), b)).toBe(true)
    );
    expect([...new Float32Array(sink.take('a').buffer)]).toEqual([...view]);
    whole[12] = -1;
    expect(new Float32Array(blocks[0].buffer)[2]).toBe(12);
  });
});

describe('BlockSink', () => {
  const array = Uint8Array.from({ length: 10 }, (_, i) => i);
  const description = describeArray('a', array, [10], 4);
  const block = (i: number) => cutBlock(array, description, i);
  const put = (sink: BlockSink, i: number, bytes = block(i)) =>
    sink.accept('a', i, crc32(block(i)), bytes);

  it('takes blocks in any order and twice, and counts them once', () => {
    const sink = new BlockSink([description]);
    expect([put(sink, 2), put(sink, 0), put(sink, 2)]).toEqual([
      true,
      true,
      true
    ]);
    expect([sink.done, sink.total, sink.bytes, sink.complete]).toEqual([
      2,
      3,
      6,
      false
    ]);
    put(sink, 1);
    expect(sink.complete).toBe(true);
    expect([...sink.take('a')]).toEqual([...array]);
  });

  it('refuses damaged, short and unknown blocks', () => {
    const sink = new BlockSink([description]);
    const flipped = block(0);
    flipped[1] ^= 1;
    expect(put(sink, 0, flipped)).toBe(false);
    expect(put(sink, 0, block(0).slice(1))).toBe(false);
    expect(sink.accept('a', 3, 0, new Uint8Array(0))).toBe(false);
    expect(sink.accept('b', 0, crc32(block(0)), block(0))).toBe(false);
    expect(sink.done).toBe(0);
  });
});

describe('isArrayDescription', () => {
  const good = describeArray('a', new Float32Array(6), [2, 3], 16);

  it('accepts what describeArray makes', () => {
    expect(isArrayDescription(JSON.parse(JSON.stringify(good)))).toBe(true);
  });

  it.each([
    ['another size', { bytes: 23 }],
    ['too few blocks', { blocks: 1 }],
    ['too large blocks', { blockBytes: 5 * 1024 * 1024, blocks: 1 }],
    ['an unknown dtype', { dtype: 'float64' }],
    ['a fraction in the shape', { shape: [2.4, 2.5] }],
    ['a huge shape', { shape: [1e9, 1e9], bytes: 4e18, blocks: 2.5e17 }]
  ])('refuses %s', (_, change) => {
    expect(isArrayDescription({ ...good, ...change })).toBe(false);
  });
});
