/** A panel that is saved as a file and opened again without a kernel. */
import * as fs from 'fs';
import * as path from 'path';
import { NetworkClient } from '../../network/client';
import { readModelFile, writeModelFile } from '../../network/model-file';
import { InProcessWorker } from '../../network/__tests__/in-process-worker';
import { smallDataset } from '../../network/__tests__/small-data';
import {
  METRICS,
  writeWorkspace,
  writeWorkspaceFile,
  type IWorkspaceContents
} from '../../network/workspace-file';
import {
  readWorkspace,
  readWorkspaceFile
} from '../../network/workspace-file-read';
import { DEFAULT_SETUP, type IPair } from '../../signal/types';
import { DEFAULT_SETTINGS } from '../settings';
import type { ITrainedModel } from '../types';
import { Workspace } from '../workspace';
import { FakeLink } from './fake-link';
import { makePair } from './fakes';

const FIXTURES = path.join(__dirname, '../../../tests/fixtures/workspace');
/** A file of version 1, which every later version opens. */
const OLDEST = path.join(FIXTURES, 'version-1.eelscape');

const SETUP = {
  ...DEFAULT_SETUP,
  window: 8,
  guard: 1,
  epochs: 2,
  batchSize: 8,
  filters: 2,
  backend: 'wasm'
} as const;

function smallPair(): IPair {
  const { ny, nx, channels, image, spectra } = smallDataset();
  const axis = (name: string, units: string, size: number) => ({
    ...{ name, units, size },
    scale: 0.5,
    offset: 1
  });
  const mask = new Uint8Array(ny * nx);
  mask[3] = 1;
  return makePair({
    ...{ ny, nx, channels, image, spectra, mask },
    title: 'discs <b>bold</b>',
    y: axis('y', 'nm', ny),
    x: axis('x', 'nm', nx),
    energy: axis('Energy loss', 'eV', channels),
    sha256: 'a'.repeat(64)
  });
}

