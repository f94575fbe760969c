import { describeArray, MAX_ARRAY_BYTES } from '../array-blocks';
import { Link } from '../link';
import type { TaskMessage } from '../protocol';
import type { ITaskProgress } from '../types';
import { FakeKernel, type Json } from './fake-kernel';

const links: Link[] = [];
const settle = (ms = 50) => jest.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  links.splice(0).forEach(link => link.dispose());
  jest.useRealTimers();
});

/** A line whose comm is open. */
async function open(kernel: FakeKernel): Promise<Link> {
  const link = new Link(kernel.connection, 'ex1');
  links.push(link);
  await settle();
  return link;
}

/** What becomes of a promise, to be looked at later. */
function outcome(promise: Promise<unknown>): {
  value?: unknown;
  error?: Error;
} {
  const seen: { value?: unknown; error?: Error } = {};
  promise.then(
    value => {
      seen.value = value;
    },
    error => {
      seen.error = error;
    }
  );
  return seen;
}

const asked = (kernel: FakeKernel) =>
  kernel.received
    .filter((m): m is TaskMessage => m.type.startsWith('task'))
    .map(m => m.type);

const floats = Float32Array.from({ length: 3000 }, (_, i) => i / 3);
const flags = Uint8Array.from({ length: 12 }, (_, i) => i % 2);
const numbers = Int32Array.of(-1, 7);

/** A kernel that has three arrays ready after `looks` looks. */
function working(looks: number): FakeKernel {
  const kernel = new FakeKernel();
  kernel.arrays.set('a', [floats, describeArray('a', floats, [3, 1000], 4096)]);
  kernel.arrays.set('b', [flags, describeArray('b', flags, [3, 4])]);
  kernel.arrays.set('c', [numbers, describeArray('c', numbers, [2])]);
  let left = looks;
  kernel.taskState = message => {
    if (message.type === 'task-release') {
      return null;
    }
    return left-- > 0
      ? { state: 'running', fraction: 0.5, message: `${left} to go` }
      : {
          state: 'done',
          fields: { text: 'done' },
          arrays: ['a', 'b', 'c'].map(name => kernel.arrays.get(name)![1])
        };
  };
  return kernel;
}

