import { DEFAULT_SETUP } from '../../signal/types';
import { Link } from '../link';
import { KernelLinks } from '../links';
import type { IModelPayload, ITransferProgress, KernelRequest } from '../types';
import {
  CHANNELS,
  FakeKernel,
  NO_STATE,
  NX,
  NY,
  type Fault,
  type Json
} from './fake-kernel';

const links: Link[] = [];

function open(kernel: FakeKernel, id = 'ex1'): Link {
  const link = new Link(kernel.connection, id);
  links.push(link);
  return link;
}

const receive = (
  link: Link,
  onProgress: (p: ITransferProgress) => void = () => undefined,
  abort = new AbortController()
) => link.receivePair(onProgress, abort.signal);

const settle = (ms = 50) => jest.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  links.splice(0).forEach(link => link.dispose());
  jest.useRealTimers();
});

/** Run a promise to its end under fake timers. */
async function finish<T>(promise: Promise<T>, ms = 120000): Promise<T> {
  promise.catch(() => undefined);
  await settle(ms);
  return promise;
}

const payload = (): IModelPayload => {
  // Views into larger buffers, as subarrays of results are.
  const big = Float32Array.from({ length: 5000 }, (_, i) => i / 7);
  return {
    run: 'run-1',
    title: '2L',
    file: Uint8Array.from({ length: 300 }, (_, i) => i).subarray(17, 290),
    positions: Int32Array.from([8, 9, 10, 11]).subarray(1, 4),
    latents: big.subarray(3, 9),
    predictions: big.subarray(100, 100 + 3 * CHANNELS),
    backend: 'cpu',
    notice: ''
  };
};

