import { crc32 } from '../crc32';
import { CheckpointSender } from '../checkpoint-sender';
import { BlockSink } from '../array-blocks';
import type { DataMessage } from '../protocol';

const BLOCK = 1024 * 1024;

/** The kernel's side: answers when the test says so. */
class Kernel {
  readonly messages: DataMessage[] = [];
  readonly stored = new Map<string, Uint8Array>();
  held = false;

  readonly sender = new CheckpointSender({
    send: (message, buffer) => {
      this.messages.push(message);
      this._todo.push([message, buffer]);
    },
    held: () => this.held
  });

  offer(run: string, value: number, length = 10): void {
    const file = async (): Promise<Uint8Array> => {
      this.made.push(`${run} ${value}`);
      return new Uint8Array(length).fill(value);
    };
    this.sender.offer({ run, file });
  }

  /** Files that were made, which takes the page's time. */
  readonly made: string[] = [];

  of(type: DataMessage['type']): DataMessage[] {
    return this.messages.filter(message => message.type === type);
  }

  /** Answers what has come, each message after so many milliseconds, until nothing more comes. */
  async answer(took = 0, most = Infinity): Promise<void> {
    await jest.advanceTimersByTimeAsync(0);
    for (let i = 0; i < most && this._todo.length > 0; i++) {
      await jest.advanceTimersByTimeAsync(took);
      this._reply(...this._todo.shift()!);
      await jest.advanceTimersByTimeAsync(0);
    }
  }

  private _reply(m: DataMessage, buffer?: Uint8Array): void {
    if (m.type === 'checkpoint') {
      this._run = m.run;
      this._sink = new BlockSink(m.arrays);
      this.sender.receive({ type: 'started', transfer: m.transfer });
    } else if (m.type === 'block') {
      const { transfer, array, block } = m;
      expect(crc32(buffer!)).toBe(m.crc32);
      expect(this._sink.accept(array, block, m.crc32, buffer!)).toBe(true);
      this.sender.receive({ type: 'ack', transfer, array, block });
    } else if (m.type === 'finish') {
      this.stored.set(this._run, this._sink.take('file'));
      const { transfer } = m;
      this.sender.receive({ type: 'stored', transfer, message: '' });
    }
  }

  private _run = '';
  private _sink!: BlockSink;
  private _todo: [DataMessage, Uint8Array | undefined][] = [];
}

let kernel: Kernel;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] });
  kernel = new Kernel();
});

afterEach(() => {
  jest.useRealTimers();
});

/** Time passes, and the line looks after its transfers every second. */
async function pass(seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    await jest.advanceTimersByTimeAsync(1000);
    kernel.sender.tick();
    await jest.advanceTimersByTimeAsync(0);
  }
}

describe('CheckpointSender', () => {
  it('[B1] has one checkpoint on its way; of those that wait the newest of a run alone is made and sent', async () => {
    kernel.offer('a', 1);
    kernel.offer('a', 2);
    kernel.offer('a', 3);
    await kernel.answer();
    expect(kernel.of('checkpoint')).toHaveLength(1);
    expect(kernel.stored.get('a')![0]).toBe(1);
    await pass(9);
    expect(kernel.of('checkpoint')).toHaveLength(1);
    await pass(1);
    await kernel.answer();
    expect(kernel.stored.get('a')![0]).toBe(3);
    expect(kernel.made).toEqual(['a 1', 'a 3']);
  });

  it('[B1] takes a tenth of the time of a slow line', async () => {
    kernel.offer('a', 1, 4 * BLOCK);
    // Four blocks of 5 s each.
    await kernel.answer(5000);
    kernel.offer('a', 2);
    await pass(179);
    expect(kernel.of('checkpoint')).toHaveLength(1);
    await pass(2);
    expect(kernel.of('checkpoint')).toHaveLength(2);
  });

  it('[B1] stands back while data or models are on their way, within a checkpoint too', async () => {
    kernel.held = true;
    kernel.offer('a', 1, 3 * BLOCK);
    await pass(3);
    expect(kernel.messages).toEqual([]);
    kernel.held = false;
    await pass(1);
    // Announced, and one block is there.
    await kernel.answer(0, 1);
    kernel.held = true;
    await kernel.answer();
    expect(kernel.of('block')).toHaveLength(1);
    await pass(120);
    expect(kernel.of('block')).toHaveLength(1);
    kernel.held = false;
    await pass(1);
    await kernel.answer();
    expect(kernel.stored.get('a')).toHaveLength(3 * BLOCK);
  });

  it('[B1] sends one block at a time', async () => {
    kernel.offer('a', 1, 3 * BLOCK);
    await kernel.answer(0, 1);
    await pass(2);
    expect(kernel.of('block')).toHaveLength(1);
    await kernel.answer(0, 1);
    expect(kernel.of('block')).toHaveLength(2);
  });

  it('gives all runs their turn, and stops where a run has ended', async () => {
    kernel.offer('a', 1, 2 * BLOCK);
    kernel.offer('b', 2);
    kernel.offer('c', 3);
    await kernel.answer(0, 1);
    kernel.sender.forget('a');
    kernel.sender.forget('b');
    expect(kernel.of('cancel')).toHaveLength(1);
    await kernel.answer();
    await pass(10);
    await kernel.answer();
    expect([...kernel.stored.keys()]).toEqual(['c']);
  });

  it('[K2] leaves what cannot be sent, and sends the next one when the kernel is back', async () => {
    const warned = jest.spyOn(console, 'warn').mockReturnValue();
    kernel.offer('a', 1, 2 * BLOCK);
    await kernel.answer(0, 1);
    kernel.sender.lose(new Error('Kernel restarted'));
    await pass(10);
    expect(warned).toHaveBeenCalledTimes(1);
    kernel.offer('a', 2);
    await kernel.answer();
    await kernel.answer();
    expect(kernel.stored.get('a')![0]).toBe(2);
    warned.mockRestore();
  });
});