describe('runTask', () => {
  it('asks, looks after 150 ms and then every 400, and brings the arrays', async () => {
    const kernel = working(3);
    const link = await open(kernel);
    const progress: ITaskProgress[] = [];
    const params = { step: { step: 'crop_energy', start: 0.2 } };
    const end = outcome(
      link.runTask('preprocess-preview', params, {
        onProgress: p => progress.push(p)
      })
    );
    await settle(140);
    expect(kernel.of('task')).toHaveLength(1);
    expect(kernel.of('task')[0]).toMatchObject({
      kind: 'preprocess-preview',
      params
    });
    expect(asked(kernel)).toEqual(['task']);
    await settle(20);
    expect(asked(kernel)).toEqual(['task', 'task-poll']);
    await settle(380);
    expect(asked(kernel)).toEqual(['task', 'task-poll']);
    await settle(400 + 500);
    expect(asked(kernel)).toEqual([
      'task',
      'task-poll',
      'task-poll',
      'task-poll',
      'task-release'
    ]);
    expect(progress.map(p => p.message)).toEqual([
      '2 to go',
      '1 to go',
      '0 to go'
    ]);
    expect(end.value).toEqual({
      fields: { text: 'done' },
      arrays: {
        a: { shape: [3, 1000], values: floats },
        b: { shape: [3, 4], values: flags },
        c: { shape: [2], values: numbers }
      }
    });
    const sources = kernel.of('pull').map(m => m.source);
    const { task } = kernel.of('task')[0];
    expect(new Set(sources)).toEqual(new Set([`task:${task}`]));
  });

  it('asks again with the same id where no answer comes', async () => {
    const kernel = working(0);
    kernel.answers = false;
    const link = await open(kernel);
    const end = outcome(link.runTask('nmf', { components: 4 }));
    await settle(12500);
    const requests = kernel.of('task');
    expect(requests.length).toBeGreaterThan(1);
    expect(new Set(requests.map(m => m.task)).size).toBe(1);
    kernel.answers = true;
    await settle(7000);
    expect(end.value).toBeDefined();
  });

  it('survives answers that are lost or come twice', async () => {
    for (const copies of [0, 2]) {
      const kernel = working(2);
      let n = 0;
      kernel.fault = (d, b) => {
        const times = d.type === 'welcome' || ++n % 3 ? 1 : copies;
        return Array.from(
          { length: times },
          () => [d, b] as [Json, Uint8Array?]
        );
      };
      const link = await open(kernel);
      const end = outcome(link.runTask('nmf', {}));
      await settle(60000);
      expect(end.value).toMatchObject({ arrays: { a: { values: floats } } });
    }
  });

  it('gives up after a minute of silence', async () => {
    const kernel = working(0);
    const link = await open(kernel);
    kernel.answers = false;
    const end = outcome(link.runTask('nmf', {}));
    await settle(80000);
    expect(end.error?.message).toMatch(/did not answer for 60 s/);
  });

  it('waits for a kernel without subshells that is busy', async () => {
    const kernel = new FakeKernel({ subshells: false });
    kernel.taskState = () => ({ state: 'done', fields: { n: 1 } });
    const link = await open(kernel);
    kernel.setStatus('busy');
    kernel.answers = false;
    const end = outcome(link.runTask('nmf', {}));
    await settle(300000);
    expect(kernel.of('task')).toHaveLength(1);
    expect(end).toEqual({});
    kernel.answers = true;
    kernel.setStatus('idle');
    await settle(10000);
    expect(end.value).toEqual({ fields: { n: 1 }, arrays: {} });
  });

  it.each([
    ['failed', 'Bin by 2 to 37 pixels.', 'Bin by 2 to 37 pixels.'],
    ['cancelled', '', 'The kernel stopped the work.'],
    ['unknown', '', /no longer knows this work/]
  ])('rejects where the kernel says %s', async (state, message, expected) => {
    const kernel = new FakeKernel();
    kernel.taskState = () => ({ state, message });
    const link = await open(kernel);
    const end = outcome(link.runTask('preprocess-apply', { steps: [] }));
    await settle();
    expect(end.error?.message).toMatch(expected);
    await settle(60000);
    expect(asked(kernel)).toEqual(['task', 'task-release']);
  });

  it('ends with the reason when the kernel restarts', async () => {
    const kernel = new FakeKernel();
    kernel.taskState = () => ({ state: 'running' });
    const link = await open(kernel);
    const { signal } = new AbortController();
    const received = link.receivePair(() => undefined, signal);
    await settle(1000);
    await received;
    const end = outcome(link.runTask('nmf', {}));
    await settle(1000);
    kernel.setStatus('restarting');
    await settle();
    expect(end.error?.message).toBe(
      'Kernel restarted. Run the cell that defines `s`, then Reload. ' +
        'To reload, run the cell with explore again.'
    );
    const before = asked(kernel).length;
    await settle(60000);
    expect(asked(kernel)).toHaveLength(before);
    await expect(link.runTask('nmf', {})).rejects.toThrow(/Kernel restarted/);
  });

  it('says so where the result is gone before it was fetched', async () => {
    const kernel = working(0);
    kernel.forgets = true;
    const link = await open(kernel);
    const end = outcome(link.runTask('nmf', {}));
    await settle();
    expect(end.error?.message).toMatch(/no longer knows this work/);
  });

  it('allocates nothing for arrays that are too large together', async () => {
    const kernel = new FakeKernel();
    const bytes = MAX_ARRAY_BYTES / 2 + 4;
    const blockBytes = 4 * 1024 * 1024;
    const array = (name: string) => ({
      name,
      dtype: 'float32',
      shape: [bytes / 4],
      bytes,
      blockBytes,
      blocks: Math.ceil(bytes / blockBytes)
    });
    kernel.taskState = () => ({
      state: 'done',
      arrays: [array('a'), array('b')]
    });
    const link = await open(kernel);
    const end = outcome(link.runTask('nmf', {}));
    await settle();
    expect(end.error?.message).toMatch(/2 arrays of 2147483656 bytes in all/);
    expect(kernel.of('pull')).toHaveLength(0);
  });
});

describe('cancelling a task', () => {
  it('rejects at once and tells the kernel, again if it must', async () => {
    const kernel = working(1000);
    const link = await open(kernel);
    const abort = new AbortController();
    const end = outcome(link.runTask('nmf', {}, { abort: abort.signal }));
    await settle(200);
    kernel.answers = false;
    abort.abort();
    await settle(0);
    expect(end.error?.name).toBe('AbortError');
    await settle(7000);
    expect(kernel.of('task-cancel').length).toBe(2);
    kernel.answers = true;
    await settle(7000);
    const all = asked(kernel);
    expect(all[all.length - 1]).toBe('task-release');
    await settle(60000);
    expect(asked(kernel)).toHaveLength(all.length);
  });

  it('stops fetching the arrays', async () => {
    const kernel = working(0);
    kernel.fault = (d, b) => (d.type === 'block' ? [] : [[d, b]]);
    const link = await open(kernel);
    const abort = new AbortController();
    const end = outcome(link.runTask('nmf', {}, { abort: abort.signal }));
    await settle();
    const pulls = kernel.of('pull').length;
    expect(pulls).toBeGreaterThan(0);
    abort.abort();
    await settle(60000);
    expect(end.error?.name).toBe('AbortError');
    expect(kernel.of('pull')).toHaveLength(pulls);
    expect(kernel.of('task-release')).toHaveLength(1);
  });

  it('works where it was aborted before it began', async () => {
    const kernel = working(0);
    const link = await open(kernel);
    const end = outcome(
      link.runTask('nmf', {}, { abort: AbortSignal.abort() })
    );
    await settle();
    expect(end.error?.name).toBe('AbortError');
    expect(asked(kernel).slice(-1)).toEqual(['task-release']);
  });
});
