/** Reads a workspace file; nothing in it is executed, and nothing is taken that was not checked. */
import { parseJson } from '../signal/json';
import { MAX_LOSSES } from '../signal/limits';
import { atOnce, inSlices, type Slices } from '../signal/slices';
import type { IPair, Metric } from '../signal/types';
import {
  DamagedFileError,
  floatsOf,
  parseSafetensors,
  type DType,
  type ISafetensors,
  type ITensorBytes
} from './safetensors';
import { sha256Slices } from './sha256';
import {
  METRICS,
  WORKSPACE_FORMAT,
  WORKSPACE_VERSION,
  type IStoredFactorisation,
  type IStoredModel,
  type IWorkspaceContents,
  type StoredPair
} from './workspace-file';
import {
  readDocument,
  type IWorkspaceDocument
} from './workspace-file-document';

/** Bytes of the JSON document at most. */
const MAX_DOCUMENT = 1 << 26;

/** A workspace file that cannot be read; the message says what is wrong and what to do. */
export class WorkspaceFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WorkspaceFileError';
  }
}

/** Reads a file with pauses. Rejects with a WorkspaceFileError. */
export function readWorkspaceFile(
  bytes: Uint8Array
): Promise<IWorkspaceContents> {
  return inSlices(workspaceOf(bytes));
}

/**
 * The same at once.
 * @throws WorkspaceFileError where the file is damaged, of another program or too new.
 */
export function readWorkspace(bytes: Uint8Array): IWorkspaceContents {
  return atOnce(workspaceOf(bytes));
}

function* workspaceOf(bytes: Uint8Array): Slices<IWorkspaceContents> {
  try {
    return yield* contentsOf(bytes);
  } catch (error) {
    if (error instanceof DamagedFileError) {
      throw new WorkspaceFileError(
        error.message.replace('Model file', 'Workspace file')
      );
    }
    throw error;
  }
}

function* contentsOf(bytes: Uint8Array): Slices<IWorkspaceContents> {
  const file = parseSafetensors(bytes);
  checkVersion(file.metadata);
  const tensors = new Tensors(file);
  const text = yield* tensors.take('workspace', 'U8', [null]);
  if (text.bytes.length > MAX_DOCUMENT) {
    throw new DamagedFileError(`its document has ${text.bytes.length} bytes.`);
  }
  const said = readDocument(jsonOf(text.bytes, 'document'));
  const { y, x, energy, ...words } = said.data;
  const [ny, nx, channels] = [y.size, x.size, energy.size];
  const image = yield* tensors.floats('data.image', [ny, nx]);
  const summary = {
    range: said.energyRange,
    map: yield* tensors.floats('maps.energy_range', [ny, nx]),
    mean: yield* tensors.floats('data.mean', [channels])
  };
  const absent = !tensors.has('data.spectra');
  const pair: StoredPair = {
    ...words,
    ...{ ny, nx, channels, y, x, energy, image },
    spectra: absent
      ? new Float32Array(0)
      : yield* tensors.floats('data.spectra', [ny, nx, channels]),
    mask: tensors.has('data.mask')
      ? (yield* tensors.take('data.mask', 'U8', [ny, nx])).bytes.slice()
      : null,
    ...(absent && { absent: summary })
  };
  const models: IStoredModel[] = [];
  for (const [i, words] of said.models.entries()) {
    models.push(yield* modelOf(tensors, `models.${i}.`, words, pair));
  }
  const { active, layer, setup, state, recipe, versions } = said;
  return {
    pair,
    summary,
    models,
    factorisation: yield* factorisationOf(tensors, said, pair),
    ...{ active, layer, setup, state, recipe, versions }
  };
}

function checkVersion(metadata: ReadonlyMap<string, string>): void {
  const format = metadata.get('format');
  if (format !== WORKSPACE_FORMAT) {
    throw new WorkspaceFileError(
      metadata.has('eelscape')
        ? 'This is a model file, not a workspace file: open it with eelscape.load.'
        : "This is no workspace file: it lacks the format 'eelscape-workspace'."
    );
  }
  const text = metadata.get('version') ?? '';
  const version = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (version < 1) {
    throw new DamagedFileError('its version is no number.');
  }
  if (version > WORKSPACE_VERSION) {
    throw new WorkspaceFileError(
      `The workspace file has version ${version}; this version of eelscape reads up ` +
        `to version ${WORKSPACE_VERSION}. Install a newer one: pip install --upgrade eelscape`
    );
  }
}

