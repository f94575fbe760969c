import { nearestDistances } from '../../../analysis/latent-distance';
import type { IModelContents } from '../../../network/model-file';
import { atOnce } from '../../../signal/slices';
import { TEST, TRAIN, type IPair } from '../../../signal/types';
import {
  makePair,
  makeScene,
  settle,
  SETUP,
  type IScene
} from '../../__tests__/fakes';
import { pixelNote } from '../transfer-run';

/** Files that hold what was written into them. */
function keepFiles({ files }: IScene): Map<Uint8Array, IModelContents> {
  const kept = new Map<Uint8Array, IModelContents>();
  files.write = async (parameters, meta, extra) => {
    const bytes = new Uint8Array(1);
    kept.set(bytes, { parameters, meta, ...extra });
    return bytes;
  };
  files.read = async bytes => kept.get(bytes)!;
  return kept;
}

async function receive(scene: IScene, change: Partial<IPair>): Promise<void> {
  scene.link.requested.emit({ type: 'reload' });
  scene.link.resolve(makePair(change));
  await settle();
}

/** A scene with a model that was put aside as other data came. */
async function transferred(
  change: Partial<IPair> = {},
  kind: 'im2spec' | 'spec2im' = 'im2spec'
): Promise<IScene & { kept: Map<Uint8Array, IModelContents> }> {
  const scene = await makeScene();
  const kept = keepFiles(scene);
  const setup = { ...SETUP, kind };
  scene.link.requested.emit({ type: 'train', run: 'own', setup });
  scene.client.runs[0].advance(1.05);
  await settle();
  scene.client.runs[0].finish(false, 1.05);
  await settle();
  await receive(scene, { sha256: 'two', ...change });
  return { ...scene, kept };
}

/** Waits until nothing is under way. */
async function idle({ workspace }: IScene): Promise<void> {
  for (let i = 0; i < 50; i++) {
    await settle();
    if (!workspace.explorer.transfer.busy) {
      return;
    }
  }
}

async function apply(scene: IScene): Promise<void> {
  scene.workspace.explorer.transfer.choose('own');
  await idle(scene);
}

