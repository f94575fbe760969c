import {
  count,
  makeScene,
  settle,
  SETUP,
  evaluationOf,
  type IScene
} from './fakes';

/** Latents of the fake: (column, row), so ranges are those of the windows. */
async function trained(latentDims = 2): Promise<IScene> {
  const scene = await makeScene();
  scene.workspace.data.change({ latentDims });
  scene.workspace.training.start();
  scene.client.runs[0].advance();
  scene.client.runs[0].finish();
  await settle();
  return scene;
}

describe('the latent grid', () => {
  it('is the min-max grid, decoded and back-projected', async () => {
    const { workspace } = await trained();
    const grid = workspace.models.grid!;
    expect(grid.size).toBe(4);
    expect(grid.ranges).toEqual([
      { min: 2, max: 18 },
      { min: 2, max: 8 }
    ]);
    // Row 1, column 2: first latent 2 + 2 * 16 / 3, second 2 + 6 / 3.
    const at = 1 * 4 + 2;
    expect(grid.nodes[at * 2]).toBeCloseTo(2 + 32 / 3, 5);
    expect(grid.nodes[at * 2 + 1]).toBeCloseTo(4, 5);
    expect(grid.decoded[at * 16 + 5]).toBeCloseTo(2 + 32 / 3 + 5 * 4, 4);
    expect(grid.neighbours.length).toBe(16 * 3);
    // The corner lies on the window centred at (2, 2); the two next to it are
    // at distance one. k = 3 averages them.
    const { pair } = workspace.data;
    const centre = (r: number, c: number) => pair!.image[r * 20 + c];
    const mean = (centre(2, 2) + centre(2, 3) + centre(3, 2)) / 3;
    expect(grid.backProjected[2 * 4 + 2]).toBeCloseTo(mean, 5);
    expect([...grid.far]).toEqual(new Array(16).fill(0));
  });

  it('is made anew for another k, size or pair of axes, once', async () => {
    const { workspace } = await trained(3);
    const { models } = workspace;
    const changed = count(models.gridChanged);
    models.setK(3);
    models.setGridSize(4);
    models.setAxes(0, 1);
    models.setAxes(0, 7);
    await settle();
    expect(changed.n).toBe(0);
    models.setK(1);
    await settle();
    expect(changed.n).toBe(1);
    expect(models.grid!.neighbours.length).toBe(16);
    models.setGridSize(2);
    await settle();
    expect(models.grid!.nodes.length).toBe(4 * 3);
    models.setAxes(0, 2);
    await settle();
    expect(models.grid!.axes).toEqual([0, 2]);
    // The second latent is held at the pointer's value.
    const held = models.active!.latentAt(...workspace.navigation.pointer)![1];
    expect(models.grid!.nodes[1]).toBe(held);
    models.setAxes(2, 2);
    await settle();
    expect(models.grid!.axes).toEqual([2, 0]);
    expect(changed.n).toBe(4);
  });

  it('waits for the pointer to rest where it depends on it', async () => {
    const { workspace } = await trained(3);
    const { models, navigation } = workspace;
    const changed = count(models.gridChanged);
    for (let column = 4; column < 12; column++) {
      navigation.setPointer(5, column);
      await settle();
    }
    expect(changed.n).toBe(0);
    await new Promise(resolve => setTimeout(resolve, 150));
    await settle();
    expect(changed.n).toBe(1);
    expect(models.grid!.nodes[2]).toBe(models.active!.latentAt(5, 11)![2]);
  });

  it('works with one latent', async () => {
    const { workspace } = await trained(1);
    expect(workspace.models.grid!.axes).toEqual([0, 0]);
    expect(workspace.models.grid!.nodes.length).toBe(16);
    workspace.navigation.setPointer(5, 9);
    expect(workspace.navigation.latentCursor).toEqual([9, 9]);
  });
});

