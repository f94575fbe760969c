import { Link } from '../link';
import { FakeKernel } from './fake-kernel';

const links: Link[] = [];
const settle = (ms = 50) => jest.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  links.splice(0).forEach(link => link.dispose());
  jest.useRealTimers();
});

async function open(role: 'leader' | 'watcher') {
  const kernel = new FakeKernel();
  kernel.role = role;
  const link = new Link(kernel.connection, 'a');
  links.push(link);
  let told = 0;
  link.stateChanged.connect(() => (told += 1));
  void link.receivePair(() => undefined, new AbortController().signal);
  await settle();
  /** The kernel tells everybody what the leading panel trains. */
  const say = (training: unknown) =>
    link.onControl({ type: 'elsewhere', client: 'another', training });
  return { kernel, link, say, told: () => told };
}

describe('another tab over the same data', () => {
  it('[K10] is known to a tab that watches, with its run', async () => {
    const { link, say, told } = await open('watcher');
    expect(link.elsewhere).toEqual({ training: null });
    const before = told();
    expect(before).toBeGreaterThan(0);
    say({ epoch: 12, epochs: 40 });
    expect(link.elsewhere).toEqual({ training: { epoch: 12, epochs: 40 } });
    expect(told()).toBe(before + 1);
    say(null);
    expect(link.elsewhere).toEqual({ training: null });
  });

  it('[K10] is not spoken of in the tab that leads', async () => {
    const { link, say } = await open('leader');
    say({ epoch: 12, epochs: 40 });
    expect(link.elsewhere).toBeNull();
  });

  it('[K10] whose run is not heard of any more is not said to train', async () => {
    const { link, say } = await open('watcher');
    say({ epoch: 12, epochs: 40 });
    await settle(10_000);
    expect(link.elsewhere!.training).not.toBeNull();
    await settle(10_000);
    expect(link.elsewhere).toEqual({ training: null });
  });

  it('[K10] leaves the lead to this one when it goes', async () => {
    const { kernel, link, say } = await open('watcher');
    say({ epoch: 12, epochs: 40 });
    kernel.role = 'leader';
    link.onControl({ type: 'vacant', client: '' });
    await settle();
    expect(link.elsewhere).toBeNull();
  });

  it.each([[{ epoch: -1, epochs: 4 }], ['soon'], [{ epoch: 1 }]])(
    '[K10] cannot say %p',
    async training => {
      const { link, say } = await open('watcher');
      say(training);
      expect(link.elsewhere).toEqual({ training: null });
    }
  );

  it('[K10] is asked after from time to time, in case it went without a word', async () => {
    const { kernel, link } = await open('watcher');
    expect(kernel.of('hello')).toHaveLength(1);
    await settle(25_000);
    expect(kernel.of('hello')).toHaveLength(3);
    expect(link.elsewhere).not.toBeNull();
    kernel.role = 'leader';
    await settle(12_000);
    expect(link.elsewhere).toBeNull();
    const { length } = kernel.of('hello');
    await settle(60_000);
    // A page that leads has nothing to ask.
    expect(kernel.of('hello')).toHaveLength(length);
  });
});

describe('data that are closed in Python', () => {
  it('end the line with the reason, and their comm without an answer', async () => {
    const { kernel, link } = await open('leader');
    const message = 'The data were closed in Python.';
    kernel.comms[0].onMsg({
      content: { data: { type: 'refused', message } }
    });
    expect(link.state).toBe('gone');
    await expect(link.runTask('nmf', {})).rejects.toThrow(message);
    expect(kernel.comms[0].isDisposed).toBe(true);
    link.dispose();
    expect(kernel.closed).toEqual([]);
  });
});
