import { DEFAULT_SETUP } from '../../signal/types';
import {
  count,
  makeEmptyScene,
  makePair,
  makeScene,
  FakeLink,
  settle,
  SETUP
} from './fakes';

describe('receiving the data', () => {
  it('goes from loading to ready, with the progress', async () => {
    const { workspace, link } = makeEmptyScene();
    expect(workspace.status).toBe('loading');
    const changed = count(workspace.changed);
    link.report({ done: 3, total: 12, bytes: 30, totalBytes: 120 });
    expect(workspace.transfer?.done).toBe(3);
    expect(changed.n).toBe(1);
    link.resolve(makePair());
    await settle();
    expect(workspace.status).toBe('ready');
    expect(workspace.transfer).toBeNull();
    expect(workspace.title).toBe('sample');
    expect(workspace.linkState).toBe('connected');
  });

  it('says why a transfer failed, and receives again', async () => {
    const { workspace, link } = makeEmptyScene();
    link.requested.emit({ type: 'train', run: 'r', setup: SETUP });
    link.reject(new Error('Kernel restarted: 3 of 12 blocks received.'));
    await settle();
    expect(workspace.status).toBe('error');
    expect(workspace.error).toBe('Kernel restarted: 3 of 12 blocks received.');
    expect(link.failures).toEqual([['r', workspace.error]]);
    workspace.reload();
    expect(workspace.status).toBe('loading');
    link.resolve(makePair());
    await settle();
    expect(workspace.status).toBe('ready');
    expect(workspace.error).toBe('');
  });

  it('can be cancelled, with the numbers', async () => {
    const { workspace, link } = makeEmptyScene();
    link.report({ done: 3, total: 12, bytes: 30, totalBytes: 120 });
    workspace.cancelTransfer();
    await settle();
    expect(workspace.status).toBe('error');
    expect(workspace.error).toContain('3 of 12 blocks');
  });

  it('keeps what is open when receiving again fails', async () => {
    const { workspace, link } = await makeScene();
    const pair = workspace.data.pair;
    link.requested.emit({ type: 'reload' });
    link.reject(new Error('Kernel restarted.'));
    await settle();
    expect(workspace.status).toBe('ready');
    expect(workspace.data.pair).toBe(pair);
    expect(workspace.training.error).toBe('Kernel restarted.');
  });

  it('changes nothing where the same data come again', async () => {
    const { workspace, link } = await makeScene();
    const pairChanged = count(workspace.data.pairChanged);
    workspace.reload();
    link.resolve(makePair());
    await settle();
    expect(pairChanged.n).toBe(0);
    workspace.reload();
    link.resolve(makePair({ sha256: 'two' }));
    await settle();
    expect(pairChanged.n).toBe(1);
  });

  it('drops models that do not fit data of another shape', async () => {
    const { workspace, link, client } = await makeScene();
    workspace.training.start();
    client.runs[0].advance();
    client.runs[0].finish();
    await settle();
    expect(workspace.models.items.length).toBe(1);
    workspace.reload();
    const pair = makePair();
    link.resolve({
      ...pair,
      sha256: 'two',
      ny: 8,
      image: pair.image.slice(0, 160),
      spectra: pair.spectra.slice(0, 160 * 16)
    });
    await settle();
    expect(workspace.models.items.length).toBe(0);
    expect(workspace.navigation.pointer[0]).toBeLessThan(8);
  });

  it('ends the run on data that were replaced; the queue goes on', async () => {
    const { workspace, link, client } = await makeScene();
    link.requested.emit({ type: 'train', run: 'old', setup: SETUP });
    client.runs[0].advance(1.2);
    link.requested.emit({ type: 'reload' });
    link.requested.emit({ type: 'train', run: 'new', setup: SETUP });
    link.resolve(makePair({ sha256: 'two' }));
    await settle();
    expect(link.failures[0][0]).toBe('old');
    expect(link.failures[0][1]).toContain('data were replaced');
    expect(workspace.models.items.length).toBe(0);
    expect(client.runs.length).toBe(2);
    expect(workspace.training.runs[0].job.pair.sha256).toBe('two');
  });

  it('can return models that the kernel has forgotten', async () => {
    const { workspace, link, client } = await makeScene();
    workspace.training.start();
    client.runs[0].advance();
    client.runs[0].finish();
    await settle();
    expect(workspace.unsent).toBe(0);
    workspace.reload();
    link.resolve(makePair());
    await settle();
    expect(workspace.unsent).toBe(0);
    link.requested.emit({ type: 'reload' });
    link.resolve(makePair());
    await settle();
    expect(workspace.unsent).toBe(1);
    link.states = [];
    await new Promise(resolve => setTimeout(resolve, 250));
    expect(link.states.length).toBe(1);
    await workspace.sendToPython();
    expect(link.models.length).toBe(2);
    expect(link.models[1]).toEqual(link.models[0]);
  });

  it('takes a new line in place of the old one', async () => {
    const { workspace, link } = await makeScene();
    const second = new FakeLink();
    workspace.attach(second);
    expect(link.disposals).toBe(1);
    expect(second.transfers).toBe(1);
    second.resolve(makePair());
    await settle();
    link.requested.emit({ type: 'reload' });
    expect(second.transfers).toBe(1);
    second.requested.emit({ type: 'reload' });
    expect(second.transfers).toBe(2);
  });
});

