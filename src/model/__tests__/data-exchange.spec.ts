import { TEST } from '../../signal/types';
import { channelsIn, edgeMove, pixelIn } from '../calibrated-moves';
import {
  count,
  makePair,
  makeScene,
  settle,
  SETUP,
  type IScene
} from './fakes';

async function receive(scene: IScene, change: Parameters<typeof makePair>[0]) {
  scene.link.requested.emit({ type: 'reload' });
  scene.link.resolve(makePair(change));
  await settle();
}

async function train({ workspace, client, link }: IScene, run: string) {
  const before = client.runs.length;
  link.requested.emit({ type: 'train', run, setup: SETUP });
  client.runs[before].advance();
  client.runs[before].finish(false, 1 + client.runs.length / 10);
  await settle();
  return workspace.models.items.find(item => item.id === run)!;
}

describe('models of earlier data', () => {
  it('are put aside, counted, and come back with the data', async () => {
    const scene = await makeScene();
    const { workspace, client } = scene;
    const first = await train(scene, 'one');
    await train(scene, 'two');
    workspace.models.activate('one');
    const file = workspace.exportModel();
    const opened = client.sessions.length;
    const changed = count(workspace.changed);
    await receive(scene, { sha256: 'two' });
    expect([workspace.models.items.length, workspace.shelved]).toEqual([0, 2]);
    expect(workspace.models.active).toBeNull();
    expect([workspace.status, workspace.unsent]).toEqual(['ready', 0]);
    expect(changed.n).toBeGreaterThan(0);
    expect(client.sessions.every(session => session.disposed)).toBe(true);
    const other = await train(scene, 'three');
    expect(other.label).toBe('2L');
    await receive(scene, {});
    expect(workspace.models.items.map(item => item.id)).toEqual(['one', 'two']);
    expect([workspace.shelved, workspace.status]).toEqual([1, 'done']);
    const active = workspace.models.active!;
    expect(active).not.toBe(first);
    expect(active.pair).toBe(workspace.data.pair);
    expect([active.id, active.label]).toEqual(['one', '2L']);
    expect(active.error).toEqual(first.error);
    expect(active.meanError).toEqual(first.meanError);
    expect(active.skill).toEqual(first.skill);
    expect(active.history).toEqual(first.history);
    expect(active.latents).toBe(first.latents);
    expect(workspace.exportModel()).toBe(file);
    await settle();
    // The grid is decoded by a session that is opened anew.
    expect(client.sessions.length).toBeGreaterThan(opened);
    expect(workspace.models.grid).not.toBeNull();
    await receive(scene, { sha256: 'two' });
    expect(workspace.models.items.map(item => item.id)).toEqual(['three']);
    expect(workspace.shelved).toBe(2);
  });

  it('come back with their files, and Python gets each of them again', async () => {
    const scene = await makeScene();
    const { workspace, link } = scene;
    const ids = ['one', 'two', 'three'];
    const files = [];
    for (const id of ids) {
      await train(scene, id);
      files.push(workspace.exportModel());
    }
    await receive(scene, { sha256: 'two' });
    await receive(scene, {});
    const found = ids.map(id => {
      workspace.models.activate(id);
      return workspace.exportModel();
    });
    expect(found).toEqual(files);
    expect(files).not.toContain(null);
    // Another kernel, which has none of them.
    link.models.length = 0;
    link.requested.emit({ type: 'reload', forgotten: true });
    link.resolve(makePair());
    await settle();
    expect(workspace.unsent).toBe(3);
    await workspace.sendToPython();
    expect(link.models.map(model => model.run)).toEqual(ids);
  });

  it('are not held with the spectra of their data', async () => {
    const scene = await makeScene();
    const model = await train(scene, 'one');
    const { spectra, image } = scene.workspace.data.pair!;
    const seen = new Set<unknown>();
    const walk = (value: unknown) => {
      if (typeof value === 'object' && value !== null && !seen.has(value)) {
        seen.add(value);
        if (!ArrayBuffer.isView(value)) {
          Object.values(value).forEach(walk);
        }
      }
    };
    walk(model.snapshot);
    expect(seen.has(model.predictions)).toBe(true);
    expect(seen.has(spectra) || seen.has(image)).toBe(false);
  });

  it('stay aside where only the mask or an axis differs', async () => {
    const scene = await makeScene();
    await train(scene, 'one');
    const mask = new Uint8Array(200);
    mask[0] = 1;
    await receive(scene, { mask });
    expect(scene.workspace.shelved).toBe(1);
    const { energy } = makePair();
    await receive(scene, { energy: { ...energy, offset: 0.5 } });
    expect(scene.workspace.shelved).toBe(1);
    await receive(scene, { title: 'the same under another title' });
    expect(scene.workspace.shelved).toBe(0);
    expect(scene.workspace.models.items).toHaveLength(1);
  });

  it('can still be returned to Python', async () => {
    const scene = await makeScene();
    const { workspace, link } = scene;
    link.broken = 'The kernel did not answer for 60 s.';
    const model = await train(scene, 'one');
    const { positions, latents, predictions } = model;
    expect(workspace.unsent).toBe(1);
    link.broken = '';
    await receive(scene, { sha256: 'two' });
    expect([workspace.shelved, workspace.unsent]).toEqual([1, 1]);
    await workspace.sendToPython();
    expect(workspace.unsent).toBe(0);
    expect(link.models[0]).toMatchObject({ run: 'one', backend: 'wasm' });
    expect(link.models[0].positions).toBe(positions);
    expect(link.models[0].latents).toBe(latents);
    expect(link.models[0].predictions).toBe(predictions);
  });

  it('lose none that was being written when the data changed', async () => {
    const scene = await makeScene();
    const { workspace, client, link, files } = scene;
    let written!: (bytes: Uint8Array) => void;
    files.write = () => new Promise(resolve => (written = resolve));
    link.requested.emit({ type: 'train', run: 'one', setup: SETUP });
    client.runs[0].advance();
    client.runs[0].finish();
    await settle();
    await receive(scene, { sha256: 'two' });
    expect(workspace.shelved).toBe(1);
    written(Uint8Array.of(1, 2, 3));
    await settle();
    expect(link.models.map(model => model.run)).toEqual(['one']);
    await receive(scene, {});
    expect(workspace.exportModel()).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('do not hold the one that was still training', async () => {
    const scene = await makeScene();
    const { workspace, client, link } = scene;
    await train(scene, 'one');
    link.requested.emit({ type: 'train', run: 'two', setup: SETUP });
    client.runs[1].advance(1.2);
    await settle();
    expect(workspace.models.items).toHaveLength(2);
    await receive(scene, { sha256: 'two' });
    expect([workspace.models.items.length, workspace.shelved]).toEqual([0, 1]);
    expect(link.failures[0][1]).toContain('data were replaced');
  });
});

describe('where the user was looking', () => {
  it('stays by pixel and by energy', async () => {
    const scene = await makeScene();
    const { navigation } = scene.workspace;
    navigation.setPointer(2, 3);
    navigation.setEnergyRange(10, 12);
    const { energy, spectra } = makePair();
    // The first 8 of 16 channels were cropped.
    await receive(scene, {
      sha256: 'two',
      channels: 8,
      energy: { ...energy, size: 8, offset: 0.48 },
      spectra: spectra.slice(0, 200 * 8)
    });
    expect(navigation.pointer).toEqual([2, 3]);
    expect(navigation.energyRange).toEqual([2, 4]);
    await receive(scene, {});
    expect(navigation.energyRange).toEqual([10, 12]);
  });

  it('follows the strongest peak where no range was chosen', async () => {
    const scene = await makeScene();
    const { navigation } = scene.workspace;
    expect(navigation.energyRange).toEqual([3, 9]);
    const { spectra } = makePair();
    const moved = spectra.map((_, i) => spectra[Math.max(0, i - 6)]);
    await receive(scene, { sha256: 'two', spectra: moved });
    expect(navigation.energyRange).toEqual([9, 15]);
  });

  it('is told after the data, with places inside them', async () => {
    const scene = await makeScene();
    const { workspace } = scene;
    const { navigation, data } = workspace;
    navigation.setPointer(9, 19);
    navigation.setEnergyRange(14, 15);
    const told: string[] = [];
    const inside = (what: string) => () => {
      const [row, column] = navigation.pointer;
      const { ny, nx, channels } = data.pair!;
      const holds =
        row < ny && column < nx && navigation.energyRange[1] < channels;
      told.push(`${what} ${holds}`);
    };
    data.pairChanged.connect(inside('pair'));
    navigation.pointerChanged.connect(inside('pointer'));
    navigation.energyRangeChanged.connect(inside('range'));
    const { y, energy, image, spectra } = makePair();
    await receive(scene, {
      sha256: 'two',
      ny: 9,
      channels: 4,
      y: { ...y, size: 9 },
      energy: { ...energy, size: 4 },
      image: image.slice(0, 180),
      spectra: spectra.slice(0, 180 * 4)
    });
    expect(told).toEqual(['pair true', 'pointer true', 'range true']);
    expect(
      data.windows!.map[navigation.pointer[0] * 20 + navigation.pointer[1]]
    ).toBe(TEST);
  });
});

describe('places that mean the same', () => {
  const axis = (size: number, scale: number, offset: number) => ({
    name: 'x',
    units: 'nm',
    size,
    scale,
    offset
  });

  it('are found through scale and offset', () => {
    const move = edgeMove(axis(20, 2, 0), axis(5, 4, 11))!;
    // Pixel 6 of the first is centred on 12 nm, pixel 0 of the second on 11.
    expect(move(6.5)).toBe(0.75);
    expect(
      edgeMove(axis(20, 2, 0), { ...axis(5, 4, 1), units: 'um' })
    ).toBeNull();
    expect(edgeMove(axis(20, 2, 0), axis(5, 0, 1))).toBeNull();
    const listed = { ...axis(2, 1, 0), values: [0, 5] };
    expect(edgeMove(listed, axis(5, 4, 1))).toBeNull();
  });

  it('are null outside', () => {
    const from = { ny: 10, nx: 20, y: axis(10, 2, 0), x: axis(20, 2, 0) };
    const to = { ny: 4, nx: 20, y: axis(4, 2, 6), x: axis(20, 2, 0) };
    expect(pixelIn(from, to, [3, 19])).toEqual([0, 19]);
    expect(pixelIn(from, to, [6, 0])).toEqual([3, 0]);
    expect(pixelIn(from, to, [7, 0])).toBeNull();
    expect(pixelIn(from, to, [2, 0])).toBeNull();
  });

  it('are converted between units of energy, and cut', () => {
    const eV = { ...axis(100, 0.01, -0.2), units: 'eV' };
    const meV = { ...axis(50, 10, 200), units: 'meV' };
    expect(channelsIn(eV, meV, [45, 50])).toEqual([5, 10]);
    expect(channelsIn(eV, meV, [0, 45])).toEqual([0, 5]);
    expect(channelsIn(eV, meV, [0, 20])).toBeNull();
    expect(channelsIn(meV, eV, [49, 49])).toEqual([89, 89]);
    expect(channelsIn(eV, { ...meV, units: 'V' }, [45, 50])).toBeNull();
  });
});
