/** What travels, as @jupyterlab/services writes it: the bytes, the sizes, the numbers. */
import {
  deserialize,
  serialize
} from '@jupyterlab/services/lib/kernel/serialize';
import * as fc from 'fast-check';
import {
  BLOCK_BYTES,
  BlockSink,
  cutBlock,
  describeArray,
  type BlockArray
} from '../array-blocks';
import { crc32 } from '../crc32';
import { Link } from '../link';
import { ModelPush } from '../model-push';
import { MAX_MESSAGE_BYTES, ownBuffer } from '../outgoing';
import type { DataMessage } from '../protocol';
import type { IModelPayload, IRunProgress } from '../types';
import { FakeKernel, NO_STATE, type Json } from './fake-kernel';

const PROTOCOL = 'v1.kernel.websocket.jupyter.org';
/** What Jupyter's server takes of one message. */
const SERVER_LIMIT = 10 * 1024 * 1024;

/** A message on the socket as services writes it. */
function onTheSocket(message: object, buffers: ArrayBuffer[]): ArrayBuffer {
  const id = '12345678-1234-1234-1234-123456789012';
  return serialize(
    {
      channel: 'shell',
      header: {
        date: '2026-11-23T18:00:00.000Z',
        msg_id: id,
        msg_type: 'comm_msg',
        session: id,
        username: 'somebody with a long name',
        version: '5.2',
        subshell_id: id
      },
      parent_header: {},
      metadata: {},
      content: { comm_id: id, data: message as never },
      buffers
    } as never,
    PROTOCOL
  ) as ArrayBuffer;
}

const open = async (kernel: FakeKernel): Promise<Link> => {
  const link = new Link(kernel.connection, 'ex1');
  await new Promise(resolve => setTimeout(resolve, 5));
  return link;
};

const payloadOf = (change: Partial<IModelPayload>): IModelPayload => ({
  run: 'run-1',
  title: '2L',
  file: new Uint8Array(8),
  positions: Int32Array.of(1),
  latents: Float32Array.of(1, 2),
  predictions: Float32Array.of(3),
  backend: 'cpu',
  notice: '',
  ...change
});

const bitsOf = (array: BlockArray | undefined): string =>
  array
    ? Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString(
        'hex'
      )
    : 'none';

/** A typed array that begins and ends within a larger buffer. */
const views = fc
  .tuple(
    fc.uint8Array({ minLength: 4, maxLength: 400 }),
    fc.nat(20),
    fc.constantFrom(Uint8Array, Int32Array, Float32Array)
  )
  .map(([bytes, before, Type]) => {
    const items = Math.floor(bytes.length / 4);
    const size = Type.BYTES_PER_ELEMENT;
    const larger = new Uint8Array(4 * before + bytes.length + 64).fill(0xa5);
    larger.set(bytes, 4 * before);
    const n = size === 1 ? bytes.length : items;
    return new Type(larger.buffer, 4 * before, n) as BlockArray;
  });

