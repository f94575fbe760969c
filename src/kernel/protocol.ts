/**
 * What the kernel and the browser say to each other; mirrored in
 * eelscape/protocol.py.
 *
 * Two comms on one target. The kernel opens the control comm of a data set,
 * whose id is CONTROL_PREFIX and the explorer's id; cells send on it, the front
 * end never does. The kernel closes no comm, since every page would hear of it:
 * it says "closed" there and "refused" on data comms. The front end opens a data comm; the kernel answers there,
 * and only from inside a handler of that comm, so that it is served while a
 * cell runs. Numbers that may not be finite never travel in JSON: losses that
 * are not finite are null, arrays go in buffers.
 */
import type { JSONObject } from '@lumino/coreutils';
import { MAX_NAME, MAX_REPORT } from '../signal/limits';
import type { ISetup } from '../signal/types';
import { isArrayDescription, type IArrayDescription } from './array-blocks';
import {
  hasFields,
  isFiniteNumber,
  isList,
  isOneOf,
  isRecord,
  isText,
  isWhole,
  type Check
} from './checks';
import { isPanelState } from './state-check';
import type { IPanelState } from './types';

/** Raised whenever a message changes in a way that the other side must know. */
export const PROTOCOL_VERSION = 4;
/** Comm target of both comms. */
export const TARGET = 'eelscape';
/** A control comm's id is this and the explorer's id. */
export const CONTROL_PREFIX = 'eelscape-control-';

/** Losses as JSON carries them. */
export type Losses = readonly (number | null)[];

/** What the front end sends on its data comm. */
export type DataMessage =
  | {
      readonly type: 'hello';
      readonly protocol: number;
      readonly version: string;
      /** One Link; a reloaded page has another. */
      readonly client: string;
      /** One browser tab; a reloaded page has the same. */
      readonly tab: string;
      readonly subshell: boolean;
    }
  | {
      readonly type: 'pull';
      readonly source: string;
      readonly array: string;
      readonly block: number;
    }
  | { readonly type: 'accepted'; readonly request: number }
  | { readonly type: 'pong' }
  | {
      readonly type: 'progress';
      readonly run: string;
      readonly epoch: number;
      readonly epochs: number;
      readonly history: { readonly train: Losses; readonly test: Losses };
      readonly secondsPerEpoch: number | null;
      readonly backend: string;
    }
  | { readonly type: 'failure'; readonly run: string; readonly message: string }
  | { readonly type: 'state'; readonly state: IPanelState }
  | TaskMessage
  | {
      readonly type: 'model';
      readonly transfer: string;
      readonly run: string;
      readonly title: string;
      readonly backend: string;
      readonly notice: string;
      readonly arrays: readonly IArrayDescription[];
    }
  | {
      readonly type: 'checkpoint';
      readonly transfer: string;
      readonly run: string;
      /** "file" alone. */
      readonly arrays: readonly IArrayDescription[];
    }
  | ({ readonly type: 'block'; readonly transfer: string } & IBlockFields)
  | { readonly type: 'finish'; readonly transfer: string }
  | { readonly type: 'cancel'; readonly transfer: string };

/**
 * Work for the kernel. A `task` that is repeated is answered, not begun anew;
 * a result is held until it is released, or until 16 newer ones are there.
 */
export type TaskMessage =
  | {
      readonly type: 'task';
      readonly task: string;
      readonly kind: string;
      readonly params: JSONObject;
    }
  | {
      readonly type: 'task-poll' | 'task-cancel' | 'task-release';
      readonly task: string;
    };

/** How far a task has come; `fields` and `arrays` are filled when it is done. */
export interface ITaskState {
  readonly type: 'task-state';
  readonly task: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled' | 'unknown';
  readonly fraction: number | null;
  readonly message: string;
  readonly fields: JSONObject;
  /** Pulled from the source `task:<id>`. */
  readonly arrays: readonly IArrayDescription[];
}

/** Where a block belongs and what it must be. */
export interface IBlockFields {
  readonly array: string;
  readonly block: number;
  readonly of: number;
  readonly bytes: number;
  readonly crc32: number;
}

/** What the kernel answers on the data comm. */
export type KernelMessage =
  | {
      readonly type: 'welcome';
      readonly protocol: number;
      readonly role: 'leader' | 'watcher';
      /** Checked by `readPairDescription` or `readQuestionDescription`. */
      readonly pair: unknown;
      /** What the front end told last, or what a cell put there since. */
      readonly state: IPanelState;
    }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'error'; readonly message: string }
  /** The kernel does not know this client: say hello. */
  | { readonly type: 'who' }
  | ({ readonly type: 'block'; readonly source: string } & IBlockFields)
  | { readonly type: 'unavailable'; readonly source: string }
  | ITaskState
  | TransferReply;

/** Answers to the blocks of a model or a checkpoint. */
export type TransferReply =
  | { readonly type: 'started'; readonly transfer: string }
  | { readonly type: 'unknown'; readonly transfer: string }
  | { readonly type: 'incomplete'; readonly transfer: string }
  | {
      readonly type: 'ack' | 'resend';
      readonly transfer: string;
      readonly array: string;
      readonly block: number;
    }
  | {
      readonly type: 'stored' | 'rejected';
      readonly transfer: string;
      readonly message: string;
    };