function* modelOf(
  tensors: Tensors,
  at: string,
  words: IWorkspaceDocument['models'][number],
  { ny, nx }: Pick<IPair, 'ny' | 'nx'>
): Slices<IStoredModel> {
  const { bytes: file } = yield* tensors.take(`${at}file`, 'U8', [null]);
  const { bytes: evaluated } = yield* tensors.take(`${at}evaluated`, 'U8', [
    ny,
    nx
  ]);
  const positions = placesOf(evaluated);
  const latents = yield* tensors.floats(`${at}latents`, [
    positions.length,
    null
  ]);
  const split = yield* tensors.take(`${at}split`, 'I8', [ny, nx]);
  const labels = new Int8Array(split.bytes.slice().buffer);
  if (labels.some(label => label < -1 || label > 2)) {
    throw new DamagedFileError(`${at}split holds labels other than -1 to 2.`);
  }
  const errors = {} as Record<Metric, Float32Array>;
  for (const metric of METRICS) {
    errors[metric] = yield* tensors.floats(`${at}error.${metric}`, [ny, nx]);
  }
  const train = yield* tensors.doubles(`${at}history.train`, null);
  const test = yield* tensors.doubles(`${at}history.test`, null);
  const skill = yield* tensors.doubles(`${at}skill`, 2);
  return {
    ...words,
    ...{ file: file.slice(), positions, latents, split: labels, errors },
    history: { train, test },
    skill: { train: skill[0], test: skill[1] }
  };
}

/** Indices of what is not 0. */
function placesOf(flags: Uint8Array): Int32Array {
  const places = new Int32Array(
    flags.reduce((count, flag) => count + (flag ? 1 : 0), 0)
  );
  let n = 0;
  flags.forEach((flag, place) => {
    if (flag) {
      places[n++] = place;
    }
  });
  return places;
}

function* factorisationOf(
  tensors: Tensors,
  { factorisation }: IWorkspaceDocument,
  { ny, nx, channels }: Pick<IPair, 'ny' | 'nx' | 'channels'>
): Slices<IStoredFactorisation | null> {
  if (!factorisation) {
    return null;
  }
  const { components: k, explained, report } = factorisation;
  const maps = yield* tensors.floats('maps.abundances', [k, ny, nx]);
  const curves = yield* tensors.floats('maps.endmembers', [k, channels]);
  const part = (all: Float32Array, i: number) =>
    all.slice((i * all.length) / k, ((i + 1) * all.length) / k);
  return {
    abundances: Array.from({ length: k }, (_, i) => part(maps, i)),
    endmembers: Array.from({ length: k }, (_, i) => part(curves, i)),
    explained,
    report
  };
}

function jsonOf(bytes: Uint8Array | string, what: string): unknown {
  try {
    const text =
      typeof bytes === 'string'
        ? bytes
        : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return parseJson(text);
  } catch (error) {
    throw new DamagedFileError(
      `its ${what} is not JSON: ${(error as Error).message.slice(0, 200)}.`
    );
  }
}

/** The tensors of a file, each checked when it is taken. */
class Tensors {
  constructor({ tensors, metadata }: ISafetensors) {
    this._tensors = tensors;
    const hashes = jsonOf(metadata.get('tensor_sha256') ?? '', 'checksums');
    this._hashes = new Map(Object.entries(hashes ?? {}));
  }

  has(name: string): boolean {
    return this._tensors.has(name);
  }

  /** @param shape - null where any size does. */
  *take(
    name: string,
    dtype: DType,
    shape: readonly (number | null)[]
  ): Slices<ITensorBytes> {
    const tensor = this._tensors.get(name);
    if (!tensor) {
      throw new DamagedFileError(`${name} is missing.`);
    }
    const fits =
      tensor.dtype === dtype &&
      tensor.shape.length === shape.length &&
      shape.every((side, i) => side === null || side === tensor.shape[i]);
    if (!fits) {
      throw new DamagedFileError(
        `${name} is ${tensor.dtype} of shape (${tensor.shape.join(', ')}), ` +
          `not ${dtype} of (${shape.map(side => side ?? 'any').join(', ')}).`
      );
    }
    if (this._hashes.get(name) !== (yield* sha256Slices(tensor.bytes))) {
      throw new DamagedFileError(
        `the values of ${name} do not match their checksum. ` +
          'Take another copy of the file.'
      );
    }
    return tensor;
  }

  *floats(
    name: string,
    shape: readonly (number | null)[]
  ): Slices<Float32Array> {
    return floatsOf(yield* this.take(name, 'F32', shape)) as Float32Array;
  }

  *doubles(name: string, size: number | null): Slices<number[]> {
    const tensor = yield* this.take(name, 'F64', [size]);
    if (tensor.shape[0] > MAX_LOSSES) {
      throw new DamagedFileError(`${name} holds ${tensor.shape[0]} values.`);
    }
    return Array.from(floatsOf(tensor));
  }

  private _tensors: ISafetensors['tensors'];
  private _hashes: ReadonlyMap<string, unknown>;
}
