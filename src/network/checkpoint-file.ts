/**
 * The file of a checkpoint: safetensors with PyTorch's names and layouts, Adam's memory under
 * `adam.m.` and `adam.v.`, what a begun epoch started with under `before.`, and JSON under the
 * metadata key `eelscape`. eelscape/checkpoint_file.py checks the same and adds checksums.
 */
import { parseJson } from '../signal/json';
import { MAX_LOSSES, MAX_NAME } from '../signal/limits';
import { inSlices, type Slices } from '../signal/slices';
import type { BackendName, ISetup } from '../signal/types';
import { architecture, specProblem, type IArchitecture } from './architecture';
import { pack, slots, unpack } from './layout';
import {
  DamagedFileError,
  floatsOf,
  NewerFileError,
  parseSafetensors,
  shortJson,
  writeSafetensors,
  type DType,
  type ITensorBytes
} from './safetensors';
import { sha256 } from './sha256';
import type {
  INetworkSpec,
  IRunCheckpoint,
  ITrainedState,
  Parameters
} from './types';

/** Newest format that is read. */
const FORMAT = 1;
const BACKENDS: readonly unknown[] = ['webgpu', 'webgl', 'wasm', 'cpu'];

type Json = Record<string, unknown>;
type Tensors = Map<string, ITensorBytes>;

/** The bytes of a checkpoint, made with pauses in which the page stays in hand. */
export function writeCheckpointFile(run: IRunCheckpoint): Promise<Uint8Array> {
  return inSlices(checkpointFile(run));
}

function* checkpointFile(kept: IRunCheckpoint): Slices<Uint8Array> {
  const { setup, channels, checkpoint } = kept;
  const { history, begun, adam } = checkpoint;
  const plan = architecture(specOf(setup, channels));
  const tensors: Tensors = new Map();
  yield* putState(tensors, '', plan, checkpoint);
  if (begun) {
    yield* putState(tensors, 'before.', plan, begun.before);
    // As bytes: it may not be finite.
    tensors.set('begun.loss', doubles([begun.loss]));
  }
  tensors.set('history.train', doubles(history.train));
  tensors.set('history.test', doubles(history.test));
  const json = JSON.stringify({
    format: FORMAT,
    content: 'checkpoint',
    run: kept.run,
    data_sha256: kept.dataSha256,
    data_key: hashOf(kept.data),
    setup,
    channels,
    from_python: kept.fromPython,
    saved_at: Math.round(kept.savedAt),
    epoch: checkpoint.epoch,
    backend: checkpoint.backend,
    batch_size: checkpoint.batchSize,
    adam_steps: adam ? adam.steps : null,
    begun: begun
      ? {
          step: begun.step,
          adam_steps: begun.before.adam ? begun.before.adam.steps : null
        }
      : null
  });
  yield;
  return writeSafetensors(tensors, new Map([['eelscape', json]]));
}

/**
 * Reads a checkpoint of the data with this name; null where it is of others. Of the setup only
 * what the network is made of is checked here.
 * @throws DamagedFileError or NewerFileError where it cannot be read.
 */
export function readCheckpointFile(
  file: Uint8Array,
  data: string
): IRunCheckpoint | null {
  const { tensors, metadata } = parseSafetensors(file);
  const meta = metadataOf(metadata.get('eelscape'));
  if (meta.data_key !== hashOf(data)) {
    return null;
  }
  const setup = meta.setup as unknown as ISetup;
  const channels = meta.channels as number;
  const spec = specOf(setup, channels);
  const problem = specProblem(spec);
  if (problem) {
    damaged(problem);
  }
  const plan = architecture(spec);
  const epoch = meta.epoch as number;
  const begun = meta.begun as Json | null;
  const state = takeState(tensors, '', plan, meta.adam_steps);
  return {
    run: meta.run as string,
    dataSha256: meta.data_sha256 as string,
    data,
    setup,
    channels,
    fromPython: meta.from_python as boolean,
    savedAt: meta.saved_at as number,
    checkpoint: {
      ...state,
      epoch,
      history: {
        train: takeDoubles(tensors, 'history.train', epoch),
        test: takeDoubles(tensors, 'history.test', epoch)
      },
      begun: begun && {
        step: begun.step as number,
        loss: takeDoubles(tensors, 'begun.loss', 1)[0],
        before: takeState(tensors, 'before.', plan, begun.adam_steps)
      },
      backend: meta.backend as BackendName,
      batchSize: meta.batch_size as number
    }
  };
}

