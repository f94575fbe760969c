/** Faults of the kernel as a panel meets them: a workspace on a real line to a kernel in memory. */
import { FakeKernel, NX, NY } from '../../kernel/__tests__/fake-kernel';
import { describeArray } from '../../kernel/array-blocks';
import { Link } from '../../kernel/link';
import { DEFAULT_SETTINGS } from '../settings';
import { Workspace } from '../workspace';
import { FakeClient, FakeFiles, SETUP } from './fakes';

const workspaces: Workspace[] = [];

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  workspaces.splice(0).forEach(workspace => workspace.dispose());
  jest.useRealTimers();
});

const settle = (ms = 1000) => jest.advanceTimersByTimeAsync(ms);

function openPanel(kernel: FakeKernel) {
  const client = new FakeClient();
  const attach = () => new Link(kernel.connection, 'ex1');
  const workspace = new Workspace({
    id: 'ex1',
    link: attach(),
    network: client,
    files: new FakeFiles(),
    machine: { cores: 1, bytes: 2 ** 30 },
    settings: { ...DEFAULT_SETTINGS, setup: SETUP, gridSize: 4 }
  });
  workspaces.push(workspace);
  return { workspace, client, attach };
}

/** A kernel whose pair comes in 12 blocks. */
function makeKernel(options: { subshells?: boolean } = {}): FakeKernel {
  const kernel = new FakeKernel({ ...options, block: 8800 });
  kernel.taskState = ({ type }) =>
    type === 'task-release'
      ? null
      : { state: 'done', fields: { models: 0, components: 0 } };
  return kernel;
}

/** Only so many blocks of what comes now arrive. */
function holdAfter(kernel: FakeKernel, blocks: number): void {
  let n = 0;
  kernel.fault = (d, b) => (d.type === 'block' && ++n > blocks ? [] : [[d, b]]);
}

/** The kernel loses everything, and nobody is told anything but its status. */
function end(kernel: FakeKernel, status: string): void {
  kernel.setStatus(status);
  kernel.answers = false;
}

/** A kernel comes back, and the cell with explore runs again. */
function comeBack(kernel: FakeKernel, panel: ReturnType<typeof openPanel>) {
  kernel.answers = true;
  kernel.fault = (d, b) => [[d, b]];
  kernel.setStatus('idle');
  panel.workspace.attach(panel.attach());
}

async function train(panel: ReturnType<typeof openPanel>, at = 0) {
  panel.workspace.training.start();
  panel.client.runs[at].advance(1.2);
  panel.client.runs[at].finish();
  await settle();
}

/** Other values in the kernel, of the same shape. */
function replaceData(kernel: FakeKernel): Float32Array {
  const spectra = Float32Array.from(
    { length: NY * NX * 50 },
    (_, i) => Math.cos(i) * 7
  );
  const description = describeArray('spectra', spectra, [NY, NX, 50], 8800);
  kernel.arrays.set('spectra', [spectra, description]);
  kernel.source = 'pair:2';
  const { pair } = kernel;
  kernel.pair = () => ({ ...pair.call(kernel), sha256: 'b'.repeat(64) });
  return spectra;
}

describe('a kernel that restarts while data come', () => {
  const WORDS =
    'Kernel restarted: 3 of 12 blocks received, discarded. Run the cell that ' +
    'defines `s`, then Reload. To reload, run the cell with explore again.';

  it('[K1] leaves an empty panel with the reason, and fills it when it is back', async () => {
    const kernel = makeKernel();
    holdAfter(kernel, 3);
    const panel = openPanel(kernel);
    const { workspace } = panel;
    await settle();
    expect(workspace.transfer).toMatchObject({ done: 3, total: 12 });
    end(kernel, 'restarting');
    await settle(0);
    expect([workspace.status, workspace.linkState]).toEqual(['error', 'gone']);
    expect(workspace.error).toBe(WORDS);
    comeBack(kernel, panel);
    await settle();
    expect(workspace.status).toBe('ready');
    expect(workspace.error).toBe('');
    const [spectra] = kernel.arrays.get('spectra')!;
    expect(workspace.data.pair!.spectra).toEqual(spectra);
  });

  it('[K1] leaves the view and the models that were there', async () => {
    const kernel = makeKernel();
    const panel = openPanel(kernel);
    const { workspace } = panel;
    await settle();
    await train(panel);
    const { pair } = workspace.data;
    const [model] = workspace.models.items;
    const file = workspace.exportModel();
    workspace.navigation.setPointer(5, 6);
    const other = replaceData(kernel);
    holdAfter(kernel, 3);
    workspace.reload();
    await settle();
    expect(workspace.transfer).toMatchObject({ done: 3, total: 12 });

    end(kernel, 'restarting');
    await settle(0);
    expect(workspace.transfer).toBeNull();
    expect(workspace.training.error).toBe(WORDS);
    expect([workspace.status, workspace.linkState]).toEqual(['done', 'gone']);
    expect(workspace.data.pair).toBe(pair);
    expect(workspace.models.items).toEqual([model]);
    expect(workspace.models.active).toBe(model);
    expect(workspace.exportModel()).toBe(file);
    expect(workspace.navigation.pointer).toEqual([5, 6]);

    comeBack(kernel, panel);
    await settle();
    expect(workspace.data.pair!.spectra).toEqual(other);
    // The model waits for its own data.
    expect([workspace.shelved, workspace.linkState]).toEqual([1, 'connected']);
  });
});

