/** Checks the JSON of a model file before anything in it is trusted. */
import { parseJson } from '../signal/json';
import { MAX_LOSSES, MAX_SIZE, MAX_REPORT } from '../signal/limits';
import type { IAxis } from '../signal/types';
import { specProblem } from './architecture';
import type { IModelMeta } from './model-file';
import { DamagedFileError, NewerFileError, shortJson } from './safetensors';

/** Newest format that is read. */
const FORMAT = 1;

type Json = Record<string, unknown>;

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function damaged(what: string): never {
  throw new DamagedFileError(what);
}

/** Metadata with every entry of its type; entries that an older file lacks are empty. */
export function modelMetadata(text: string | undefined): IModelMeta {
  if (text === undefined) {
    throw new DamagedFileError(
      "it has no metadata key 'eelscape': it is a safetensors file of another program."
    );
  }
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (error) {
    damaged(`its metadata are not JSON: ${(error as Error).message}.`);
  }
  if (!isRecord(json)) {
    damaged('its metadata are not an object.');
  }
  const { format } = json;
  if (typeof format !== 'number' || !Number.isInteger(format) || format < 1) {
    damaged(`its format version is ${shortJson(format)}.`);
  }
  if (format > FORMAT) {
    throw new NewerFileError(format, FORMAT);
  }
  const meta = {
    format: 1 as const,
    kind: json.kind as IModelMeta['kind'],
    latent_dims: json.latent_dims as number,
    window: json.window as number,
    filters: json.filters as number,
    channels: json.channels as number,
    energy: axis('energy', json.energy),
    x: axis('x', json.x),
    y: axis('y', json.y),
    scaling: scaling(json.scaling),
    spectra_units: textOf(json, 'spectra_units'),
    image_units: textOf(json, 'image_units'),
    split: split(record(json, 'split')),
    setup: record(json, 'setup'),
    history: history(json.history),
    epoch: epochOf(json.epoch),
    backend: textOf(json, 'backend') as IModelMeta['backend'],
    notice: textOf(json, 'notice'),
    recipe: record(json, 'recipe'),
    versions: record(json, 'versions') as IModelMeta['versions'],
    data_sha256: textOf(json, 'data_sha256'),
    title: textOf(json, 'title'),
    simulated: json.simulated === true,
    ...(isRecord(json.errors) && { errors: ownErrors(json.errors) }),
    tensor_sha256: record(json, 'tensor_sha256') as Record<string, string>
  };
  const problem = specProblem({
    kind: meta.kind,
    latentDims: meta.latent_dims,
    filters: meta.filters,
    window: meta.window,
    channels: meta.channels
  });
  if (problem) {
    damaged(problem);
  }
  if (meta.energy.size !== meta.channels) {
    damaged(
      `its energy axis has ${meta.energy.size} channels, its network ${meta.channels}.`
    );
  }
  return meta;
}

/** Mean errors by measure; what is not a number is left out. */
function ownErrors(value: Json): IModelMeta['errors'] {
  const number = (x: unknown) =>
    typeof x === 'number' && Number.isFinite(x) ? x : null;
  const of = (measure: unknown) =>
    isRecord(measure)
      ? { train: number(measure.train), test: number(measure.test) }
      : undefined;
  return { relative: of(value.relative), rmse: of(value.rmse) };
}

function axis(name: string, value: unknown): IAxis {
  const finite = (x: unknown): x is number => Number.isFinite(x);
  if (
    !isRecord(value) ||
    !Number.isInteger(value.size) ||
    (value.size as number) < 1 ||
    (value.size as number) > MAX_SIZE ||
    !finite(value.scale ?? 1) ||
    value.scale === 0 ||
    !finite(value.offset ?? 0)
  ) {
    damaged(`its ${name} axis is not complete.`);
  }
  const size = value.size as number;
  const plain: IAxis = {
    name: value.name === undefined ? name : textOf(value, 'name'),
    units: textOf(value, 'units'),
    size,
    scale: (value.scale as number | undefined) ?? 1,
    offset: (value.offset as number | undefined) ?? 0
  };
  const { values } = value;
  if (values === undefined || values === null) {
    return plain;
  }
  if (
    !Array.isArray(values) ||
    values.length !== size ||
    !values.every(finite)
  ) {
    damaged(`its ${name} axis does not hold ${size} values.`);
  }
  return { ...plain, values };
}

function scaling(value: unknown): IModelMeta['scaling'] {
  const range = (key: string): [number, number] => {
    const pair = isRecord(value) ? value[key] : null;
    if (
      !Array.isArray(pair) ||
      pair.length !== 2 ||
      !pair.every(Number.isFinite) ||
      pair[0] > pair[1]
    ) {
      damaged(`the scaling of the ${key} is not a minimum and a maximum.`);
    }
    return [pair[0], pair[1]];
  };
  return { image: range('image'), spectrum: range('spectrum') };
}

const SPLITS: readonly string[] = [
  'left-right',
  'top-bottom',
  'blocks',
  'random'
];

/** Entries of the split; the labels that count are in `data.split`. */
function split(json: Json): IModelMeta['split'] {
  const number = (key: string): number =>
    Number.isFinite(json[key]) ? (json[key] as number) : 0;
  const { kind } = json;
  return {
    kind: (SPLITS.includes(String(kind))
      ? kind
      : 'left-right') as IModelMeta['split']['kind'],
    guard: number('guard'),
    train_fraction: number('train_fraction'),
    leaking: json.leaking === true,
    shared_pixels: number('shared_pixels')
  };
}

function history(value: unknown): IModelMeta['history'] {
  const losses = (key: string): (number | null)[] => {
    const list = (isRecord(value) ? value[key] : null) ?? [];
    const isLoss = (loss: unknown) => loss === null || Number.isFinite(loss);
    if (
      !Array.isArray(list) ||
      list.length > MAX_LOSSES ||
      !list.every(isLoss)
    ) {
      damaged(`its history of ${key} losses is no list of numbers.`);
    }
    return list;
  };
  return { train: losses('train'), test: losses('test') };
}

/** Complete epochs; 0 in files that do not say. */
function epochOf(value: unknown): number {
  if (value === undefined || value === null) {
    return 0;
  }
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    damaged(`its epoch is ${shortJson(value)}.`);
  }
  return value as number;
}

function textOf(json: Json, key: string): string {
  const value = json[key] ?? '';
  if (typeof value !== 'string' || value.length > MAX_REPORT) {
    damaged(`its ${key} is no text of at most ${MAX_REPORT} characters.`);
  }
  return value;
}

function record(json: Json, key: string): Json {
  const value = json[key] ?? {};
  return isRecord(value) ? value : damaged(`its ${key} is no object.`);
}