describe('a model applied to other data', () => {
  it('is offered when its data have gone', async () => {
    const { workspace } = await transferred();
    const { transfer } = workspace.explorer;
    expect(transfer.sources).toEqual([
      { id: 'own', label: '2L', kind: 'im2spec', origin: 'kept' }
    ]);
    expect([transfer.chosen, transfer.result]).toEqual([null, null]);
  });

  it('is evaluated on its own scale over every window', async () => {
    const scene = await transferred();
    await apply(scene);
    const { workspace } = scene;
    const { transfer } = workspace.explorer;
    expect([transfer.error, transfer.chosen]).toEqual(['', 'own']);
    const { model, notes, own, showProblem } = transfer.result!;
    expect(model.positions).toHaveLength(7 * 17);
    expect(model.scaling).toEqual(
      workspace.explorer.transfer.result!.model.scaling
    );
    const pixel = model.positions[30];
    const [row, column] = [Math.floor(pixel / 20), pixel % 20];
    const { spectra } = workspace.data.pair!;
    const found = model.predictionAt(row, column)!;
    found.forEach((value, e) =>
      expect(value).toBeCloseTo(1.2 * spectra[16 * pixel + e], 4)
    );
    // It has seen none of these windows, whatever their place on its own scan.
    expect([...new Set(model.split)].sort()).toEqual([-1, TEST]);
    expect(own.relative.train).toBeGreaterThan(0);
    expect(own.mse.test).toBeCloseTo(2, 12);
    expect(notes.map(note => note.warning)).toEqual([false, false]);
    expect(showProblem).toBe('');
    // Not one of the models that are shown.
    expect(workspace.models.items).toHaveLength(0);
  });

  it('tells how far each window lies from those it was trained on', async () => {
    const scene = await transferred();
    await apply(scene);
    const { transfer } = scene.workspace.explorer;
    const { model, distances } = transfer.result!;
    const [contents] = [...scene.kept.values()];
    const rows = (label: number): number[] =>
      [...contents.split].flatMap((part, p) =>
        part === label ? [...contents.latents!.subarray(2 * p, 2 * p + 2)] : []
      );
    const train = rows(TRAIN);
    const plain = atOnce(
      nearestDistances(model.latents, 119, 2, train, train.length / 2)
    );
    const unit = plain[118] / distances!.here[118];
    plain.forEach((value, i) =>
      expect(distances!.here[i] * unit).toBeCloseTo(value, 9)
    );
    const map = transfer.distanceMap!;
    model.positions.forEach((p, i) =>
      expect(map[p]).toBeCloseTo(distances!.here[i], 5)
    );
    expect(map[0]).toBeNaN();
    expect(transfer.distanceMap).toBe(map);
    expect(transfer.distanceLabel).toContain('2L');
    // The same encodings: as far as its own test windows.
    expect(distances!.own.length).toBe(rows(TEST).length / 2);
    expect(distances!.beyond).toBeLessThan(0.1);
  });

  it('is compared on its own energies', async () => {
    const channels = 41;
    const pair = makePair();
    const spectra = new Float32Array(200 * channels).map((_, i) => i % 41);
    const scene = await transferred({
      channels,
      spectra,
      energy: { ...pair.energy, size: channels, scale: 0.005, offset: 0.38 }
    });
    await apply(scene);
    const { transfer } = scene.workspace.explorer;
    expect(transfer.error).toBe('');
    const { pair: compared, notes, showProblem } = transfer.result!;
    expect(compared.channels).toBe(16);
    // Channel e at 0.4 + 0.01 e eV lies at 4 + 2 e.
    expect([...compared.spectra.subarray(0, 3)].map(Math.round)).toEqual([
      4, 6, 8
    ]);
    expect(notes[0].text).toContain('41 channels');
    expect(showProblem).toContain('energies');
  });

  it('is compared over the energies that both have', async () => {
    const pair = makePair();
    const scene = await transferred({
      energy: { ...pair.energy, offset: 0.45 }
    });
    await apply(scene);
    const {
      model,
      pair: compared,
      notes
    } = scene.workspace.explorer.transfer.result!;
    expect(compared.channels).toBe(12);
    expect(compared.energy.offset).toBeCloseTo(0.44, 9);
    expect(model.predictionAt(4, 4)).toHaveLength(12);
    expect(notes[0].warning).toBe(true);
    expect(model.error.some(value => value > 0)).toBe(true);
  });

  it('is refused where spec2im lacks energies, with the reason', async () => {
    const pair = makePair();
    const scene = await transferred(
      { energy: { ...pair.energy, offset: 0.45 } },
      'spec2im'
    );
    await apply(scene);
    const { transfer } = scene.workspace.explorer;
    expect(transfer.result).toBeNull();
    expect(transfer.error).toMatch(/cannot be interpolated/);
    transfer.choose(null);
    expect(transfer.error).toBe('');
  });

  it('takes the scale of the data where that is asked for', async () => {
    const pair = makePair();
    const spectra = pair.spectra.map(value => 10 * value);
    const scene = await transferred({ spectra });
    await apply(scene);
    const { transfer } = scene.workspace.explorer;
    const before = transfer.result!.model.scaling.spectrum.max;
    transfer.setScale('data');
    await idle(scene);
    const after = transfer.result!.model.scaling.spectrum.max;
    expect(after).toBeCloseTo(10 * before, 3);
  });

  it('comes from a file too, whose name it is listed by', async () => {
    const scene = await transferred();
    const { transfer } = scene.workspace.explorer;
    const [file] = [...scene.kept.keys()];
    transfer.openFile('other.safetensors', file);
    await idle(scene);
    expect(
      transfer.sources.map(({ label, origin }) => [label, origin])
    ).toEqual([
      ['2L', 'kept'],
      ['other.safetensors', 'file']
    ]);
    expect(transfer.result!.model.label).toBe('2L');
    transfer.showInAll();
    await settle();
    expect(scene.workspace.models.items).toHaveLength(1);
  });

  it('is what becomes of a model that Python shows, where energies differ', async () => {
    const pair = makePair();
    const energy = { ...pair.energy, offset: 0.45 };
    const scene = await transferred({ energy });
    const { transfer } = scene.workspace.explorer;
    const [file] = [...scene.kept.keys()];
    let opened = 0;
    transfer.opened.connect(() => opened++);
    scene.link.requested.emit({ type: 'show', model: 'shown', file });
    await settle();
    await idle(scene);
    expect([opened, transfer.error]).toEqual([1, '']);
    expect(transfer.result!.pair.channels).toBe(12);
    expect(scene.workspace.models.items).toHaveLength(0);
  });

  it('says what is wrong with a file', async () => {
    const scene = await makeScene();
    const { transfer } = scene.workspace.explorer;
    transfer.openFile('x.safetensors', new Uint8Array(3));
    await idle(scene);
    expect(transfer.error).toContain('damaged');
  });

  it('is dropped on Cancel and with its data', async () => {
    const scene = await transferred();
    const { transfer } = scene.workspace.explorer;
    transfer.choose('own');
    expect(transfer.busy).not.toBeNull();
    transfer.cancel();
    await settle();
    expect([transfer.busy, transfer.chosen]).toEqual([null, null]);
    expect([transfer.result, transfer.error]).toEqual([null, '']);
    await apply(scene);
    expect(transfer.result).not.toBeNull();
    await receive(scene, { sha256: 'three' });
    expect(transfer.result).toBeNull();
  });

  it('says why distances are unknown', async () => {
    const scene = await transferred();
    for (const [bytes, contents] of scene.kept) {
      scene.kept.set(bytes, { ...contents, latents: null });
    }
    await apply(scene);
    const { result, distanceMap } = scene.workspace.explorer.transfer;
    expect([result!.distances, distanceMap]).toEqual([null, null]);
    expect(result!.notes.at(-1)!.text).toContain('no encodings');
  });
});

