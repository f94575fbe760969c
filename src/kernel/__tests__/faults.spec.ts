/** Faults of the kernel and of the way to it, as a line meets them. */
import { Link } from '../link';
import type { IModelPayload, ITransferProgress } from '../types';
import { FakeKernel, NO_STATE, type Fault } from './fake-kernel';

const links: Link[] = [];

function open(kernel: FakeKernel): Link {
  const link = new Link(kernel.connection, 'ex1');
  links.push(link);
  return link;
}

const receive = (
  link: Link,
  onProgress: (p: ITransferProgress) => void = () => undefined,
  abort = new AbortController()
) => link.receivePair(onProgress, abort.signal);

const settle = (ms = 50) => jest.advanceTimersByTimeAsync(ms);

/** Run a promise to its end under fake timers. */
async function finish<T>(promise: Promise<T>, ms = 120000): Promise<T> {
  promise.catch(() => undefined);
  await settle(ms);
  return promise;
}

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  links.splice(0).forEach(link => link.dispose());
  jest.useRealTimers();
});

const payload = (): IModelPayload => ({
  run: 'run-1',
  title: '2L',
  file: Uint8Array.from({ length: 3_300_000 }, (_, i) => i * 7),
  positions: Int32Array.of(8, 9, 10),
  latents: Float32Array.of(1, 2, 3, 4, 5, 6),
  predictions: Float32Array.from({ length: 900 }, (_, i) => i / 7),
  backend: 'cpu',
  notice: ''
});

/** The same sequence for every run of a test: 0 to 1. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A fifth of the messages each is lost, comes twice, is damaged, or comes after its successor. */
function allFaults(seed: number): Fault {
  const random = chance(seed);
  let held: ReturnType<Fault> = [];
  return (data, buffer) => {
    const after = held;
    held = [];
    const kind = Math.floor(random() * 5);
    if (kind === 0) {
      return after;
    }
    if (kind === 1) {
      return [[data, buffer], [data, buffer], ...after];
    }
    if (kind === 2 && buffer) {
      const bad = buffer.slice();
      bad[Math.floor(random() * bad.length)] ^= 16;
      return [[data, bad], ...after];
    }
    if (kind === 3) {
      held = [[data, buffer]];
      return after;
    }
    return [[data, buffer], ...after];
  };
}

const expectWhole = (
  pair: Awaited<ReturnType<Link['receivePair']>>,
  kernel: FakeKernel
) => {
  if ('question' in pair) {
    throw new Error('a question');
  }
  expect(pair.spectra).toEqual(kernel.arrays.get('spectra')![0]);
  expect(pair.image).toEqual(kernel.arrays.get('image')![0]);
};

describe('a kernel that restarts in mid-transfer', () => {
  /** A line of whose 12 blocks three have come. */
  async function inMidTransfer() {
    const kernel = new FakeKernel({ block: 8800 });
    kernel.tellState('first', 'busy');
    let blocks = 0;
    kernel.fault = (d, b) =>
      d.type === 'block' && ++blocks > 3 ? [] : [[d, b]];
    const link = open(kernel);
    kernel.tellState('first', 'idle');
    const received = receive(link);
    received.catch(() => undefined);
    await settle();
    return { kernel, link, received };
  }

  const EXPECTED =
    'Kernel restarted: 3 of 12 blocks received, discarded. ' +
    'Run the cell that defines `s`, then Reload.';

  it('[K1] ends the transfer at once, with what had come and what to do', async () => {
    const { kernel, link, received } = await inMidTransfer();
    kernel.setStatus('restarting');
    await expect(received).rejects.toThrow(EXPECTED);
    expect(link.state).toBe('gone');
  });

  it('[K1] is known by its session where another page restarts it', async () => {
    const { kernel, link, received } = await inMidTransfer();
    kernel.tellState('first', 'busy');
    expect(link.state).toBe('connected');
    kernel.tellState('second', 'busy');
    await expect(received).rejects.toThrow(EXPECTED);
    expect(link.state).toBe('gone');
  });

  it('[K1] says how it came to be gone', async () => {
    for (const [status, words] of [
      ['autorestarting', 'The kernel died and was restarted: 3 of 12 blocks'],
      ['dead', 'The kernel died: 3 of 12 blocks received, discarded. Run'],
      ['terminating', 'The kernel was shut down: 3 of 12 blocks received']
    ]) {
      const { kernel, received } = await inMidTransfer();
      kernel.setStatus(status);
      await expect(received).rejects.toThrow(words);
    }
  });

  it('[K1] is told from a connection that breaks: the data are still there', async () => {
    const { kernel, link, received } = await inMidTransfer();
    kernel.connectionStatus = 'disconnected';
    kernel.connectionStatusChanged.emit('disconnected');
    await expect(received).rejects.toThrow(
      'The server was disconnected: 3 of 12 blocks received, discarded. ' +
        'When the connection is back, Reload.'
    );
    kernel.connectionStatus = 'connected';
    kernel.connectionStatusChanged.emit('connected');
    kernel.fault = (d, b) => [[d, b]];
    expectWhole(await finish(receive(link)), kernel);
  });
});