function makeWorkspace(link: FakeLink | null): Workspace {
  return new Workspace({
    id: link?.id ?? 'file',
    link,
    network: new NetworkClient(() => new InProcessWorker()),
    files: { read: readModelFile, write: writeModelFile },
    workspaceFiles: {
      read: readWorkspaceFile,
      write: writeWorkspaceFile,
      writeNow: writeWorkspace
    },
    machine: { cores: 1, bytes: 2 ** 30 },
    settings: { ...DEFAULT_SETTINGS, setup: SETUP, gridSize: 4 }
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** A panel with a network of each direction, places, regions and abundances. */
async function trained(): Promise<{ workspace: Workspace; link: FakeLink }> {
  const link = new FakeLink();
  const workspace = makeWorkspace(link);
  link.resolve(smallPair());
  const { data, training, models, navigation, regions, explorer } = workspace;
  await until(() => data.pair !== null);
  for (const kind of ['im2spec', 'spec2im'] as const) {
    data.change({ kind });
    training.start();
    await until(() => models.items.some(item => item.kind === kind));
    await until(() => link.models.some(({ title }) => title.includes(kind)));
  }
  data.change({ kind: 'im2spec' });
  navigation.setPointer(5, 6);
  navigation.setEnergyRange(4, 9);
  navigation.setLayer('error');
  regions.add('rectangle', [
    [2, 3],
    [7, 8]
  ]);
  explorer.pins.add(6, 7);
  explorer.display.setMetric('rmse');
  const { ny, nx, channels } = data.pair!;
  workspace.factorisation.restore({
    abundances: [0, 1].map(k => new Float32Array(ny * nx).fill(k + 0.5)),
    endmembers: [0, 1].map(k => new Float32Array(channels).fill(k)),
    explained: 0.75,
    report: ['two components']
  });
  return { workspace, link };
}

async function saved(
  { workspace, link }: { workspace: Workspace; link: FakeLink },
  withSpectra = false
): Promise<Uint8Array> {
  const bytes = workspace.file.save(withSpectra);
  link.task('recipe').resolve({
    fields: { recipe: { format: 1, preprocessing: [] } },
    arrays: {}
  });
  return bytes;
}

/** Opened without a kernel, its grid computed and its predictions decoded. */
async function opened(bytes: Uint8Array): Promise<Workspace> {
  const workspace = makeWorkspace(null);
  await workspace.file.open(bytes, 'discs.eelscape');
  const { models } = workspace;
  await until(
    () =>
      models.grid !== null &&
      models.items.every(item => item.predictions.length > 0)
  );
  return workspace;
}

/** Equal for the same bits alone, NaN included. */
function bits({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('hex');
}

function numbersOf(model: ITrainedModel): unknown {
  const { label, kind, setup, scaling, epoch, history, positions } = model;
  const { latents, split, meanError, meanRmse, skill, notice } = model;
  const errors = METRICS.map(metric => bits(model.errorBy(metric)));
  return {
    ...{ label, kind, setup, scaling, epoch, positions: bits(positions) },
    ...{ latents: bits(latents), split: bits(split), errors, notice },
    history: [[...history.train], [...history.test]],
    ...{ meanError, meanRmse, skill }
  };
}

let scene: { workspace: Workspace; link: FakeLink };
let bytes: Uint8Array;

beforeAll(async () => {
  scene = await trained();
  await until(() => scene.workspace.models.grid !== null);
  bytes = await saved(scene);
  if (process.env.EELSCAPE_WRITE_FIXTURES) {
    fs.mkdirSync(FIXTURES, { recursive: true });
    fs.writeFileSync(OLDEST, bytes);
  }
});

afterAll(() => scene.workspace.dispose());

it('holds no spectra unless asked', async () => {
  const { pair } = scene.workspace.data;
  expect(readWorkspace(bytes).pair.spectra).toHaveLength(0);
  expect(readWorkspace(bytes).pair.absent?.range).toEqual([4, 9]);
  const whole = readWorkspace(await saved(scene, true)).pair;
  expect(whole.absent).toBeUndefined();
  expect(whole.spectra).toEqual(pair!.spectra);
});

it('shows without a kernel what was shown with one, to the last bit', async () => {
  const workspace = await opened(bytes);
  const before = scene.workspace;
  expect(workspace.status).toBe('done');
  expect(workspace.linkState).toBe('none');
  expect(workspace.title).toBe('discs <b>bold</b>');
  expect(workspace.data.pair!.image).toEqual(before.data.pair!.image);
  expect(workspace.data.pair!.mask).toEqual(before.data.pair!.mask);
  expect(workspace.data.pair!.energy).toEqual(before.data.pair!.energy);
  expect(workspace.data.setup).toEqual(before.data.setup);
  expect(workspace.models.items.map(numbersOf)).toEqual(
    before.models.items.map(numbersOf)
  );
  expect(workspace.models.active!.id).toBe(before.models.active!.id);
  expect(workspace.models.grid).toEqual(before.models.grid);
  expect(workspace.exportModel()).toEqual(before.exportModel());
  expect(workspace.navigation.pointer).toEqual([5, 6]);
  expect(workspace.navigation.energyRange).toEqual([4, 9]);
  expect(workspace.navigation.layer).toBe('error');
  expect(workspace.explorer.display.metric).toBe('rmse');
  expect(workspace.explorer.pins.items).toMatchObject([{ row: 6, column: 7 }]);
  const [region] = workspace.regions.items;
  expect(region.points).toEqual(before.regions.items[0].points);
  expect(region.pixels).toBe(before.regions.items[0].pixels);
  expect(region.mean).toBeNull();
  expect(workspace.factorisation.result).toEqual(before.factorisation.result);
  workspace.dispose();
});

it('decodes the predictions that no file holds', async () => {
  const workspace = await opened(bytes);
  const now = workspace.models.active!.predictionAt(5, 6)!;
  const then = scene.workspace.models.active!.predictionAt(5, 6)!;
  now.forEach((value, i) => expect(value).toBeCloseTo(then[i], 4));
  workspace.dispose();
});

it('says what cannot be done without the spectra', async () => {
  const workspace = await opened(bytes);
  const { data, explorer, file, models } = workspace;
  const absent = 'The spectra are not in this file: use Connect data.';
  expect(data.problem).toBe(absent);
  expect(explorer.inverse.missing).toContain(absent);
  models.activate(models.items[1].id);
  expect(explorer.veracity.blocked).toBe(absent);
  expect(file.wanted).toEqual({
    name: 'si',
    sha256: 'a'.repeat(64),
    shape: [12, 14, 20]
  });
  workspace.dispose();
});

it('takes the spectra of the same data, and of no others', async () => {
  const workspace = await opened(bytes);
  const before = workspace.models.items.map(numbersOf);
  const { file, data, models } = workspace;
  expect(file.connect({ ...smallPair(), sha256: 'b'.repeat(64) })).toBe(false);
  expect(data.pair!.absent).toBeDefined();
  // A kernel may list the entries of an axis in another order, and name things anew.
  expect(file.connect({ ...smallPair(), title: 'other' })).toBe(true);
  expect(data.pair!.absent).toBeUndefined();
  expect(data.pair!.spectra).toEqual(smallPair().spectra);
  expect(data.problem).toBe('');
  expect(file.wanted).toBeNull();
  expect(models.items.map(numbersOf)).toEqual(before);
  expect(models.active!.predictionAt(5, 6)).not.toBeNull();
  expect(workspace.title).toBe('discs <b>bold</b>');
  expect(workspace.explorer.pins.items).toHaveLength(1);
  expect(workspace.regions.items[0].mean).toEqual(
    scene.workspace.regions.items[0].mean
  );
  expect(workspace.navigation.layer).toBe('error');
  expect(workspace.factorisation.result?.explained).toBe(0.75);
  workspace.dispose();
});

it('lacks nothing where the spectra are in the file', async () => {
  const workspace = await opened(await saved(scene, true));
  const { data, file, models, regions, training } = workspace;
  expect(file.wanted).toBeNull();
  expect(data.problem).toBe('');
  expect(data.pair!.spectra).toEqual(smallPair().spectra);
  expect(regions.items[0].mean).toEqual(scene.workspace.regions.items[0].mean);
  models.activate(models.items[1].id);
  await until(() => models.grid?.backProjected.length === 16 * 20);
  training.start();
  await until(() => models.items.length === 3);
  expect(models.items[2].label).toBe('2L (2)');
  workspace.dispose();
});

it('opens what Python saved', async () => {
  const python = fs.readFileSync(path.join(FIXTURES, 'python-1.eelscape'));
  const workspace = await opened(new Uint8Array(python));
  const { models, navigation } = workspace;
  expect(models.items.map(({ kind }) => kind)).toEqual(['im2spec', 'spec2im']);
  expect(models.active!.kind).toBe('spec2im');
  expect(models.grid!.decoded).toHaveLength(16 * 16);
  expect(navigation.layer).toBe('error');
  workspace.dispose();
});

it('is the same file when it is saved again', async () => {
  const workspace = await opened(bytes);
  const again = readWorkspace(await workspace.file.save(false));
  expect(again).toEqual(readWorkspace(bytes));
  expect(again.recipe).toEqual({ format: 1, preprocessing: [] });
  expect(readWorkspace(workspace.file.saveNow(false))).toEqual(again);
  workspace.dispose();
});

it('keeps what is open where a file is damaged', async () => {
  const workspace = await opened(bytes);
  const damaged = bytes.slice();
  damaged[damaged.length - 1] ^= 1;
  await expect(workspace.file.open(damaged, 'other')).rejects.toThrow(
    /^Workspace file damaged: the values of .* do not match their checksum/
  );
  expect(workspace.models.items).toHaveLength(2);
  expect(workspace.file.name).toBe('discs.eelscape');
  workspace.dispose();
});

it('refuses a model whose channels are not those of the data', async () => {
  const contents = readWorkspace(bytes);
  const axis = { ...contents.pair.energy, size: 19 };
  const wrong: IWorkspaceContents = {
    ...contents,
    pair: { ...contents.pair, energy: axis, channels: 19 },
    summary: {
      ...contents.summary,
      mean: contents.summary.mean.slice(1)
    },
    factorisation: null
  };
  const workspace = makeWorkspace(null);
  await expect(workspace.file.open(writeWorkspace(wrong), 'x')).rejects.toThrow(
    'the model 2L has 20 channels'
  );
  expect(workspace.data.pair).toBeNull();
  workspace.dispose();
});

it('opens a file of version 1', async () => {
  const workspace = await opened(new Uint8Array(fs.readFileSync(OLDEST)));
  const { models, data, explorer, regions } = workspace;
  expect(data.pair!.image).toEqual(smallPair().image);
  expect(models.items.map(item => `${item.kind} ${item.label}`)).toEqual([
    'im2spec 2L',
    'spec2im 2L'
  ]);
  expect(models.items[0].history.train).toHaveLength(2);
  expect(models.grid!.decoded).toHaveLength(16 * 20);
  expect(explorer.pins.items).toHaveLength(1);
  expect(regions.items).toHaveLength(1);
  workspace.dispose();
});
