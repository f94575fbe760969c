/**
 * The workspace file: safetensors with a JSON document in a tensor of its own. What a
 * panel shows, without the spectra unless asked. docs/workspace-file.md has the format.
 */
import { MAX_REPORT } from '../signal/limits';
import { atOnce, inSlices, type Slices } from '../signal/slices';
import type {
  BackendName,
  IAbsentSpectra,
  IHistory,
  IPair,
  Metric
} from '../signal/types';
import { writeSafetensors, type DType, type ITensorBytes } from './safetensors';
import { sha256Slices } from './sha256';

export const WORKSPACE_FORMAT = 'eelscape-workspace';
/** Newest version that is read, and the one that is written. */
export const WORKSPACE_VERSION = 1;
export const METRICS: readonly Metric[] = [
  'relative',
  'rmse',
  'mse',
  'mse_raw'
];
/** Models and components of one file at most. */
export const MOST_MODELS = 256;
export const MOST_COMPONENTS = 256;

/** The data of a workspace; without their spectra `absent` says what is kept of them. */
export type StoredPair = Omit<IPair, 'id'>;

/** A model as its file has it, with what was computed from it. */
export interface IStoredModel {
  readonly id: string;
  readonly label: string;
  /** Bytes of a model file. */
  readonly file: Uint8Array;
  readonly epoch: number;
  readonly backend: BackendName;
  readonly notice: string;
  /** (n) flat pixel indices of the evaluated windows, ascending. */
  readonly positions: Int32Array;
  /** (n, latent_dims). */
  readonly latents: Float32Array;
  /** (ny, nx) labels of the split. */
  readonly split: Int8Array;
  /** (ny, nx) each; NaN where no window fits. */
  readonly errors: Readonly<Record<Metric, Float32Array>>;
  readonly history: IHistory;
  readonly skill: { readonly train: number; readonly test: number };
}

export interface IStoredFactorisation {
  /** Each (ny, nx). */
  readonly abundances: readonly Float32Array[];
  /** Each (channels). */
  readonly endmembers: readonly Float32Array[];
  readonly explained: number;
  readonly report: readonly string[];
}

type Json = Record<string, unknown>;

export interface IWorkspaceContents {
  readonly pair: StoredPair;
  /** The map of the energy range that was shown, and the mean of the scan. */
  readonly summary: IAbsentSpectra;
  readonly models: readonly IStoredModel[];
  /** Id of the model that was shown; null for none. */
  readonly active: string | null;
  /** Name of the layer that was shown. */
  readonly layer: string;
  readonly factorisation: IStoredFactorisation | null;
  /** The setup of the next training, by the names of `ex.train`. */
  readonly setup: Json;
  /** Pointer, regions, pins, selection, settings, as they travel to Python. */
  readonly state: unknown;
  /** What the kernel did to the data; null where it gave none. */
  readonly recipe: Json | null;
  readonly versions: Readonly<Record<string, string>>;
}

/** Writes and reads workspace files. */
export interface IWorkspaceFiles {
  write(contents: IWorkspaceContents): Promise<Uint8Array>;
  /** The same at once. */
  writeNow(contents: IWorkspaceContents): Uint8Array;
  /** Rejects with a sentence for the user where a file is damaged or too new. */
  read(bytes: Uint8Array): Promise<IWorkspaceContents>;
}

/** The bytes of a workspace file, made with pauses in which the page stays in hand. */
export function writeWorkspaceFile(
  contents: IWorkspaceContents
): Promise<Uint8Array> {
  return inSlices(workspaceBytes(contents));
}

/** The same at once. */
export function writeWorkspace(contents: IWorkspaceContents): Uint8Array {
  return atOnce(workspaceBytes(contents));
}