describe('distances of a model that is shown', () => {
  it('are computed when first asked for, and are 0 where it was trained', async () => {
    const scene = await makeScene();
    const { workspace, link, client } = scene;
    link.requested.emit({ type: 'train', run: 'own', setup: SETUP });
    client.runs[0].advance();
    client.runs[0].finish();
    await settle();
    const { transfer } = workspace.explorer;
    let told = 0;
    expect(transfer.distanceMap).toBeNull();
    transfer.changed.connect(() => told++);
    await settle();
    const map = transfer.distanceMap!;
    expect(told).toBe(1);
    const { split, positions } = workspace.models.active!;
    for (const pixel of positions) {
      if (split[pixel] === TRAIN) {
        expect(map[pixel]).toBe(0);
      } else {
        expect(map[pixel]).toBeGreaterThan(0);
      }
    }
    expect(transfer.distanceMap).toBe(map);
    expect(transfer.distanceLabel).toBe('2L');
  });
});

describe('pixelNote', () => {
  const pair = makePair();
  const own = { energy: pair.energy, x: pair.x, y: pair.y, window: 16 };

  it('says what a window spans', () => {
    expect(pixelNote(own, pair)).toEqual({
      text: 'Same pixel size: a window spans 32 nm.',
      warning: false
    });
  });

  it('warns where that is another size', () => {
    const x = { ...pair.x, scale: 4 };
    const { text, warning } = pixelNote({ ...own, x }, pair);
    expect(warning).toBe(true);
    expect(text).toContain('32 nm here, 64 nm in training');
  });

  it('warns where it cannot be compared', () => {
    const x = { ...pair.x, units: '' };
    expect(pixelNote({ ...own, x }, pair).warning).toBe(true);
  });
});