describe('a gap of the connection', () => {
  it('[K5] what was told meanwhile is told again: the state of the panel, failures', async () => {
    const kernel = new FakeKernel();
    const link = open(kernel);
    await settle();
    const heard: string[] = [];
    kernel.faultIn = () => [];
    kernel.connectionStatus = 'connecting';
    kernel.connectionStatusChanged.emit('connecting');
    const state = { ...NO_STATE, energyRange: [0.2, 0.4] as const };
    link.sendState(state);
    link.sendFailure('r', 'Loss became NaN');
    await settle(1000);
    kernel.faultIn = (data, buffer) => {
      heard.push(String(data.type));
      return [[data, buffer]];
    };
    kernel.connectionStatus = 'connected';
    kernel.connectionStatusChanged.emit('connected');
    await settle(1000);
    expect(heard).toEqual(['failure', 'state']);
    // Once each: the connection was not lost again.
    kernel.connectionStatusChanged.emit('connected');
    await settle(1000);
    expect(heard).toEqual(['failure', 'state']);
  });
});

describe('a run that is resumed after a failure', () => {
  it('[B1] is not said to have failed when a gap of the connection is over', async () => {
    const kernel = new FakeKernel();
    const link = open(kernel);
    await settle();
    const heard: string[] = [];
    kernel.faultIn = (data, buffer) => {
      heard.push(`${data.type} ${String(data.run)}`);
      return [[data, buffer]];
    };
    link.sendFailure('resumed', 'The worker stopped');
    link.sendFailure('given up', 'The worker stopped');
    link.sendProgress({
      run: 'resumed',
      epoch: 3,
      epochs: 9,
      history: { train: [1, 1, 1], test: [1, 1, 1] },
      secondsPerEpoch: 1,
      backend: 'cpu'
    });
    await settle(1000);
    heard.length = 0;
    kernel.connectionStatus = 'connecting';
    kernel.connectionStatusChanged.emit('connecting');
    kernel.connectionStatus = 'connected';
    kernel.connectionStatusChanged.emit('connected');
    await settle(1000);
    expect(heard).toEqual(['failure given up']);
  });
});

