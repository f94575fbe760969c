/** Model files that are damaged, of another network or too new: what is open stays. */
import {
  fileOf,
  partsOf,
  smallModelFile,
  type AnyJson
} from '../../network/__tests__/small-model-file';
import { readModelFile } from '../../network/model-file';
import { DEFAULT_SETTINGS } from '../settings';
import { Workspace } from '../workspace';
import {
  FakeClient,
  FakeFiles,
  FakeLink,
  makePair,
  settle,
  SETUP
} from './fakes';

/** Reads as the product does; writes what the fakes read. */
class RealReader extends FakeFiles {
  async read(bytes?: Uint8Array) {
    return readModelFile(bytes!);
  }
}

/** A panel with a model that was trained in it. */
async function opened() {
  const link = new FakeLink();
  const client = new FakeClient();
  const workspace = new Workspace({
    id: link.id,
    link,
    network: client,
    files: new RealReader(),
    machine: { cores: 1, bytes: 2 ** 30 },
    settings: { ...DEFAULT_SETTINGS, setup: SETUP, gridSize: 4 }
  });
  link.resolve(makePair());
  await settle();
  workspace.training.start();
  client.runs[0].advance(1.2);
  client.runs[0].finish();
  await settle();
  return { link, workspace };
}

/** dec_fc.weight has 32 * 512 rows of 4 latents: 65536 values. */
const WIDE = { filters: 32, channels: 512, latent_dims: 4 };

async function wideFile(): Promise<Uint8Array> {
  const size = 512;
  const energy = { name: 'E', units: 'eV', size, scale: 0.01, offset: 0.4 };
  return smallModelFile({ ...WIDE, energy });
}

/** The file as its JSON is changed, its data left alone. */
function changed(
  file: Uint8Array,
  change: (header: AnyJson, meta: AnyJson) => void
): Uint8Array {
  const [header, body] = partsOf(file);
  const meta = JSON.parse(header.__metadata__.eelscape);
  change(header, meta);
  header.__metadata__.eelscape = JSON.stringify(meta);
  return fileOf(new TextEncoder().encode(JSON.stringify(header)), body);
}

function cut(file: Uint8Array, name: string, values: number): Uint8Array {
  const [header, body] = partsOf(file);
  const [start] = header[name].data_offsets;
  return file.slice(0, file.length - body.length + start + 4 * values);
}

function withValue(file: Uint8Array, name: string, value: number): Uint8Array {
  const [header, body] = partsOf(file);
  const copy = file.slice();
  const at = file.length - body.length + header[name].data_offsets[0];
  new DataView(copy.buffer).setFloat32(at, value, true);
  return copy;
}

const FAULTS: readonly [string, (file: Uint8Array) => Uint8Array, RegExp][] = [
  [
    '[F1] cut off',
    file => cut(file, 'dec_fc.weight', 1024),
    /Model file damaged: dec_fc\.weight holds 1024 of 65536 values\./
  ],
  [
    '[F1] a bit flipped',
    file => {
      const copy = file.slice();
      const [header, body] = partsOf(file);
      const [start] = header['dec_fc.weight'].data_offsets;
      copy[file.length - body.length + start + 9] ^= 1;
      return copy;
    },
    /Model file damaged: the values of dec_fc\.weight do not match their checksum/
  ],
  [
    '[F1] of another architecture',
    file => changed(file, (_, meta) => (meta.filters = 16)),
    /Model file damaged: \S+ holds \d+ of \d+ values\./
  ],
  [
    '[F1] of another program',
    file => changed(file, header => delete header['enc_fc.weight']),
    /Model file damaged: enc_fc\.weight is missing\./
  ],
  [
    '[F1] with NaN',
    file => withValue(file, 'dec_fc.weight', NaN),
    /Model file damaged: (the values of dec_fc\.weight do not match|dec_fc\.weight holds 1 values that are not finite)/
  ],
  [
    '[F2] of a newer format',
    file => changed(file, (_, meta) => (meta.format = 7)),
    /The model file has format 7; this version of eelscape reads up to format 1\. Install a newer one: pip install --upgrade eelscape/
  ],
  [
    '[F3] with a huge shape',
    file =>
      changed(file, header => (header['dec_fc.weight'].shape = [2 ** 31, 4])),
    /Model file damaged: dec_fc\.weight holds 65536 of 8589934592 values\./
  ],
  [
    '[F3] with deep JSON',
    file =>
      changed(file, (_, meta) => {
        meta.recipe = { deep: JSON.parse('['.repeat(500) + ']'.repeat(500)) };
      }),
    /nested 502 levels deep, at most 32 are read/
  ],
  [
    '[F3] with a huge header',
    file => {
      const copy = file.slice();
      new DataView(copy.buffer).setUint32(0, 2 ** 30, true);
      return copy;
    },
    /its header is declared longer than 1048576 bytes/
  ]
];

describe('a model file that is no model', () => {
  it.each(FAULTS)(
    '%s: says so, and what is open stays',
    async (_, spoil, said) => {
      const { link, workspace } = await opened();
      const { models, training, explorer } = workspace;
      const before = models.active!;
      expect(before).not.toBeNull();
      const kept = workspace.exportModel();
      const file = spoil(await wideFile());
      // As Python hands it over.
      link.requested.emit({ type: 'show', model: 'damaged', file });
      await settle();
      expect(training.error).toMatch(said);
      expect(link.failures.find(([id]) => id === 'damaged')![1]).toMatch(said);
      // As a user opens it.
      explorer.transfer.openFile('damaged.safetensors', file);
      await settle();
      expect(explorer.transfer.error).toMatch(said);
      expect(models.items).toHaveLength(1);
      expect(models.active).toBe(before);
      expect(workspace.exportModel()).toBe(kept);
      expect(workspace.status).toBe('done');
      expect(workspace.data.pair).not.toBeNull();
    }
  );

  it('[F3] __proto__ in a file is a key like any other', async () => {
    const file = changed(await smallModelFile(), (_, meta) => {
      meta.setup = JSON.parse('{"__proto__": {"polluted": true}}');
      meta.recipe = JSON.parse('{"constructor": {"prototype": {"x": 1}}}');
    });
    const { meta } = await readModelFile(file);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(meta.setup)).toBe(Object.prototype);
    expect((meta.setup as Record<string, unknown>).polluted).toBeUndefined();
  });
});