/** What cells send on the control comm; `client` is whom it is for. */
export type ControlMessage = { readonly client: string } & (
  | {
      readonly type: 'train';
      readonly request: number;
      readonly run: string;
      readonly setup: ISetup;
    }
  | { readonly type: 'stop'; readonly request: number; readonly run: string }
  | {
      readonly type: 'show';
      readonly request: number;
      readonly model: string;
      readonly arrays: readonly IArrayDescription[];
    }
  | { readonly type: 'reload'; readonly request: number }
  | {
      readonly type: 'place';
      readonly request: number;
      readonly state: IPanelState;
    }
  | {
      readonly type: 'changed';
      readonly request: number;
      readonly what: 'factorisation' | 'source';
    }
  /** To those who watch: what the panel does that leads. */
  | {
      readonly type: 'elsewhere';
      readonly training: {
        readonly epoch: number;
        readonly epochs: number;
      } | null;
    }
  | { readonly type: 'ping' }
  /** Nobody leads: say hello. */
  | { readonly type: 'vacant' }
  /** The data were closed in Python: the kernel's side of the comm has ended. */
  | { readonly type: 'closed' }
);

const id = isText(MAX_NAME);
const longText = isText(MAX_REPORT);
const count = isWhole(0);
/** Arrays that one task may return. */
const MOST_TASK_ARRAYS = 64;
const isFraction: Check = value =>
  isFiniteNumber(value) && (value as number) >= 0 && (value as number) <= 1;

const blockFields: Record<string, Check> = {
  array: id,
  block: count,
  of: isWhole(1),
  bytes: count,
  crc32: isWhole(0, 0xffffffff)
};
const transfer = { transfer: id };

const KERNEL_FIELDS: Readonly<Record<string, Record<string, Check>>> = {
  welcome: {
    protocol: count,
    role: isOneOf('leader', 'watcher'),
    pair: isRecord,
    state: isPanelState
  },
  refused: { message: longText },
  error: { message: longText },
  who: {},
  block: { source: id, ...blockFields },
  unavailable: { source: id },
  'task-state': {
    task: id,
    state: isOneOf('running', 'done', 'failed', 'cancelled', 'unknown'),
    fraction: value => value === null || isFraction(value),
    message: longText,
    fields: isRecord,
    arrays: isList(MOST_TASK_ARRAYS, isArrayDescription)
  },
  started: transfer,
  unknown: transfer,
  incomplete: transfer,
  ack: { ...transfer, array: id, block: count },
  resend: { ...transfer, array: id, block: count },
  stored: { ...transfer, message: longText },
  rejected: { ...transfer, message: longText }
};

const SETUP_FIELDS: Readonly<Record<keyof ISetup, Check>> = {
  kind: isOneOf('im2spec', 'spec2im'),
  latentDims: isWhole(1),
  epochs: isWhole(1),
  batchSize: isWhole(2),
  learningRate: isFiniteNumber,
  filters: isWhole(1),
  window: isWhole(4),
  stride: isWhole(1),
  windows: isOneOf('all', 'paper'),
  split: isOneOf('left-right', 'top-bottom', 'blocks', 'random'),
  guard: value => value === null || count(value),
  trainFraction: isFiniteNumber,
  seed: count,
  backend: isOneOf('auto', 'webgpu', 'webgl', 'wasm', 'cpu'),
  scaling: isOneOf('range', 'robust')
};

const CONTROL_FIELDS: Readonly<Record<string, Record<string, Check>>> = {
  train: {
    request: count,
    run: id,
    setup: isSetup
  },
  stop: { request: count, run: id },
  show: { request: count, model: id, arrays: isList(8, isArrayDescription) },
  reload: { request: count },
  place: { request: count, state: isPanelState },
  changed: { request: count, what: isOneOf('factorisation', 'source') },
  elsewhere: {
    training: value =>
      value === null || hasFields(value, { epoch: count, epochs: count })
  },
  ping: {},
  vacant: {},
  closed: {}
};

function read(
  data: unknown,
  kinds: Readonly<Record<string, Record<string, Check>>>
): boolean {
  return (
    hasFields(data, { type: isText(40) }) &&
    Object.hasOwn(kinds, data.type as string) &&
    hasFields(data, kinds[data.type as string])
  );
}

/** True for a setup whose every field is of its kind. */
export function isSetup(value: unknown): value is ISetup {
  return hasFields(value, SETUP_FIELDS);
}

/** A message of the kernel on the data comm; null where it follows no rule. */
export function readKernelMessage(data: unknown): KernelMessage | null {
  return read(data, KERNEL_FIELDS) ? (data as KernelMessage) : null;
}

/** A message on the control comm; null where it follows no rule. */
export function readControlMessage(data: unknown): ControlMessage | null {
  return read(data, CONTROL_FIELDS) && hasFields(data, { client: id })
    ? (data as unknown as ControlMessage)
    : null;
}

/** Losses for JSON: null where a number is not finite. */
export function lossesToJSON(losses: readonly number[]): Losses {
  return losses.map(loss => (Number.isFinite(loss) ? loss : null));
}