describe('receivePair', () => {
  it('brings the arrays with axes, units and report', async () => {
    const kernel = new FakeKernel();
    const progress: ITransferProgress[] = [];
    const pair = await finish(receive(open(kernel), p => progress.push(p)));
    expect(pair.spectra).toEqual(kernel.arrays.get('spectra')![0]);
    expect(pair.image).toEqual(kernel.arrays.get('image')![0]);
    expect([pair.ny, pair.nx, pair.channels]).toEqual([NY, NX, CHANNELS]);
    expect([pair.name, pair.energy.units, pair.spectraUnits]).toEqual([
      's',
      'eV',
      'counts'
    ]);
    expect(pair.mask).toBeNull();
    const totalBytes = 4 * NY * NX * (CHANNELS + 1);
    const last = progress[progress.length - 1];
    expect(last).toEqual({
      done: last.total,
      total: 25,
      bytes: totalBytes,
      totalBytes
    });
    expect(progress.map(p => p.done)).toEqual(
      Array.from({ length: 26 }, (_, i) => i)
    );
  });

  const faults: [string, () => Fault][] = [
    [
      'lost',
      () => {
        let n = 0;
        return (d, b) => (d.type === 'block' && n++ % 3 === 0 ? [] : [[d, b]]);
      }
    ],
    [
      'duplicated',
      () => (d, b) => [
        [d, b],
        [d, b]
      ]
    ],
    [
      'damaged',
      () => {
        let n = 0;
        return (d, b) => {
          if (!b || n++ % 4 > 0) {
            return [[d, b]];
          }
          const bad = b.slice();
          bad[bad.length >> 1] ^= 8;
          return [[d, bad]];
        };
      }
    ],
    [
      'held back and reordered',
      () => {
        let held: [Json, Uint8Array?][] = [];
        return (d, b) => {
          if (d.type !== 'block') {
            return [[d, b]];
          }
          held.push([d, b]);
          if (held.length < 2) {
            return [];
          }
          const out = held.reverse();
          held = [];
          return out;
        };
      }
    ]
  ];
  it.each(faults)('survives blocks that are %s', async (_, fault) => {
    const kernel = new FakeKernel();
    kernel.fault = fault();
    const pair = await finish(receive(open(kernel)));
    expect(pair.spectra).toEqual(kernel.arrays.get('spectra')![0]);
    expect(pair.image).toEqual(kernel.arrays.get('image')![0]);
  });

  it('asks for a block again when everything falls silent', async () => {
    const kernel = new FakeKernel();
    const link = open(kernel);
    const received = receive(link);
    await settle(2);
    kernel.answers = false;
    await settle(20000);
    const asked = kernel.of('pull').length;
    kernel.answers = true;
    const pair = await finish(received);
    expect(asked).toBeGreaterThan(4);
    expect(pair.image).toEqual(kernel.arrays.get('image')![0]);
  });

  it('gives up a block that never arrives intact, naming it', async () => {
    const kernel = new FakeKernel();
    kernel.fault = (d, b) =>
      d.type === 'block' && d.block === 2 ? [] : [[d, b]];
    await expect(finish(receive(open(kernel)), 300000)).rejects.toThrow(
      /Block 2 of spectra did not arrive intact in 12 attempts \(\d+ of 25/
    );
  });

  it('ends with the count of blocks when the kernel restarts', async () => {
    const kernel = new FakeKernel();
    let blocks = 0;
    kernel.fault = (d, b) =>
      d.type === 'block' && ++blocks > 3 ? [] : [[d, b]];
    const link = open(kernel);
    const states: string[] = [];
    link.stateChanged.connect((_, state) => states.push(state));
    const received = receive(link);
    received.catch(() => undefined);
    await settle();
    kernel.setStatus('restarting');
    await expect(received).rejects.toThrow(
      'Kernel restarted: 3 of 25 blocks received, discarded. ' +
        'Run the cell that defines `s`, then Reload.'
    );
    expect(states).toEqual(['gone']);
    kernel.setStatus('idle');
    expect(link.state).toBe('gone');
    await expect(receive(link)).rejects.toThrow(/Kernel restarted/);
    await expect(link.sendModel(payload())).rejects.toThrow(/Kernel restarted/);
  });

  it('stops asking when it is cancelled', async () => {
    const kernel = new FakeKernel();
    kernel.fault = (d, b) => (d.type === 'block' ? [] : [[d, b]]);
    const abort = new AbortController();
    const received = receive(open(kernel), undefined, abort);
    await settle();
    abort.abort();
    await expect(received).rejects.toThrow('cancelled');
    const asked = kernel.of('pull').length;
    await settle(60000);
    expect(kernel.of('pull').length).toBe(asked);
  });

  it('asks anew where the data are replaced on the way', async () => {
    const kernel = new FakeKernel();
    const link = open(kernel);
    let blocks = 0;
    kernel.fault = (d, b) => {
      if (d.type === 'block' && ++blocks === 3) {
        kernel.source = 'pair:2';
      }
      return [[d, b]];
    };
    const pair = await finish(receive(link));
    expect(pair.spectra).toEqual(kernel.arrays.get('spectra')![0]);
    expect(kernel.of('hello')).toHaveLength(2);
  });
});

describe('a kernel without subshells', () => {
  it('is waited for while it is busy, and nothing is asked twice', async () => {
    const kernel = new FakeKernel({ subshells: false });
    const link = open(kernel);
    await settle();
    kernel.setStatus('busy');
    kernel.answers = false;
    await settle(2000);
    expect(link.state).toBe('busy');
    const received = receive(link);
    await settle(60000);
    const pulls = kernel.of('pull');
    expect(new Set(pulls.map(m => m.block)).size).toBe(pulls.length);
    kernel.answers = true;
    kernel.setStatus('idle');
    const pair = await finish(received);
    expect(pair.image).toEqual(kernel.arrays.get('image')![0]);
  });
});

describe('sendModel', () => {
  const faults: [string, () => Fault][] = [
    ['intact', () => (d, b) => [[d, b]]],
    [
      'with lost answers',
      () => {
        let n = 0;
        return (d, b) =>
          d.type !== 'welcome' && n++ % 3 === 0 ? [] : [[d, b]];
      }
    ],
    [
      'with answers twice',
      () => (d, b) => [
        [d, b],
        [d, b]
      ]
    ]
  ];
  it.each(faults)(
    'delivers views of arrays bit by bit, %s',
    async (_, fault) => {
      const kernel = new FakeKernel();
      kernel.fault = fault();
      const link = open(kernel);
      await settle(10000);
      const model = payload();
      const progress: number[] = [];
      await finish(link.sendModel(model, p => progress.push(p.bytes)));
      const [stored] = kernel.stored;
      expect([...stored.get('file')!]).toEqual([...model.file]);
      const floats = (name: string) =>
        new Float32Array(stored.get(name)!.slice().buffer);
      expect(floats('latents')).toEqual(model.latents.slice());
      expect(floats('predictions')).toEqual(model.predictions.slice());
      expect(new Int32Array(stored.get('positions')!.slice().buffer)).toEqual(
        model.positions.slice()
      );
      expect(kernel.of('model')[0].arrays[3].shape).toEqual([3, CHANNELS]);
      expect(progress[progress.length - 1]).toBe(273 + 12 + 24 + 12 * CHANNELS);
    }
  );

  it('rejects with what Python found wrong', async () => {
    const kernel = new FakeKernel();
    kernel.reject = 'Model file damaged: dec_fc.weight';
    const link = open(kernel);
    await settle();
    await expect(finish(link.sendModel(payload()))).rejects.toThrow(
      'Model file damaged: dec_fc.weight'
    );
  });

  it('gives up after a minute without any answer', async () => {
    const kernel = new FakeKernel();
    const link = open(kernel);
    await settle();
    kernel.answers = false;
    await expect(finish(link.sendModel(payload()))).rejects.toThrow(
      /did not answer for 60 s/
    );
  });
});

const PIN = { letter: 'a', name: 'void', row: 3, column: 4 };

describe('requests of cells', () => {
  it('wait for a listener, are accepted once each and kept apart', async () => {
    const kernel = new FakeKernel();
    const link = open(kernel);
    const requests: KernelRequest[] = [];
    link.requested.connect((_, request) => requests.push(request));
    await settle();
    const client = kernel.clients[0];
    const train = { type: 'train', request: 1, run: 'r', setup: DEFAULT_SETUP };
    link.onControl({ ...train, client });
    link.onControl({ ...train, client });
    link.onControl({ ...train, request: 2, client: 'another tab' });
    link.onControl({
      ...train,
      request: 3,
      client,
      setup: { kind: 'im2spec' }
    });
    await settle();
    expect(requests).toEqual([]);
    expect(kernel.of('accepted').map(m => m.request)).toEqual([1, 1]);
    await finish(receive(link));
    expect(requests).toEqual([
      { type: 'train', run: 'r', setup: DEFAULT_SETUP }
    ]);
    link.onControl({ type: 'stop', request: 4, client, run: 'r' });
    link.onControl({ type: 'reload', request: 5, client: '' });
    await settle();
    expect(requests.slice(1)).toEqual([
      { type: 'stop', run: 'r' },
      { type: 'reload' }
    ]);
  });

  it('bring a state to place, and a welcome brings the one that was told last', async () => {
    const kernel = new FakeKernel();
    const known = { ...NO_STATE, pins: [PIN], selection: [3, 2] };
    kernel.state = { ...known };
    const link = open(kernel);
    const requests: KernelRequest[] = [];
    link.requested.connect((_, request) => requests.push(request));
    expect(link.panelState).toBeNull();
    await finish(receive(link));
    expect(link.panelState).toEqual(known);
    const place = { type: 'place', request: 7, client: kernel.clients[0] };
    link.onControl({ ...place, state: known });
    link.onControl({ ...place, request: 8, state: { pins: [PIN] } });
    await settle();
    expect(requests).toEqual([{ type: 'place', state: known }]);
  });

  it('bring the file of a model to show', async () => {
    const kernel = new FakeKernel();
    const link = open(kernel);
    const requests: KernelRequest[] = [];
    link.requested.connect((_, request) => requests.push(request));
    await finish(receive(link));
    const file = Uint8Array.from({ length: 9000 }, (_, i) => i % 253);
    const description = {
      name: 'file',
      dtype: 'uint8',
      shape: [9000]
    } as const;
    const array = { ...description, bytes: 9000, blockBytes: 4096, blocks: 3 };
    kernel.arrays.set('file', [file, array]);
    const [client] = kernel.clients;
    const show = { type: 'show', request: 7, client, model: 'm' };
    link.onControl({ ...show, arrays: [array] });
    await settle(1000);
    expect(requests).toEqual([{ type: 'show', model: 'm', file }]);
  });

  it('a ping is answered by the panel it is for', async () => {
    const kernel = new FakeKernel();
    const link = open(kernel);
    await settle();
    link.onControl({ type: 'ping', client: 'another' });
    expect(kernel.of('pong')).toHaveLength(0);
    link.onControl({ type: 'ping', client: kernel.clients[0] });
    expect(kernel.of('pong')).toHaveLength(1);
  });
});

describe('messages of the panel', () => {
  it('a state goes out whole, and the last of many', async () => {
    const kernel = new FakeKernel();
    const link = open(kernel);
    await finish(receive(link));
    const energyRange = [0.2, 0.4] as const;
    const state = { ...NO_STATE, energyRange, pins: [PIN] };
    link.sendState({ ...state, energyRange: [NaN, 1] });
    link.sendState(state);
    link.sendState({ ...state, selection: [1, 1] });
    link.sendState({ ...state, selection: [1, 2] });
    await settle(1000);
    expect(kernel.of('state').map(message => message.state)).toEqual([
      state,
      { ...state, selection: [1, 2] }
    ]);
  });

  const progress = (epoch: number) => ({
    run: 'r',
    epoch,
    epochs: 9,
    history: { train: [1, NaN], test: [Infinity] },
    secondsPerEpoch: NaN,
    backend: 'cpu'
  });

  it('progress is thinned to the latest, without NaN', async () => {
    const kernel = new FakeKernel();
    const link = open(kernel);
    await settle();
    for (let epoch = 1; epoch <= 9; epoch++) {
      link.sendProgress(progress(epoch));
    }
    await settle(2000);
    const sent = kernel.of('progress');
    expect(sent.map(m => m.epoch)).toEqual([1, 9]);
    expect(sent[1].history).toEqual({ train: [1, null], test: [null] });
    expect(sent[1].secondsPerEpoch).toBeNull();
  });

  it('a failure comes after the progress before it', async () => {
    const kernel = new FakeKernel();
    const link = open(kernel);
    await settle();
    link.sendProgress(progress(1));
    link.sendProgress(progress(2));
    link.sendFailure('r', 'Loss became NaN');
    expect(kernel.received.slice(-2).map(m => m.type)).toEqual([
      'progress',
      'failure'
    ]);
  });

  it('hello is repeated until it is answered', async () => {
    const kernel = new FakeKernel();
    kernel.answers = false;
    const link = open(kernel);
    await settle(10000);
    expect(kernel.of('hello').length).toBeGreaterThan(2);
    kernel.answers = true;
    await finish(receive(link));
    const said = kernel.of('hello').length;
    await settle(30000);
    expect(kernel.of('hello')).toHaveLength(said);
  });

  it('a refusal ends the line with its reason', async () => {
    const kernel = new FakeKernel();
    kernel.fault = () => [[{ type: 'refused', message: 'pip install it' }]];
    const link = open(kernel);
    await expect(finish(receive(link))).rejects.toThrow('pip install it');
    expect(link.state).toBe('gone');
  });

  it('a server that comes back finds the line again', async () => {
    const kernel = new FakeKernel();
    const link = open(kernel);
    await finish(receive(link));
    kernel.connectionStatus = 'disconnected';
    kernel.connectionStatusChanged.emit('disconnected');
    expect(link.state).toBe('gone');
    kernel.connectionStatus = 'connected';
    kernel.connectionStatusChanged.emit('connected');
    expect(link.state).toBe('connected');
    const pair = await finish(receive(link));
    expect(pair.image).toEqual(kernel.arrays.get('image')![0]);
  });

  it('closing it closes the comm and ends what is under way', async () => {
    const kernel = new FakeKernel();
    kernel.fault = (d, b) => (d.type === 'block' ? [] : [[d, b]]);
    const link = open(kernel);
    const received = receive(link);
    received.catch(() => undefined);
    await settle();
    link.dispose();
    await expect(received).rejects.toThrow('The panel was closed.');
    expect(kernel.closed).toEqual(['data-0']);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('KernelLinks', () => {
  function watch(kernel: FakeKernel): { opened: Link[]; all: KernelLinks } {
    const all = new KernelLinks(kernel.connection);
    const opened: Link[] = [];
    all.opened.connect((_, link) => {
      opened.push(link);
      links.push(link);
    });
    return { opened, all };
  }

  it('opens a link for each explorer', async () => {
    const kernel = new FakeKernel();
    const { opened, all } = watch(kernel);
    expect(kernel.targets).toEqual(['eelscape']);
    kernel.explore('a');
    kernel.explore('b');
    await settle();
    expect(opened.map(link => link.id)).toEqual(['a', 'b']);
    expect(all.links).toEqual(opened);
    all.dispose();
    kernel.explore('c');
    expect(opened).toHaveLength(2);
    expect(kernel.targets).toEqual([]);
  });

  it('adopts the explorers of a kernel after a reload, not their old comms', async () => {
    const kernel = new FakeKernel();
    kernel.controls.push('a');
    const { opened } = watch(kernel);
    await settle();
    expect(opened.map(link => link.id)).toEqual(['a']);
    kernel.explore('a');
    expect(opened).toHaveLength(1);
  });

  it('adopts while a cell waits, when the cell asks', async () => {
    const kernel = new FakeKernel();
    kernel.requestCommInfo = () => new Promise(() => undefined);
    const { opened } = watch(kernel);
    await settle();
    kernel.control('a', { type: 'ping', client: 'the page before' });
    expect(opened.map(link => link.id)).toEqual(['a']);
  });

  it('opens a closed panel for work only', async () => {
    const kernel = new FakeKernel();
    const { opened } = watch(kernel);
    kernel.explore('a');
    await settle();
    opened[0].dispose();
    kernel.control('a', { type: 'vacant', client: '' });
    kernel.control('a', { type: 'ping', client: '' });
    expect(opened).toHaveLength(1);
    kernel.control('a', { type: 'reload', request: 1, client: '' });
    expect(opened).toHaveLength(2);
  });

  it('opens the same explorer again after a restart', async () => {
    const kernel = new FakeKernel();
    const { opened } = watch(kernel);
    kernel.explore('a');
    await settle();
    kernel.setStatus('restarting');
    kernel.setStatus('idle');
    kernel.explore('a');
    expect(opened.map(link => [link.id, link.state])).toEqual([
      ['a', 'gone'],
      ['a', 'connected']
    ]);
  });

  it('leaves a connection without comms alone', () => {
    const kernel = new FakeKernel();
    kernel.handleComms = false;
    const { all } = watch(kernel);
    expect(kernel.targets).toEqual([]);
    all.dispose();
  });
});
