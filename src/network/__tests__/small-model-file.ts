/** A model file of a few kilobytes. */
import { architecture } from '../architecture';
import { initialParameters } from '../initialise';
import { specOfMeta, writeModelFile, type IModelMeta } from '../model-file';

const AXIS = { name: 'x', units: 'nm', size: 5, scale: 2, offset: 0 };

export const SMALL_META: IModelMeta = {
  format: 1,
  kind: 'im2spec',
  latent_dims: 2,
  window: 4,
  filters: 2,
  channels: 3,
  energy: { ...AXIS, name: 'Energy loss', units: 'eV', size: 3 },
  x: AXIS,
  y: { ...AXIS, name: 'y', size: 4 },
  scaling: { image: [1, 9], spectrum: [-0.5, 12] },
  spectra_units: 'counts',
  image_units: 'counts',
  split: {
    kind: 'left-right',
    guard: 4,
    train_fraction: 0.67,
    leaking: false,
    shared_pixels: 0
  },
  setup: { kind: 'im2spec', guard: null },
  history: { train: [0.5, 0.25], test: [null, 0.5] },
  epoch: 2,
  backend: 'wasm',
  notice: '',
  recipe: { preprocessing: [{ step: 'crop_energy', start: 0.2 }] },
  versions: { eelscape: '0.1.0' },
  data_sha256: 'abc',
  title: 'a small model',
  simulated: true
};

/** The bytes of a model of this description. */
export function smallModelFile(
  change: Partial<IModelMeta> = {}
): Promise<Uint8Array> {
  const meta = { ...SMALL_META, ...change };
  const size = meta.y.size * meta.x.size;
  return writeModelFile(
    initialParameters(architecture(specOfMeta(meta)), 3),
    meta,
    {
      split: Int8Array.from({ length: size }, (_, i) => (i % 4) - 1),
      mask: Uint8Array.from({ length: size }, (_, i) => (i === 7 ? 1 : 0))
    }
  );
}

/** JSON of a file of our own making. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyJson = Record<string, any>;

/** A file's header as JSON, and what stands behind it. */
export function partsOf(file: Uint8Array): [AnyJson, Uint8Array] {
  const length = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  const text = new TextDecoder().decode(file.subarray(8, 8 + length));
  return [JSON.parse(text), file.slice(8 + length)];
}

/** A file of a header and a body. */
export function fileOf(header: Uint8Array, body: Uint8Array): Uint8Array {
  const file = new Uint8Array(8 + header.length + body.length);
  new DataView(file.buffer).setUint32(0, header.length, true);
  file.set(header, 8);
  file.set(body, 8 + header.length);
  return file;
}