describe('a kernel that is busy for minutes', () => {
  it('[K3] serves transfers and results over a subshell', async () => {
    const kernel = new FakeKernel();
    const link = open(kernel);
    await settle();
    kernel.setStatus('busy');
    expectWhole(await finish(receive(link), 300_000), kernel);
    await finish(link.sendModel(payload()), 300_000);
    expect(kernel.stored).toHaveLength(1);
    expect(link.state).toBe('connected');
  });

  /** A line without a subshell while a cell runs: nothing is answered. */
  async function queued() {
    const kernel = new FakeKernel({ subshells: false });
    const link = open(kernel);
    await settle();
    // A moment's work, such as this line's own messages, is not worth a word.
    kernel.setStatus('busy');
    await settle(900);
    expect(link.state).toBe('connected');
    kernel.setStatus('idle');
    kernel.setStatus('busy');
    kernel.answers = false;
    await settle(1100);
    expect(link.state).toBe('busy');
    const goOn = () => {
      kernel.answers = true;
      kernel.setStatus('idle');
      expect(link.state).toBe('connected');
    };
    return { kernel, link, goOn };
  }

  it('[K3] keeps transfers and results in the queue without one, and loses none', async () => {
    const { kernel, link, goOn } = await queued();
    const received = receive(link);
    const sent = link.sendModel(payload());
    await settle(600_000);
    expect(kernel.stored).toHaveLength(0);
    goOn();
    expectWhole(await finish(received), kernel);
    await finish(sent);
    expect([...kernel.stored[0].get('file')!.slice(-3)]).toEqual([
      ...payload().file.slice(-3)
    ]);
  });

  it('[K3] lets go of what is cancelled while it waits', async () => {
    const { kernel, link, goOn } = await queued();
    const [pair, model, work] = [1, 2, 3].map(() => new AbortController());
    const ends = [
      receive(link, undefined, pair),
      link.sendModel(payload(), undefined, model.signal),
      link.runTask('nmf', { components: 4 }, { abort: work.signal })
    ];
    ends.forEach(end => end.catch(() => undefined));
    await settle(60_000);
    [pair, model, work].forEach(abort => abort.abort());
    await expect(ends[0]).rejects.toThrow('Receiving was cancelled.');
    await expect(ends[1]).rejects.toThrow('Sending was cancelled.');
    await expect(ends[2]).rejects.toThrow('The work was cancelled.');
    expect(kernel.of('cancel').map(m => m.transfer)).toEqual(
      kernel.of('model').map(m => m.transfer)
    );
    goOn();
    await settle(60_000);
    expect(kernel.stored).toHaveLength(0);
    // The line is as good as before.
    await finish(link.sendModel(payload()));
    expect(kernel.stored).toHaveLength(1);
  });
});

describe('a way on which blocks are lost, doubled, damaged and overtaken', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    '[K5] brings data and models whole, all faults at once (%i)',
    async seed => {
      const kernel = new FakeKernel({ block: 2048 });
      kernel.fault = allFaults(seed);
      kernel.faultIn = allFaults(seed + 100);
      const link = open(kernel);
      const model = payload();
      const received = receive(link);
      const sent = link.sendModel(model);
      sent.catch(() => undefined);
      expectWhole(await finish(received, 1_800_000), kernel);
      await finish(sent, 1_800_000);
      const [stored] = kernel.stored;
      expect(Buffer.compare(stored.get('file')!, model.file)).toBe(0);
      const { predictions } = model;
      expect(new Float32Array(stored.get('predictions')!.buffer)).toEqual(
        predictions
      );
    }
  );

  it('[K5] waits while a cell prints so much that the server drops everything', async () => {
    const kernel = new FakeKernel();
    const link = open(kernel);
    let flood = true;
    kernel.fault = (d, b) => (flood ? [] : [[d, b]]);
    const received = receive(link);
    await settle(20_000);
    flood = false;
    await settle(10);
    // And again with the data half there.
    setTimeout(() => (flood = true), 3);
    setTimeout(() => (flood = false), 25_000);
    expectWhole(await finish(received), kernel);
  });

  it('[K5] gives a block up that never comes whole, with what had come and what to do', async () => {
    const kernel = new FakeKernel({ block: 8800 });
    kernel.fault = (d, b) =>
      d.type === 'block' && d.block === 2 ? [[d, b!.slice(1)]] : [[d, b]];
    await expect(finish(receive(open(kernel)))).rejects.toThrow(
      'Block 2 of spectra did not arrive intact in 12 attempts (11 of 12 ' +
        'blocks received). Check the connection to the server, then Reload.'
    );
  });
});