function specOf(setup: ISetup, channels: number): INetworkSpec {
  const { kind, latentDims, filters, window } = setup;
  return { kind, latentDims, filters, window, channels };
}

function hashOf(text: string): string {
  return sha256(new TextEncoder().encode(text));
}

function damaged(what: string): never {
  throw new DamagedFileError(what);
}

function* putState(
  tensors: Tensors,
  prefix: string,
  { parameters }: IArchitecture,
  state: ITrainedState
): Slices<void> {
  const trained = slots(parameters, true);
  const put = (name: string, loose: Parameters): void => {
    for (const [key, { shape, data }] of loose) {
      const bytes = bytesOf(data);
      tensors.set(prefix + name + key, { dtype: 'F32', shape, bytes });
    }
  };
  put('', state.parameters);
  for (const part of ['m', 'v'] as const) {
    if (state.adam) {
      const loose: Parameters = new Map();
      for (const slot of trained) {
        unpack([slot], state.adam[part], loose);
        yield;
      }
      put(`adam.${part}.`, loose);
    }
  }
}

function takeState(
  tensors: Tensors,
  prefix: string,
  { parameters }: IArchitecture,
  steps: unknown
): ITrainedState {
  const take = (name: string, wanted: typeof parameters): Parameters =>
    new Map(
      wanted.map(({ name: key, shape }) => {
        const tensor = takeTensor(tensors, prefix + name + key, 'F32', shape);
        const data = floatsOf(tensor) as Float32Array;
        return [key, { shape: [...shape], data }];
      })
    );
  const trained = parameters.filter(parameter => parameter.trained);
  const moments = (part: string): Float32Array =>
    pack(slots(parameters, true), take(`adam.${part}.`, trained));
  return {
    parameters: take('', parameters),
    adam:
      steps === null
        ? null
        : { m: moments('m'), v: moments('v'), steps: steps as number }
  };
}

function takeTensor(
  tensors: Tensors,
  name: string,
  dtype: DType,
  shape: readonly number[]
): ITensorBytes {
  const tensor = tensors.get(name);
  if (!tensor) {
    return damaged(`${name} is missing.`);
  }
  if (tensor.dtype !== dtype || tensor.shape.join() !== shape.join()) {
    damaged(
      `${name} is ${tensor.dtype} of shape (${tensor.shape.join(', ')}), ` +
        `not ${dtype} of (${shape.join(', ')}).`
    );
  }
  return tensor;
}

function doubles(values: readonly number[]): ITensorBytes {
  const bytes = bytesOf(Float64Array.from(values));
  return { dtype: 'F64', shape: [values.length], bytes };
}

function takeDoubles(tensors: Tensors, name: string, length: number): number[] {
  return [...floatsOf(takeTensor(tensors, name, 'F64', [length]))];
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (value: unknown): boolean =>
    Number.isSafeInteger(value) &&
    (value as number) >= least &&
    (value as number) <= most;
const text = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= MAX_NAME;
const record = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const steps = (value: unknown): boolean => value === null || whole(0)(value);

const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  run: text,
  data_sha256: text,
  data_key: text,
  setup: record,
  channels: whole(1),
  from_python: value => typeof value === 'boolean',
  saved_at: whole(0),
  epoch: whole(0, MAX_LOSSES),
  backend: value => BACKENDS.includes(value),
  batch_size: whole(1),
  adam_steps: steps,
  begun: value =>
    value === null ||
    (record(value) && whole(1)(value.step) && steps(value.adam_steps))
};

function metadataOf(json: string | undefined): Json {
  let meta: unknown;
  try {
    meta = parseJson(json ?? '');
  } catch (error) {
    damaged(`its metadata are not JSON: ${(error as Error).message}.`);
  }
  if (!record(meta) || meta.content !== 'checkpoint') {
    return damaged('it is no checkpoint.');
  }
  const { format } = meta;
  if (!whole(1)(format)) {
    damaged(`its format version is ${shortJson(format)}.`);
  }
  if ((format as number) > FORMAT) {
    throw new NewerFileError(format as number, FORMAT);
  }
  for (const [name, check] of Object.entries(FIELDS)) {
    if (!Object.hasOwn(meta, name) || !check(meta[name])) {
      damaged(`its metadata have no valid ${name}.`);
    }
  }
  return meta;
}