describe('views into larger buffers', () => {
  it('[K6] services would send the wrong bytes of one; a buffer of its own goes whole', () => {
    const larger = Uint8Array.from({ length: 32 }, (_, i) => i);
    const view = larger.subarray(8, 16);
    const arrived = (buffer: ArrayBuffer) => {
      const [first] = deserialize(
        onTheSocket({ type: 'block' }, [buffer]),
        PROTOCOL
      ).buffers as DataView[];
      return [
        ...new Uint8Array(first.buffer, first.byteOffset, first.byteLength)
      ];
    };
    expect(arrived(view.buffer)).not.toEqual([...view]);
    expect(arrived(ownBuffer(view))).toEqual([...view]);
    expect(ownBuffer(larger)).toBe(larger.buffer);
  });

  it('[K6] arrive in the kernel bit by bit, through the real serialiser', () => {
    fc.assert(
      fc.property(views, fc.integer({ min: 4, max: 64 }), (view, block) => {
        const before = bitsOf(view);
        const description = describeArray('a', view, [view.length], block);
        const sink = new BlockSink([description]);
        for (let i = 0; i < description.blocks; i++) {
          const bytes = cutBlock(view, description, i);
          const sent = onTheSocket({ type: 'block' }, [ownBuffer(bytes)]);
          const [got] = deserialize(sent, PROTOCOL).buffers as DataView[];
          const there = new Uint8Array(
            got.buffer,
            got.byteOffset,
            got.byteLength
          );
          expect(sink.accept('a', i, crc32(bytes), there)).toBe(true);
        }
        expect(bitsOf(sink.take('a'))).toBe(before);
        expect(bitsOf(view)).toBe(before);
      }),
      { numRuns: 200 }
    );
  });

  it('[K6] as results of a model are stored bit by bit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 64, maxLength: 256 }),
        fc.nat(8),
        async (bytes, at) => {
          const all = new Uint8Array(bytes.length + 64);
          all.set(bytes, 32);
          const floats = new Float32Array(all.buffer, 4 * at, 12);
          const model = payloadOf({
            file: all.subarray(at, at + 17),
            positions: new Int32Array(all.buffer, 4 * at, 3),
            latents: floats.subarray(0, 6),
            predictions: floats.subarray(3, 12)
          });
          const kernel = new FakeKernel();
          const link = await open(kernel);
          await link.sendModel(model);
          link.dispose();
          const [stored] = kernel.stored;
          for (const name of [
            'file',
            'positions',
            'latents',
            'predictions'
          ] as const) {
            expect(bitsOf(stored.get(name))).toBe(bitsOf(model[name]));
          }
        }
      ),
      { numRuns: 20 }
    );
  });
});

describe('messages to the kernel', () => {
  it('[K7] with a block are below 10 MiB, whatever is sent', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 * 1024 * 1024 }),
        fc.string({ maxLength: 10_000 }),
        (size, title) => {
          const sent: [DataMessage, Uint8Array | undefined][] = [];
          // Zeros that no page holds: only the lengths count here.
          const file = new Uint8Array(size);
          const push = new ModelPush(
            payloadOf({ file, title }),
            (message, buffer) => sent.push([message, buffer])
          );
          push.start();
          const { transfer } = push;
          push.receive({ type: 'started', transfer });
          const last = Math.ceil(size / BLOCK_BYTES) - 1;
          push.receive({
            type: 'resend',
            transfer,
            array: 'file',
            block: Math.max(0, last)
          });
          push.fail(new Error('enough'));
          expect(sent.length).toBeGreaterThan(1);
          for (const [message, buffer] of sent) {
            expect(buffer?.byteLength ?? 0).toBeLessThanOrEqual(4 * 2 ** 20);
            const whole = onTheSocket(
              message,
              buffer ? [ownBuffer(buffer)] : []
            );
            expect(whole.byteLength).toBeLessThan(SERVER_LIMIT);
          }
        }
      ),
      { numRuns: 30 }
    );
  });

  it('[K7] that would be larger are not sent, and what was asked for says so', async () => {
    const kernel = new FakeKernel();
    const link = await open(kernel);
    const text = 'x'.repeat(MAX_MESSAGE_BYTES);
    await expect(link.runTask('clusters', { encodings: text })).rejects.toThrow(
      /A message "task" of \d+ bytes does not arrive in the kernel; at most/
    );
    const selection = new Array<number>(2_000_000).fill(1_000_000);
    expect(() =>
      link.sendState({ ...NO_STATE, energyRange: [0, 1], selection })
    ).toThrow('A message "state" of');
    expect(kernel.received.map(message => message.type)).toEqual(['hello']);
    // The largest that may go is what the server takes.
    const room = MAX_MESSAGE_BYTES - 500;
    const largest = { type: 'task', params: { text: 'x'.repeat(room) } };
    expect(onTheSocket(largest, []).byteLength).toBeLessThan(SERVER_LIMIT);
    link.dispose();
  });

  it('[K7] of a run without end hold its latest losses', async () => {
    const kernel = new FakeKernel();
    const link = await open(kernel);
    const losses = Array.from({ length: 600_000 }, (_, i) => 1 / (i + 3));
    link.sendProgress(progress(losses));
    const [message] = kernel.of('progress');
    expect(message.history.train).toHaveLength(100_000);
    expect(message.history.train.slice(-1)).toEqual(losses.slice(-1));
    const { byteLength } = onTheSocket(message, []);
    expect(byteLength).toBeLessThan(SERVER_LIMIT);
    link.dispose();
  });
});