describe('a kernel that dies while a network trains', () => {
  it('[K2] leaves the run alone; its results go to a file, and to Python when it is back', async () => {
    const kernel = makeKernel();
    const panel = openPanel(kernel);
    const { workspace, client } = panel;
    const { training } = workspace;
    await settle();
    training.enqueue({ run: 'asked', setup: SETUP, fromPython: true });
    client.runs[0].advance(1.3);
    await settle();
    const told = kernel.received.length;

    end(kernel, 'autorestarting');
    await settle();
    expect([workspace.status, workspace.linkState]).toEqual([
      'training',
      'gone'
    ]);
    client.runs[0].advance(1.2);
    client.runs[0].advance(1.1);
    expect(training.epoch).toBe(3);
    client.runs[0].finish();
    await settle();
    expect(workspace.status).toBe('done');
    expect(workspace.models.active!.history.train).toHaveLength(3);
    expect(training.error).toBe(
      'im2spec 2L, FT:IO <b> did not reach Python: the kernel is gone. It is ' +
        'kept here: save it to a file with Export, or run the cell with explore ' +
        'again, then "Send to Python".'
    );
    const file = workspace.exportModel()!;
    expect(JSON.parse(new TextDecoder().decode(file)).epoch).toBe(3);
    expect(workspace.unsent).toBe(1);
    await workspace.sendToPython();
    expect([workspace.unsent, kernel.received.length]).toEqual([1, told]);

    comeBack(kernel, panel);
    await settle();
    expect([workspace.linkState, workspace.unsent]).toEqual(['connected', 1]);
    expect(workspace.models.items.map(item => item.id)).toEqual(['asked']);
    const sent = workspace.sendToPython();
    await settle();
    await sent;
    expect(workspace.unsent).toBe(0);
    expect(kernel.of('model').map(message => message.run)).toEqual(['asked']);
    expect([...kernel.stored[0].get('file')!]).toEqual([...file]);
  });

  it('[K2] says nothing of it where the run is stopped without a result', async () => {
    const kernel = makeKernel();
    const { workspace, client } = openPanel(kernel);
    await settle();
    workspace.training.start();
    end(kernel, 'dead');
    client.runs[0].stop();
    await settle();
    const { status, unsent, training } = workspace;
    expect([status, unsent, training.error]).toEqual(['ready', 0, '']);
  });
});

describe('a kernel that is busy without a subshell', () => {
  async function queued() {
    const kernel = makeKernel({ subshells: false });
    const panel = openPanel(kernel);
    await settle();
    await train(panel);
    expect(kernel.stored).toHaveLength(1);
    const { pair } = panel.workspace.data;
    kernel.setStatus('busy');
    kernel.answers = false;
    await settle(2000);
    expect(panel.workspace.linkState).toBe('busy');
    return { ...panel, kernel, pair };
  }

  it('[K3] keeps a transfer in the queue, and what is open when it is cancelled', async () => {
    const { workspace, kernel, pair } = await queued();
    workspace.reload();
    await settle(600_000);
    expect(workspace.transfer).toMatchObject({ done: 0 });
    workspace.cancelTransfer();
    await settle(0);
    expect(workspace.transfer).toBeNull();
    expect(workspace.training.error).toBe(
      'Receiving the data was cancelled. Reload to receive them again.'
    );
    expect(workspace.data.pair).toBe(pair);
    expect(workspace.models.items).toHaveLength(1);
    kernel.answers = true;
    kernel.setStatus('idle');
    workspace.reload();
    await settle(20_000);
    expect([workspace.transfer, workspace.linkState]).toEqual([
      null,
      'connected'
    ]);
  });

  it('[K3] keeps a model in the queue: sent later, or cancelled and kept here', async () => {
    const panel = await queued();
    const { workspace, kernel } = panel;
    await train(panel, 1);
    await settle(600_000);
    expect([workspace.unsent, workspace.training.error]).toEqual([1, '']);
    const abort = new AbortController();
    // It is on its way already: the button joins it.
    const sent = workspace.sendToPython(abort.signal);
    await settle();
    abort.abort();
    await settle(0);
    await sent;
    expect(workspace.unsent).toBe(1);
    expect(workspace.training.error).toMatch(
      /^Sending im2spec 2L, .* was cancelled\. It is kept here: use "Send to Python", or save it to a file\.$/
    );
    kernel.answers = true;
    kernel.setStatus('idle');
    const again = workspace.sendToPython();
    await settle(20_000);
    await again;
    expect([workspace.unsent, kernel.stored.length]).toEqual([0, 2]);
  });
});

describe('a kernel with another protocol', () => {
  const refusal = (message: string): void => {
    expect(message).toMatch(/pip install eelscape==[\d.]+/);
    expect(message).toContain('restart the kernel and reload the page');
  };

  it('[K9] that refuses the page: what to install, and no data', async () => {
    const kernel = makeKernel();
    const text =
      'The browser runs eelscape 9.9.9 (protocol 9), this kernel eelscape 0.1.0 ' +
      "(protocol 3). Run `pip install eelscape==9.9.9` in the kernel's " +
      'environment, restart the kernel and reload the page.';
    kernel.fault = () => [[{ type: 'refused', message: text }]];
    const { workspace } = openPanel(kernel);
    await settle();
    expect([workspace.status, workspace.error]).toEqual(['error', text]);
    refusal(workspace.error);
  });

  it('[K9] that welcomes it in other words: what to install, and no waiting', async () => {
    const kernel = makeKernel();
    kernel.fault = () => [
      [{ type: 'welcome', protocol: 99, versions: { eelscape: '9.9.9' } }]
    ];
    const { workspace } = openPanel(kernel);
    await settle();
    expect([workspace.status, workspace.linkState]).toEqual(['error', 'gone']);
    expect(workspace.error).toMatch(
      /^The browser runs eelscape \S+ \(protocol \d+\), this kernel eelscape 9\.9\.9 \(protocol 99\)\./
    );
    refusal(workspace.error);
  });
});