describe('where a panel stands at first', () => {
  it('points at a test window, with 60 meV about the strongest peak', async () => {
    const { workspace } = await makeScene();
    const [row, column] = workspace.navigation.pointer;
    const map = workspace.data.windows!.map;
    expect(map[row * 20 + column]).toBe(2);
    // The peak lies at channel 6; 10 meV a channel, 30 meV to each side.
    expect(workspace.navigation.energyRange).toEqual([3, 9]);
    expect(workspace.navigation.layer).toBe('haadf');
  });

  it('takes 6 % of an axis that is not an energy', async () => {
    const energy = {
      name: 'Voltage',
      units: 'V',
      size: 16,
      scale: 1,
      offset: 0
    };
    const { workspace } = await makeScene(makePair({ energy }));
    expect(workspace.navigation.energyRange).toEqual([5, 7]);
  });

  it('tells Python where pointer and range rest', async () => {
    const { workspace, link } = await makeScene();
    workspace.navigation.setPointer(3, 4);
    workspace.navigation.setPointer(3, 5);
    workspace.navigation.setEnergyRange(2, 4);
    await new Promise(resolve => setTimeout(resolve, 250));
    const last = link.states[link.states.length - 1];
    expect(last.pointer).toEqual([3, 5]);
    expect(last.energyRange![0]).toBeCloseTo(0.42, 12);
    expect(last.energyRange![1]).toBeCloseTo(0.44, 12);
    expect(link.states.length).toBe(1);
  });
});

describe('data that cannot be learnt from', () => {
  it('names a window that does not fit', async () => {
    const { workspace } = await makeScene();
    workspace.data.change({ window: DEFAULT_SETUP.window });
    expect(workspace.data.problem).toContain('16');
    expect(workspace.data.windows).toBeNull();
    workspace.data.change({ window: 4 });
    expect(workspace.data.problem).toBe('');
    expect(workspace.data.windows!.total).toBe(7 * 17);
  });
});

describe('the end', () => {
  it('may come twice', async () => {
    const { workspace, link, client } = await makeScene();
    const disposed = count(workspace.disposed);
    workspace.training.start();
    workspace.dispose();
    workspace.dispose();
    await settle();
    expect(disposed.n).toBe(1);
    expect(client.disposals).toBe(1);
    expect(link.disposals).toBe(1);
    expect(client.runs[0].calls).toEqual(['stop']);
    expect(link.models.length).toBe(0);
  });

  it('may come while data are on their way', async () => {
    const { workspace, link } = makeEmptyScene();
    workspace.dispose();
    link.resolve(makePair());
    await settle();
    expect(workspace.data.pair).toBeNull();
  });
});