const progress = (losses: number[]): IRunProgress => ({
  run: 'r',
  epoch: losses.length,
  epochs: losses.length,
  history: { train: losses, test: losses },
  secondsPerEpoch: NaN,
  backend: 'cpu'
});

/** NaN with two payloads, infinities, both zeros, the least and the greatest denormal. */
const SPECIAL = new Float32Array(
  Uint32Array.of(
    0x7fc00000,
    0x7fa00001,
    0xffc12345,
    0x7f800000,
    0xff800000,
    0x80000000,
    0,
    1,
    0x807fffff
  ).buffer
);

describe('numbers that JSON has no word for', () => {
  it('[K8] travel in buffers to the page, every bit of them', async () => {
    const kernel = new FakeKernel();
    const [spectra] = kernel.arrays.get('spectra')!;
    new Uint8Array(spectra.buffer).set(new Uint8Array(SPECIAL.buffer), 400);
    const link = await open(kernel);
    const pair = await link.receivePair(
      () => undefined,
      new AbortController().signal
    );
    link.dispose();
    expect('spectra' in pair && bitsOf(pair.spectra)).toBe(bitsOf(spectra));
  });

  it('[K8] travel in buffers to the kernel, every bit of them', async () => {
    const kernel = new FakeKernel();
    const link = await open(kernel);
    await link.sendModel(
      payloadOf({
        positions: Int32Array.of(1, 2, 3),
        latents: SPECIAL,
        predictions: SPECIAL
      })
    );
    link.dispose();
    expect(bitsOf(kernel.stored[0].get('latents'))).toBe(bitsOf(SPECIAL));
    expect(bitsOf(kernel.stored[0].get('predictions'))).toBe(bitsOf(SPECIAL));
  });

  it('[K8] are in no message: null where a loss is not finite, refused elsewhere', async () => {
    const kernel = new FakeKernel();
    const sent: Json[] = [];
    kernel.receive = (_, data) => void sent.push(data as unknown as Json);
    const link = await open(kernel);
    link.sendProgress(progress([0.5, NaN, Infinity]));
    const region = { name: 'R', kind: 'ellipse' as const };
    expect(() =>
      link.sendState({
        ...NO_STATE,
        energyRange: [0, 1],
        regions: [{ ...region, points: [[NaN, 0] as const, [1, 1] as const] }]
      })
    ).toThrow('is missing or not finite');
    await expect(
      link.runTask('preprocess-apply', {
        steps: [{ step: 'crop_energy', start: NaN }]
      })
    ).rejects.toThrow(
      'The number "steps.0.start" is missing or not finite. Enter one, then try again.'
    );
    link.dispose();
    const walk = (value: unknown): boolean =>
      typeof value === 'number'
        ? Number.isFinite(value)
        : typeof value !== 'object' ||
          value === null ||
          Object.values(value).every(walk);
    expect(sent.map(message => message.type)).toEqual(['hello', 'progress']);
    expect(sent.every(walk)).toBe(true);
    expect(sent[1].history).toEqual({
      train: [0.5, null, null],
      test: [0.5, null, null]
    });
    expect(sent[1].secondsPerEpoch).toBeNull();
  });
});
