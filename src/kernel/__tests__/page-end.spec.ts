/** @jest-environment jsdom */
import { Link } from '../link';
import { KernelLinks } from '../links';
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

function leavePage(persisted = false): void {
  window.dispatchEvent(
    Object.assign(new Event('pagehide'), { persisted }) as PageTransitionEvent
  );
}

async function open(kernel: FakeKernel): Promise<Link> {
  const link = new Link(kernel.connection, 'a');
  links.push(link);
  void link
    .receivePair(() => undefined, new AbortController().signal)
    .catch(() => undefined);
  await settle();
  return link;
}

describe('a page that goes', () => {
  it('[K10] says so, once, and that it may come back', async () => {
    const kernel = new FakeKernel();
    const link = await open(kernel);
    leavePage(true);
    expect(kernel.closed).toEqual([]);
    leavePage();
    leavePage();
    expect(kernel.closed).toEqual(['data-0']);
    expect(kernel.closedWith).toEqual([{ page: true }]);
    link.dispose();
    expect(kernel.closed).toEqual(['data-0']);
  });

  it('[K10] says nothing for a panel that was closed before', async () => {
    const kernel = new FakeKernel();
    const link = await open(kernel);
    link.dispose();
    expect(kernel.closedWith).toEqual([undefined]);
    leavePage();
    expect(kernel.closed).toEqual(['data-0']);
  });

  it('[K10] lets go of the comms of the kernel, whose subshell ends with them', () => {
    const kernel = new FakeKernel();
    const all = new KernelLinks(kernel.connection);
    const [first, second, third] = ['x', 'y', 'z'].map(id =>
      kernel.openControl(id)
    );
    // The kernel says that it closed the data of one.
    kernel.control('x', { type: 'closed', client: '' });
    expect([first, second].map(comm => comm.isDisposed)).toEqual([true, false]);
    leavePage();
    expect(second.isDisposed).toBe(true);
    kernel.closed.length = 0;
    all.dispose();
    expect(third.isDisposed).toBe(true);
    // JupyterLab would say "Comm not found" in every other page.
    expect(kernel.closed).toEqual([]);
  });
});