/** The same in slices. */
export function* workspaceBytes(
  contents: IWorkspaceContents
): Slices<Uint8Array> {
  const { pair, summary, models, factorisation } = contents;
  const { ny, nx, channels, mask } = pair;
  const tensors = new Map<string, ITensorBytes>();
  const put = (
    name: string,
    dtype: DType,
    shape: readonly number[],
    values: ArrayBufferView
  ) => tensors.set(name, { dtype, shape, bytes: bytesOf(values) });
  put('data.image', 'F32', [ny, nx], pair.image);
  if (mask) {
    put('data.mask', 'U8', [ny, nx], mask);
  }
  if (!pair.absent) {
    put('data.spectra', 'F32', [ny, nx, channels], pair.spectra);
  }
  put('data.mean', 'F32', [channels], summary.mean);
  put('maps.energy_range', 'F32', [ny, nx], summary.map);
  if (factorisation) {
    const { abundances, endmembers } = factorisation;
    const k = abundances.length;
    put('maps.abundances', 'F32', [k, ny, nx], joined(abundances));
    put('maps.endmembers', 'F32', [k, channels], joined(endmembers));
  }
  models.forEach((model, i) => {
    const at = (name: string) => `models.${i}.${name}`;
    const n = model.positions.length;
    const evaluated = new Uint8Array(ny * nx);
    model.positions.forEach(position => {
      evaluated[position] = 1;
    });
    const z = n > 0 ? model.latents.length / n : 0;
    put(at('file'), 'U8', [model.file.length], model.file);
    put(at('evaluated'), 'U8', [ny, nx], evaluated);
    put(at('latents'), 'F32', [n, z], model.latents);
    put(at('split'), 'I8', [ny, nx], model.split);
    for (const metric of METRICS) {
      put(at(`error.${metric}`), 'F32', [ny, nx], model.errors[metric]);
    }
    for (const part of ['train', 'test'] as const) {
      const losses = Float64Array.from(model.history[part]);
      put(at(`history.${part}`), 'F64', [losses.length], losses);
    }
    const { train, test } = model.skill;
    put(at('skill'), 'F64', [2], Float64Array.of(train, test));
  });
  const json = JSON.stringify(documentOf(contents));
  const text = new TextEncoder().encode(json);
  put('workspace', 'U8', [text.length], text);
  const hashes: { [name: string]: string } = {};
  for (const [name, { dtype, shape, bytes }] of tensors) {
    const wanted = shape.reduce(
      (product, side) => product * side,
      WIDTH[dtype]
    );
    if (bytes.length !== wanted) {
      throw new RangeError(
        `The workspace cannot be written: ${name} holds ` +
          `${bytes.length / WIDTH[dtype]} values for ${shape.join(' x ')}.`
      );
    }
    hashes[name] = yield* sha256Slices(bytes);
  }
  return writeSafetensors(
    tensors,
    new Map([
      ['format', WORKSPACE_FORMAT],
      ['version', String(WORKSPACE_VERSION)],
      ['tensor_sha256', JSON.stringify(hashes)]
    ])
  );
}

const WIDTH = { F32: 4, F64: 8, I8: 1, U8: 1 } as const;

/** What of the contents is no array. */
function documentOf(contents: IWorkspaceContents): Json {
  const { pair, summary, models, factorisation } = contents;
  return {
    data: {
      name: pair.name,
      title: pair.title,
      simulated: pair.simulated,
      y: pair.y,
      x: pair.x,
      energy: pair.energy,
      spectra_units: pair.spectraUnits,
      image_units: pair.imageUnits,
      sha256: pair.sha256,
      report: pair.report.map(text => text.slice(0, MAX_REPORT))
    },
    energy_range: summary.range,
    models: models.map(({ id, label, epoch, backend, notice }) => ({
      id,
      label,
      epoch,
      backend,
      notice
    })),
    active: contents.active,
    layer: contents.layer,
    factorisation: factorisation && {
      components: factorisation.abundances.length,
      explained: Number.isFinite(factorisation.explained)
        ? factorisation.explained
        : null,
      report: factorisation.report
    },
    setup: contents.setup,
    state: contents.state,
    recipe: contents.recipe,
    versions: contents.versions
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The file is little endian, as every machine is that browsers run on. */
function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
