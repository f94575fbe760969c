import { createHash } from 'crypto';
import { architecture } from '../architecture';
import { initialParameters } from '../initialise';
import {
  readModelFile,
  specOfMeta,
  writeModelFile,
  type IModelMeta
} from '../model-file';
import { parseSafetensors, writeSafetensors } from '../safetensors';
import { sha256 } from '../sha256';

const AXIS = { name: 'x', units: 'nm', size: 5, scale: 2, offset: 0 };
const META: IModelMeta = {
  format: 1,
  kind: 'im2spec',
  latent_dims: 2,
  window: 4,
  filters: 2,
  channels: 3,
  energy: {
    name: 'Energy loss',
    units: 'eV',
    size: 3,
    scale: 1,
    offset: 0,
    values: [0.2, 0.35, 0.7]
  },
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
  recipe: {},
  versions: { eelscape: '0.1.0' },
  data_sha256: 'abc',
  title: 'µ test',
  simulated: true
};
const parameters = initialParameters(architecture(specOfMeta(META)), 3);
const split = Int8Array.from({ length: 20 }, (_, i) => (i % 4) - 1);
const mask = Uint8Array.from({ length: 20 }, (_, i) => (i === 7 ? 1 : 0));

async function file(): Promise<Uint8Array> {
  return writeModelFile(parameters, META, { split, mask });
}

/** Entries of a header: tensors by name. */
type Header = {
  __metadata__?: { eelscape: string };
} & Record<string, Record<string, unknown>>;

type Meta = Record<string, unknown>;

/** The file with its header's JSON or data changed. */
async function changed(
  header: (json: Header) => void,
  data: (bytes: Uint8Array) => Uint8Array = bytes => bytes
): Promise<Uint8Array> {
  const bytes = await file();
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const json = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, 8 + length))
  );
  header(json);
  const text = new TextEncoder().encode(JSON.stringify(json));
  const body = data(bytes.slice(8 + length));
  const result = new Uint8Array(8 + text.length + body.length);
  new DataView(result.buffer).setUint32(0, text.length, true);
  result.set(text, 8);
  result.set(body, 8 + text.length);
  return result;
}

function withMeta(change: (meta: Meta) => void): Promise<Uint8Array> {
  return changed(json => {
    const meta = JSON.parse(json.__metadata__!.eelscape);
    change(meta);
    json.__metadata__!.eelscape = JSON.stringify(meta);
  });
}

describe('the model file', () => {
  it('gives back what was written, to the bit', async () => {
    const contents = await readModelFile(await file());
    expect(contents.parameters).toEqual(parameters);
    expect(contents.split).toEqual(split);
    expect(contents.mask).toEqual(mask);
    const { tensor_sha256, ...meta } = contents.meta;
    expect(meta).toEqual(META);
    expect(Object.keys(tensor_sha256!)).toHaveLength(parameters.size + 2);
  });

  it('keeps encodings, with NaN where no window fits, and mean errors', async () => {
    const latents = Float32Array.from(
      { length: 20 * META.latent_dims },
      (_, i) => (i < 7 ? NaN : i / 3)
    );
    const errors = {
      relative: { train: 0.1, test: null },
      rmse: { train: 0.2, test: 0.3 }
    };
    const extra = { split, mask, latents };
    const meta = { ...META, errors };
    const bytes = await writeModelFile(parameters, meta, extra);
    const contents = await readModelFile(bytes);
    expect(contents.latents).toEqual(latents);
    expect(contents.meta.errors).toEqual(errors);
    expect((await readModelFile(await file())).latents).toBeNull();
    await expect(
      writeModelFile(parameters, META, { ...extra, latents: latents.slice(1) })
    ).rejects.toThrow(/data\.latents holds/);
  });

  it('is read from a view at any offset, and without a mask', async () => {
    const bytes = await writeModelFile(parameters, META, { split, mask: null });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const contents = await readModelFile(shifted.subarray(3));
    expect(contents.parameters).toEqual(parameters);
    expect(contents.mask).toBeNull();
  });

  it('aligns its data', async () => {
    const bytes = await file();
    expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0);
    const { tensors } = parseSafetensors(bytes);
    for (const { dtype, bytes: part } of tensors.values()) {
      expect(dtype === 'F32' ? part.byteOffset % 4 : 0).toBe(0);
    }
  });

  it('refuses to write what is missing or not finite', async () => {
    await expect(
      writeModelFile(new Map(), META, { split, mask })
    ).rejects.toThrow('enc.0.weight holds 0 of 18 values');
    const broken = new Map(parameters);
    broken.set('out.bias', { shape: [1], data: Float32Array.of(NaN) });
    await expect(writeModelFile(broken, META, { split, mask })).rejects.toThrow(
      'out.bias holds values that are not finite'
    );
    await expect(
      writeModelFile(parameters, META, { split: new Int8Array(3), mask: null })
    ).rejects.toThrow('data.split holds 3 values for 4 x 5 pixels');
  });
});