describe('pointer and latent cursor', () => {
  it('move together', async () => {
    const { workspace } = await trained();
    const { navigation, models } = workspace;
    const moved = count(navigation.latentCursorChanged);
    const decoded = count(models.cursorDecoded);
    navigation.setPointer(5, 9);
    navigation.setPointer(5, 9);
    expect(navigation.latentCursor).toEqual([9, 5]);
    expect(moved.n).toBe(1);
    await settle();
    expect(decoded.n).toBe(1);
    expect(models.decodedAtCursor![3]).toBe(9 + 3 * 5);
    // No window fits at the corner: the cursor stays.
    navigation.setPointer(0, 0);
    expect(navigation.latentCursor).toEqual([9, 5]);
    expect(moved.n).toBe(1);
  });

  it('follow the cursor to the nearest window where asked', async () => {
    const { workspace } = await trained();
    const { navigation } = workspace;
    const before = navigation.pointer;
    navigation.setLatentCursor(11.3, 6.4);
    expect(navigation.pointer).toBe(before);
    navigation.setLatentCursor(11.4, 6.4, true);
    expect(navigation.pointer).toEqual([6, 11]);
    expect(navigation.latentCursor).toEqual([11.4, 6.4]);
    navigation.setLatentCursor(NaN, 6, true);
    expect(navigation.latentCursor).toEqual([11.4, 6.4]);
  });

  it('decode only the newest place of a fast move', async () => {
    const { workspace, client } = await trained();
    const session = client.sessions[0];
    await settle();
    session.decoded = [];
    for (let i = 0; i < 50; i++) {
      workspace.navigation.setLatentCursor(3 + i / 10, 5);
    }
    await settle();
    expect(session.decoded.length).toBeLessThanOrEqual(2);
    expect(session.decoded.pop()![0]).toBeCloseTo(7.9, 5);
    expect(workspace.models.decodedAtCursor![0]).toBeCloseTo(7.9, 5);
  });
});

describe('navigation', () => {
  it('holds values inside the data and is silent where nothing changes', async () => {
    const { workspace } = await makeScene();
    const { navigation } = workspace;
    const pointer = count(navigation.pointerChanged);
    const range = count(navigation.energyRangeChanged);
    const display = count(navigation.displayChanged);
    navigation.setPointer(-5, 99);
    expect(navigation.pointer).toEqual([0, 19]);
    navigation.setPointer(0, 30);
    expect(pointer.n).toBe(1);
    navigation.setEnergyRange(40, 2);
    expect(navigation.energyRange).toEqual([2, 15]);
    navigation.setEnergyRange(2, 15);
    expect(range.n).toBe(1);
    navigation.setLayer('energy');
    navigation.setLayer('energy');
    navigation.setOpacity(3);
    expect(navigation.opacity).toBe(1);
    navigation.setEnergyUnit('meV');
    navigation.setEnergyUnit('meV');
    expect(display.n).toBe(3);
  });

  it('has a setup that is silent where nothing changes', async () => {
    const { workspace } = await makeScene();
    const setup = count(workspace.data.setupChanged);
    workspace.data.change({ epochs: SETUP.epochs });
    expect(setup.n).toBe(0);
    workspace.data.change({ split: 'random' });
    expect(setup.n).toBe(1);
    expect(workspace.data.windows!.leaking).toBe(true);
    expect(workspace.data.windows!.sharedPixels).toBeGreaterThan(0);
    workspace.data.change({ epochs: 0 });
    expect(workspace.data.problem).toContain('Epochs 0');
  });
});

describe('several models', () => {
  async function twoModels() {
    const scene = await trained();
    scene.workspace.training.start();
    scene.client.runs[1].advance();
    scene.client.runs[1].finish();
    await settle();
    scene.workspace.data.change({ kind: 'spec2im' });
    scene.workspace.training.start();
    scene.client.runs[2].advance();
    scene.client.runs[2].finish();
    await settle();
    return scene;
  }

  it('are told apart by their labels, the newest being active', async () => {
    const { workspace } = await twoModels();
    const { models } = workspace;
    expect(models.items.map(item => `${item.kind} ${item.label}`)).toEqual([
      'im2spec 2L',
      'im2spec 2L (2)',
      'spec2im 2L'
    ]);
    expect(models.active).toBe(models.items[2]);
    workspace.data.change({ kind: 'im2spec' });
    expect(models.active).toBe(models.items[1]);
    const active = count(models.activeChanged);
    models.activate(models.items[1].id);
    expect(active.n).toBe(0);
    models.activate(models.items[2].id);
    expect(active.n).toBe(1);
    expect(workspace.data.setup.kind).toBe('spec2im');
    models.activate('unknown');
    expect(active.n).toBe(1);
  });

  it('show no grid of another model', async () => {
    const { workspace } = await twoModels();
    const { models } = workspace;
    expect(models.grid!.decoded.length).toBe(16 * 16);
    models.activate(models.items[0].id);
    expect(models.grid).toBeNull();
    expect(models.decodedAtCursor).toBeNull();
    await settle();
    expect(models.grid).not.toBeNull();
  });

  it('can be removed; their networks are closed', async () => {
    const { workspace, client } = await twoModels();
    const { models } = workspace;
    models.remove(models.items[2].id);
    await settle();
    expect(client.sessions.filter(s => s.disposed).length).toBe(1);
    expect(models.active).toBeNull();
    expect(workspace.navigation.latentCursor).toBeNull();
    models.remove('unknown');
    expect(models.items.length).toBe(2);
  });
});

