/**
 * The model file: safetensors with PyTorch's names and layouts, and one
 * metadata key `eelscape` that holds JSON. Nothing in it is executed.
 */
import { inSlices, type Slices } from '../signal/slices';
import type { BackendName, IAxis, Kind, SplitKind } from '../signal/types';
import { architecture } from './architecture';
import { modelMetadata } from './model-metadata-check';
import {
  DamagedFileError,
  floatsOf,
  parseSafetensors,
  writeSafetensors,
  type ITensorBytes
} from './safetensors';
import { sha256, sha256Slices } from './sha256';
import type { INetworkSpec, Parameters } from './types';

export const MODEL_FORMAT = 1;

/** Means over the windows of a part; null where it has none. */
export interface IOwnErrors {
  readonly train: number | null;
  readonly test: number | null;
}

/** The JSON of a model file. */
export interface IModelMeta {
  readonly format: 1;
  readonly kind: Kind;
  readonly latent_dims: number;
  readonly window: number;
  readonly filters: number;
  readonly channels: number;
  readonly energy: IAxis;
  readonly x: IAxis;
  readonly y: IAxis;
  /** Data units that become 0 and 1. */
  readonly scaling: {
    readonly image: [number, number];
    readonly spectrum: [number, number];
  };
  readonly spectra_units: string;
  readonly image_units: string;
  readonly split: {
    readonly kind: SplitKind;
    readonly guard: number;
    readonly train_fraction: number;
    readonly leaking: boolean;
    readonly shared_pixels: number;
  };
  /** Arguments of `ex.train`. */
  readonly setup: Record<string, unknown>;
  /** Loss of each epoch, null where it was not finite. */
  readonly history: {
    readonly train: (number | null)[];
    readonly test: (number | null)[];
  };
  readonly epoch: number;
  readonly backend: BackendName;
  readonly notice: string;
  readonly recipe: Record<string, unknown>;
  readonly versions: Record<string, string>;
  readonly data_sha256: string;
  readonly title: string;
  readonly simulated: boolean;
  /** Mean errors of the windows of its own data, as fractions; absent in files of earlier versions. */
  readonly errors?: {
    readonly relative?: IOwnErrors;
    readonly rmse?: IOwnErrors;
  };
  /** Hex by tensor name; the writer fills it in. */
  readonly tensor_sha256?: Record<string, string>;
}

/** Arrays of the data that a model keeps, both (ny, nx). */
export interface IModelExtra {
  /** -1 none, 0 train, 1 guard, 2 test. */
  readonly split: Int8Array;
  /** 1 where a pixel is excluded; null for none. */
  readonly mask: Uint8Array | null;
  /**
   * (ny, nx, latent_dims) encodings, NaN where no window fits: what other data are compared
   * with. null in files of earlier versions.
   */
  readonly latents?: Float32Array | null;
}

export interface IModelContents extends IModelExtra {
  readonly parameters: Parameters;
  readonly meta: IModelMeta;
}

/** The network that a file's metadata describe. */
export function specOfMeta(meta: IModelMeta): INetworkSpec {
  return {
    kind: meta.kind,
    latentDims: meta.latent_dims,
    filters: meta.filters,
    window: meta.window,
    channels: meta.channels
  };
}

/**
 * The bytes of a model file, made with pauses in which the page stays in hand.
 * Rejects with a RangeError where parameters are missing, misshapen or not finite.
 */
export function writeModelFile(
  parameters: Parameters,
  meta: IModelMeta,
  extra: IModelExtra
): Promise<Uint8Array> {
  return inSlices(modelFile(parameters, meta, extra));
}

