/** Losses that become NaN, from a real trainer to panel and Python. */
import { InProcessWorker } from '../../network/__tests__/in-process-worker';
import { NetworkClient } from '../../network/client';
import type { IPair } from '../../signal/types';
import type { IModelContents, IModelFiles } from '../model-files';
import { DEFAULT_SETTINGS } from '../settings';
import { Workspace } from '../workspace';
import { FakeLink, makePair, SETUP } from './fakes';

/** Keeps what was to be written. */
class Written implements IModelFiles {
  parameters: IModelContents['parameters'] | null = null;

  async write(parameters: IModelContents['parameters']): Promise<Uint8Array> {
    this.parameters = parameters;
    return new Uint8Array(8);
  }

  read(): Promise<IModelContents> {
    return Promise.reject(new Error('not asked for'));
  }
}

interface IOpened {
  readonly link: FakeLink;
  readonly files: Written;
  readonly workspace: Workspace;
}

const opened: Workspace[] = [];

afterEach(() => {
  opened.splice(0).forEach(workspace => workspace.dispose());
});

async function until(ready: () => boolean): Promise<void> {
  while (!ready()) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** A panel whose networks are trained in WebAssembly, in this process. */
async function open(pair: IPair = makePair()): Promise<IOpened> {
  const link = new FakeLink();
  const files = new Written();
  const workspace = new Workspace({
    id: link.id,
    link,
    network: new NetworkClient(() => new InProcessWorker()),
    files,
    machine: { cores: 1, bytes: 2 ** 30 },
    settings: {
      ...DEFAULT_SETTINGS,
      setup: { ...SETUP, backend: 'wasm', epochs: 40 },
      gridSize: 4
    }
  });
  opened.push(workspace);
  link.resolve(pair);
  await until(() => workspace.status === 'ready');
  return { link, files, workspace };
}

/** Trains as a cell does, until the run has ended. */
async function train(
  { workspace, link }: IOpened,
  learningRate: number
): Promise<void> {
  const setup = { ...workspace.data.setup, learningRate };
  link.requested.emit({ type: 'train', run: 'run-1', setup });
  await until(() => !workspace.training.running);
}

describe('a loss that becomes NaN', () => {
  it('[B6] ends the run with the last finite epoch, and panel and Python read so', async () => {
    const panel = await open();
    await train(panel, 300);
    const { workspace, link, files } = panel;
    const model = workspace.models.active!;
    const { epoch, history, notice, latents, predictions } = model;
    expect(epoch).toBeGreaterThan(0);
    expect(epoch).toBeLessThan(40);
    expect(notice).toBe(
      `Loss became NaN at epoch ${epoch + 1} (learning rate 300?): restored epoch ${epoch}.`
    );
    expect(workspace.status).toBe('done');
    // All of what is there is finite, and of that epoch.
    expect(history.train).toHaveLength(epoch);
    expect([...history.train, ...history.test].every(Number.isFinite)).toBe(
      true
    );
    expect(latents.every(Number.isFinite)).toBe(true);
    expect(predictions.every(Number.isFinite)).toBe(true);
    const weights = [...files.parameters!.values()].map(({ data }) => data);
    expect(weights.every(data => data.every(Number.isFinite))).toBe(true);
    await until(() => link.models.length > 0);
    expect(link.models[0]).toMatchObject({ run: 'run-1', notice });
    expect(link.failures).toEqual([]);
  });

  it('[B6] in the first epoch leaves no model, and both read why', async () => {
    const panel = await open();
    await train(panel, 1e30);
    const { workspace, link } = panel;
    const message =
      'Loss became NaN at epoch 1 (learning rate 1e+30?): restored epoch 0: there is no model.';
    expect(workspace.models.items).toEqual([]);
    expect(workspace.training.error).toBe(message);
    expect(link.failures).toEqual([['run-1', message]]);
    expect(link.models).toEqual([]);
    // And the next run is as any other.
    await train(panel, 1e-3);
    expect(workspace.training.error).toBe('');
    expect(workspace.models.active!.epoch).toBe(40);
    expect(workspace.models.active!.notice).toBe('');
  });
});