describe('a damaged file', () => {
  const rejects = async (
    bytes: Promise<Uint8Array> | Uint8Array,
    message: string | RegExp
  ): Promise<void> => {
    await expect(readModelFile(await bytes)).rejects.toThrow(message);
  };

  it('is refused wherever it is cut off', async () => {
    const bytes = await file();
    const length = new DataView(bytes.buffer).getUint32(0, true);
    for (const end of [0, 7, 8, 100, 7 + length, bytes.length - 1]) {
      await rejects(bytes.slice(0, end), 'Model file damaged');
    }
    await rejects(bytes.slice(0, 8 + length + 20), /holds \d+ of \d+ values/);
  });

  it('is refused before memory is taken for it', async () => {
    const header = new Uint8Array(64);
    new DataView(header.buffer).setUint32(0, 0x7fffffff, true);
    await rejects(header, 'declared longer than 1048576 bytes');
    new DataView(header.buffer).setUint32(4, 1, true);
    await rejects(header, 'declared longer');
    await rejects(
      changed(json => {
        json['dec_fc.weight'].shape = [1 << 30, 1 << 20];
      }),
      'dec_fc.weight holds 12 of 1125899906842624 values'
    );
    await rejects(
      changed(json => {
        json['out.bias'].data_offsets = [0, Number.MAX_SAFE_INTEGER];
      }),
      'out.bias holds'
    );
    await rejects(
      withMeta(meta => {
        meta.y = { ...AXIS, size: 1e12 };
      }),
      'y axis is not complete'
    );
  });

  it('is refused where tensors are not those of the network', async () => {
    await rejects(
      changed(json => delete json['enc_fc.bias']),
      'enc_fc.bias is missing'
    );
    await rejects(
      changed(json => {
        json['enc_fc.weight'].shape = [32, 2];
      }),
      'of shape (32, 2), not F32 of (2, 32)'
    );
    await rejects(
      changed(json => {
        json['enc_fc.weight'].dtype = 'F16';
      }),
      'of type F16'
    );
    await rejects(
      withMeta(meta => {
        meta.filters = 3;
      }),
      /enc\.0\.weight holds 18 of 27 values/
    );
  });

  it('is refused where a value was changed', async () => {
    const flip = (bytes: Uint8Array): Uint8Array => {
      bytes[11] ^= 1;
      return bytes;
    };
    await rejects(
      changed(() => undefined, flip),
      'do not match their checksum'
    );
    await rejects(
      withMeta(meta => {
        meta.tensor_sha256 = {};
      }),
      'do not match their checksum'
    );
  });

  it('is refused where values are not finite though the checksum fits', async () => {
    const { tensors, metadata } = parseSafetensors(await file());
    const bytes = new Uint8Array(Float32Array.of(Infinity).buffer);
    tensors.set('out.bias', { dtype: 'F32', shape: [1], bytes });
    const meta = JSON.parse(metadata.get('eelscape')!);
    meta.tensor_sha256['out.bias'] = sha256(bytes);
    metadata.set('eelscape', JSON.stringify(meta));
    await rejects(
      writeSafetensors(tensors, metadata),
      'out.bias holds 1 values that are not finite, of 1'
    );
  });

  it('is refused where its metadata are not ours, or of a later format', async () => {
    await rejects(
      changed(json => delete json.__metadata__),
      'safetensors file of another program'
    );
    await rejects(
      withMeta(meta => {
        meta.format = 2;
      }),
      'pip install --upgrade eelscape'
    );
    for (const spoil of [
      (meta: Meta) => (meta.kind = 'toString'),
      (meta: Meta) => (meta.window = 5),
      (meta: Meta) => (meta.channels = 4),
      (meta: Meta) => (meta.scaling = { image: [1, null] }),
      (meta: Meta) => (meta.energy = { ...META.energy, values: [1, 2] }),
      (meta: Meta) => (meta.title = 7),
      (meta: Meta) => (meta.setup = [])
    ]) {
      await rejects(withMeta(spoil), 'Model file damaged');
    }
  });
});

describe('sha256', () => {
  it("agrees with Node's for every length around a block", () => {
    for (const length of [
      0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 1000, 100003
    ]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + 7) & 255);
      const wanted = createHash('sha256').update(bytes).digest('hex');
      expect(sha256(bytes)).toBe(wanted);
    }
  });
});