function* modelFile(
  parameters: Parameters,
  meta: IModelMeta,
  extra: IModelExtra
): Slices<Uint8Array> {
  const tensors = new Map<string, ITensorBytes>();
  for (const { name, shape } of architecture(specOfMeta(meta)).parameters) {
    const array = parameters.get(name);
    const wanted = shape.reduce((product, side) => product * side, 1);
    if (!array || array.data.length !== wanted) {
      throw new RangeError(
        `The model cannot be written: ${name} holds ` +
          `${array?.data.length ?? 0} of ${wanted} values.`
      );
    }
    if (!array.data.every(Number.isFinite)) {
      throw new RangeError(
        `The model cannot be written: ${name} holds values that are not finite.`
      );
    }
    tensors.set(name, { dtype: 'F32', shape, bytes: littleEndian(array.data) });
    yield;
  }
  const size = [meta.y.size, meta.x.size];
  tensors.set('data.split', {
    dtype: 'I8',
    shape: size,
    bytes: bytesOf(extra.split)
  });
  if (extra.mask) {
    tensors.set('data.mask', {
      dtype: 'U8',
      shape: size,
      bytes: bytesOf(extra.mask)
    });
  }
  if (extra.latents) {
    tensors.set('data.latents', {
      dtype: 'F32',
      shape: [...size, meta.latent_dims],
      bytes: littleEndian(extra.latents)
    });
  }
  const hashes: { [name: string]: string } = {};
  for (const [name, { bytes, shape, dtype }] of tensors) {
    const width = dtype === 'F32' ? 4 : 1;
    const wanted = shape.reduce((product, side) => product * side, width);
    if (name.startsWith('data.') && bytes.length !== wanted) {
      throw new RangeError(
        `The model cannot be written: ${name} holds ${bytes.length / width} values ` +
          `for ${shape.join(' x ')} pixels.`
      );
    }
    hashes[name] = yield* sha256Slices(bytes);
  }
  const json = JSON.stringify({ ...meta, tensor_sha256: hashes });
  return writeSafetensors(tensors, new Map([['eelscape', json]]));
}

/**
 * Reads a model file. Names, shapes, values and checksums are checked against
 * the architecture that the metadata describe.
 * Rejects with a DamagedFileError that says what is wrong.
 */
export async function readModelFile(
  bytes: Uint8Array
): Promise<IModelContents> {
  const { tensors, metadata } = parseSafetensors(bytes);
  const meta = modelMetadata(metadata.get('eelscape'));
  const hashes = meta.tensor_sha256 ?? {};
  const take = (
    name: string,
    dtype: string,
    shape: readonly number[]
  ): ITensorBytes => {
    const tensor = tensors.get(name);
    const wanted = shape.reduce((product, side) => product * side, 1);
    if (!tensor) {
      throw new DamagedFileError(`${name} is missing.`);
    }
    const held = tensor.shape.reduce((product, side) => product * side, 1);
    if (held !== wanted) {
      throw new DamagedFileError(`${name} holds ${held} of ${wanted} values.`);
    }
    if (
      tensor.dtype !== dtype ||
      tensor.shape.length !== shape.length ||
      tensor.shape.some((side, axis) => side !== shape[axis])
    ) {
      throw new DamagedFileError(
        `${name} is ${tensor.dtype} of shape (${tensor.shape.join(', ')}), ` +
          `not ${dtype} of (${shape.join(', ')}).`
      );
    }
    if (hashes[name] !== sha256(tensor.bytes)) {
      throw new DamagedFileError(
        `the values of ${name} do not match their checksum. ` +
          'Take another copy of the file, or train again.'
      );
    }
    return tensor;
  };

  const parameters: Parameters = new Map();
  for (const { name, shape } of architecture(specOfMeta(meta)).parameters) {
    const data = floatsOf(take(name, 'F32', shape)) as Float32Array;
    const wrong = data.filter(value => !Number.isFinite(value)).length;
    if (wrong > 0) {
      throw new DamagedFileError(
        `${name} holds ${wrong} values that are not finite, of ${data.length}.`
      );
    }
    if (name.endsWith('running_var') && data.some(value => value < 0)) {
      throw new DamagedFileError(`${name} holds a negative variance.`);
    }
    parameters.set(name, { shape: [...shape], data });
  }
  const size = [meta.y.size, meta.x.size];
  const labels = take('data.split', 'I8', size).bytes.slice();
  const split = new Int8Array(labels.buffer);
  if (split.some(label => label < -1 || label > 2)) {
    throw new DamagedFileError('data.split holds labels other than -1 to 2.');
  }
  const mask = tensors.has('data.mask')
    ? take('data.mask', 'U8', size).bytes.slice()
    : null;
  const latents = tensors.has('data.latents')
    ? (floatsOf(
        take('data.latents', 'F32', [...size, meta.latent_dims])
      ) as Float32Array)
    : null;
  return { parameters, meta, split, mask, latents };
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Bytes of float32 values in the file's order, whatever the machine's. */
function littleEndian(values: Float32Array): Uint8Array {
  if (new Uint8Array(new Uint32Array([1]).buffer)[0] === 1) {
    return bytesOf(values);
  }
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return bytes;
}