describe('a model that comes from Python', () => {
  async function showing(change: Record<string, unknown> = {}) {
    const scene = await makeScene();
    const pair = scene.workspace.data.pair!;
    const split = scene.workspace.data.windows!.map.slice();
    scene.files.contents = {
      parameters: new Map(),
      split,
      mask: null,
      meta: {
        kind: 'im2spec',
        latent_dims: 2,
        filters: 8,
        window: 4,
        channels: 16,
        scaling: { image: [0, 10], spectrum: [0, 20] },
        y: pair.y,
        x: pair.x,
        energy: pair.energy,
        setup: { split: 'top-bottom', latent_dims: 2 },
        history: { train: [1, null], test: [1, 2] },
        epoch: 9,
        notice: '',
        ...change
      } as never
    };
    const file = Uint8Array.of(1, 2, 3);
    scene.link.requested.emit({ type: 'show', model: 'shipped', file });
    await settle();
    return { scene, file, split };
  }

  it('is evaluated over all windows and shown', async () => {
    const { scene, file, split } = await showing();
    const { models } = scene.workspace;
    const model = models.active!;
    expect(model.id).toBe('shipped');
    expect(model.epoch).toBe(9);
    expect(model.history.train).toEqual([1, NaN]);
    expect(model.setup.split).toBe('top-bottom');
    expect(model.scaling.spectrum).toEqual({ min: 0, max: 20 });
    expect(model.positions.length).toBe(7 * 17);
    expect(model.split).toEqual(split);
    expect(scene.workspace.exportModel()).toBe(file);
    expect(scene.workspace.status).toBe('done');
    await settle();
    expect(models.grid).not.toBeNull();
    expect(scene.workspace.unsent).toBe(0);
    // Asked again, it is the same model.
    scene.link.requested.emit({ type: 'show', model: 'shipped', file });
    await settle();
    expect(models.items.length).toBe(1);
  });

  it('stands beside the others where its energies are others, refused where they cannot be compared', async () => {
    const { energy } = (await makeScene()).workspace.data.pair!;
    const { scene } = await showing({
      energy: { ...energy, name: 'Wavelength', units: 'nm' }
    });
    await settle();
    const { explorer, models } = scene.workspace;
    expect(models.items.length).toBe(0);
    expect(explorer.transfer.chosen).not.toBeNull();
    expect(explorer.transfer.error).toContain('the same quantity and units');
  });

  it('is refused where the file is damaged', async () => {
    const { link, workspace } = await makeScene();
    const file = Uint8Array.of(0);
    link.requested.emit({ type: 'show', model: 'm', file });
    await settle();
    expect(workspace.training.error).toContain('Model file damaged');
    expect(workspace.status).toBe('ready');
  });
});

describe('live models', () => {
  it('follow the evaluations of their run', async () => {
    const { workspace, client } = await makeScene();
    const { models, training } = workspace;
    const items = count(models.itemsChanged);
    const active = count(models.activeChanged);
    training.start();
    client.runs[0].advance(1.5);
    await settle();
    expect([items.n, active.n]).toEqual([1, 1]);
    const first = models.active!.meanError.all;
    expect(models.grid!.decoded[0]).toBe(1);
    client.runs[0].advance(1.1);
    await settle();
    expect([items.n, active.n]).toEqual([2, 2]);
    expect(models.active!.meanError.all).toBeLessThan(first);
    // The grid is decoded by the weights as they are.
    expect(models.grid!.decoded[0]).toBe(2);
    expect(client.sessions.length).toBe(0);
    // Of a run that is over nothing is heard any more.
    client.runs[0].finish();
    await settle();
    const late = evaluationOf(client.runs[0].request, 9, 3);
    client.runs[0].handlers.onEvaluation!(late);
    expect(models.active!.epoch).toBe(2);
  });
});
