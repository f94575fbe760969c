/** The JSON document of a workspace file, checked before anything in it is trusted. */
import {
  MAX_LOSSES,
  MAX_NAME,
  MAX_REPORT,
  MAX_SIZE,
  MAX_TEXT
} from '../signal/limits';
import type { BackendName, IAxis } from '../signal/types';
import { DamagedFileError } from './safetensors';
import {
  MOST_COMPONENTS,
  MOST_MODELS,
  type StoredPair
} from './workspace-file';

type Json = Record<string, unknown>;

/** What of a workspace is no array. */
export interface IWorkspaceDocument {
  readonly data: Pick<
    StoredPair,
    | 'name'
    | 'title'
    | 'simulated'
    | 'y'
    | 'x'
    | 'energy'
    | 'spectraUnits'
    | 'imageUnits'
    | 'sha256'
    | 'report'
  >;
  readonly energyRange: readonly [number, number];
  readonly models: readonly {
    readonly id: string;
    readonly label: string;
    readonly epoch: number;
    readonly backend: BackendName;
    readonly notice: string;
  }[];
  readonly active: string | null;
  readonly layer: string;
  readonly factorisation: {
    readonly components: number;
    readonly explained: number;
    readonly report: readonly string[];
  } | null;
  readonly setup: Json;
  readonly state: unknown;
  readonly recipe: Json | null;
  readonly versions: Readonly<Record<string, string>>;
}

const BACKENDS: readonly unknown[] = ['webgpu', 'webgl', 'wasm', 'cpu'];
/** Pixels of a scan at most: that of an image of 16384 by 16384. */
const MAX_PIXELS = 1 << 28;

/** @throws DamagedFileError that names the entry. */
export function readDocument(value: unknown): IWorkspaceDocument {
  const json = record(value, 'document');
  const data = record(json.data, 'data');
  const [y, x, energy] = ['y', 'x', 'energy'].map(key => axis(data[key], key));
  if (y.size * x.size > MAX_PIXELS) {
    damaged(`its scan has ${y.size} x ${x.size} pixels.`);
  }
  return {
    data: {
      ...{ y, x, energy },
      name: text(data.name, 'name', MAX_TEXT),
      title: text(data.title, 'title', MAX_TEXT),
      simulated: data.simulated === true,
      spectraUnits: text(data.spectra_units, 'spectra_units', MAX_TEXT),
      imageUnits: text(data.image_units, 'image_units', MAX_TEXT),
      sha256: text(data.sha256, 'sha256', MAX_NAME),
      report: texts(data.report, 'report')
    },
    energyRange: range(json.energy_range, energy.size),
    models: list(json.models, 'models', MOST_MODELS).map(model),
    active: json.active === null ? null : text(json.active, 'active', MAX_NAME),
    layer: text(json.layer, 'layer', MAX_NAME),
    factorisation: factorisation(json.factorisation),
    setup: record(json.setup, 'setup'),
    state: json.state ?? null,
    recipe:
      (json.recipe ?? null) === null ? null : record(json.recipe, 'recipe'),
    versions: versions(json.versions)
  };
}

function damaged(what: string): never {
  throw new DamagedFileError(what);
}

function record(value: unknown, what: string): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : damaged(`its ${what} is no object.`);
}

function list(value: unknown, what: string, most: number): unknown[] {
  return Array.isArray(value) && value.length <= most
    ? value
    : damaged(`its ${what} is no list of at most ${most}.`);
}

function text(value: unknown, what: string, longest: number): string {
  return typeof value === 'string' && value.length <= longest
    ? value
    : damaged(`its ${what} is no text of at most ${longest} characters.`);
}

function texts(value: unknown, what: string): string[] {
  return list(value, what, 1000).map(item => text(item, what, MAX_REPORT));
}

function whole(value: unknown, what: string, least: number, most: number) {
  return Number.isSafeInteger(value) &&
    (value as number) >= least &&
    (value as number) <= most
    ? (value as number)
    : damaged(`its ${what} is no whole number from ${least} to ${most}.`);
}

function axis(value: unknown, what: string): IAxis {
  const { name, units, size, scale, offset, values } = record(
    value,
    `${what} axis`
  );
  const plain = {
    name: text(name, `${what} axis`, MAX_TEXT),
    units: text(units, `${what} axis`, MAX_TEXT),
    size: whole(size, `${what} axis`, 1, MAX_SIZE),
    scale: scale as number,
    offset: offset as number
  };
  if (!Number.isFinite(scale) || !Number.isFinite(offset)) {
    damaged(`its ${what} axis has no scale and offset.`);
  }
  if (values === undefined || values === null) {
    return plain;
  }
  return Array.isArray(values) &&
    values.length === plain.size &&
    values.every(Number.isFinite)
    ? { ...plain, values: values as number[] }
    : damaged(`its ${what} axis does not hold ${plain.size} values.`);
}

function range(value: unknown, channels: number): [number, number] {
  const ends = list(value, 'energy range', 2);
  const [first, last] = ends.map(end =>
    whole(end, 'energy range', 0, channels - 1)
  );
  return last === undefined
    ? damaged('its energy range has no two ends.')
    : [first, last];
}

function model(value: unknown): IWorkspaceDocument['models'][number] {
  const { id, label, epoch, backend, notice } = record(value, 'model');
  return {
    id: text(id, 'model', MAX_NAME),
    label: text(label, 'model', MAX_NAME),
    epoch: whole(epoch, 'epoch', 0, MAX_LOSSES),
    backend: BACKENDS.includes(backend) ? (backend as BackendName) : 'cpu',
    notice: text(notice, 'notice', MAX_REPORT)
  };
}

function factorisation(value: unknown): IWorkspaceDocument['factorisation'] {
  if (value === null || value === undefined) {
    return null;
  }
  const { components, explained, report } = record(value, 'factorisation');
  return {
    components: whole(components, 'components', 1, MOST_COMPONENTS),
    explained: Number.isFinite(explained) ? (explained as number) : NaN,
    report: texts(report, 'report')
  };
}

function versions(value: unknown): Readonly<Record<string, string>> {
  const known = record(value ?? {}, 'versions');
  return Object.fromEntries(
    Object.entries(known).map(([name, version]) => [
      name.slice(0, MAX_NAME),
      text(version, 'versions', MAX_NAME)
    ])
  );
}
