/** Files of models and workspaces, broken. */
import * as fs from 'fs';
import * as path from 'path';
import {
  brokenBytes,
  brokenJson,
  dumped,
  judged,
  type Dice,
  type IInput,
  type ITarget
} from '../../signal/__tests__/fuzz';
import { DEFAULT_SETUP } from '../../signal/types';
import { architecture } from '../architecture';
import { readCheckpointFile, writeCheckpointFile } from '../checkpoint-file';
import { initialParameters } from '../initialise';
import { pack, slots } from '../layout';
import { readModelFile } from '../model-file';
import {
  DamagedFileError,
  NewerFileError,
  parseSafetensors,
  writeSafetensors
} from '../safetensors';
import { sha256 } from '../sha256';
import { readWorkspace, WorkspaceFileError } from '../workspace-file-read';
import type { IRunCheckpoint, ITrainedState } from '../types';
import { fileOf, partsOf, smallModelFile } from './small-model-file';

const isOurs = (error: unknown) =>
  error instanceof DamagedFileError || error instanceof NewerFileError;

/** A file with bytes, its header or the JSON in its metadata changed. */
export function brokenFile(
  file: Uint8Array,
  key: string,
  { dice, any }: IInput
): Uint8Array {
  const [header, body] = partsOf(file);
  switch (dice.below(3)) {
    case 0:
      return brokenBytes(file, dice, file.length - body.length);
    case 1: {
      const more = [any, [body.length, 2 ** 40], [2 ** 30, 2 ** 30]];
      return fileOf(dumped(brokenJson(header, dice, more), dice), body);
    }
    default: {
      const meta = JSON.parse(header.__metadata__[key]);
      const text = dumped(brokenJson(meta, dice, [any]), dice);
      header.__metadata__[key] = new TextDecoder().decode(text);
      return fileOf(new TextEncoder().encode(JSON.stringify(header)), body);
    }
  }
}

/** A header of any JSON, or of one tensor and anything. */
function anyHeader({ dice, any }: IInput): Uint8Array {
  const tensor = { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] };
  const header =
    dice.next() < 0.3
      ? any
      : { __metadata__: { eelscape: 'x' }, a: entryOf(tensor, dice, any) };
  return fileOf(dumped(header, dice), new Uint8Array(16));
}

function entryOf(tensor: object, dice: Dice, any: unknown): unknown {
  return dice.next() < 0.2 ? tensor : brokenJson(tensor, dice, [any]);
}

const file = smallModelFile();
const WORKSPACES = ['version-1', 'python-1'].map(
  name =>
    new Uint8Array(
      fs.readFileSync(
        path.join(
          __dirname,
          `../../../tests/fixtures/workspace/${name}.eelscape`
        )
      )
    )
);

/** A workspace with bytes or its header changed, or its document with the checksums made anew. */
function brokenWorkspace({ dice, any }: IInput): Uint8Array {
  const whole = dice.of(WORKSPACES);
  const [header, body] = partsOf(whole);
  switch (dice.below(3)) {
    case 0:
      return brokenBytes(whole, dice, whole.length - body.length);
    case 1:
      return fileOf(dumped(brokenJson(header, dice, [any]), dice), body);
    default: {
      const { tensors, metadata } = parseSafetensors(whole);
      const old = tensors.get('workspace')!;
      const json = JSON.parse(new TextDecoder().decode(old.bytes));
      const bytes = dumped(brokenJson(json, dice, [any]), dice);
      tensors.set('workspace', { ...old, shape: [bytes.length], bytes });
      const hashes = JSON.parse(metadata.get('tensor_sha256')!);
      hashes.workspace = sha256(bytes);
      metadata.set('tensor_sha256', JSON.stringify(hashes));
      return writeSafetensors(tensors, metadata);
    }
  }
}

const DATA = 'names the data';

/** A checkpoint of a few kilobytes, taken within an epoch or between two. */
function smallCheckpoint(begun: boolean): Promise<Uint8Array> {
  const network = { kind: 'im2spec', latentDims: 2, filters: 2 } as const;
  const setup = { ...DEFAULT_SETUP, ...network, window: 4 };
  const plan = architecture({ ...network, window: 4, channels: 3 });
  const parameters = initialParameters(plan, 3);
  const m = pack(slots(plan.parameters, true), parameters);
  const state: ITrainedState = { parameters, adam: { m, v: m, steps: 9 } };
  const kept: IRunCheckpoint = {
    ...{ run: 'run-1', dataSha256: 'a'.repeat(64), data: DATA, setup },
    ...{ channels: 3, fromPython: true, savedAt: 1234 },
    checkpoint: {
      ...state,
      epoch: 2,
      history: { train: [0.5, 0.25], test: [NaN, 0.5] },
      begun: begun ? { step: 2, loss: NaN, before: state } : null,
      backend: 'wasm',
      batchSize: 8
    }
  };
  return writeCheckpointFile(kept);
}
const checkpoints = Promise.all([true, false].map(smallCheckpoint));

export const TARGETS: Readonly<Record<string, ITarget>> = {
  'model files': {
    size: 20_000,
    read: async input => {
      const bytes = brokenFile(await file, 'eelscape', input);
      return judged(async () => {
        const { parameters, split } = await readModelFile(bytes);
        parameters.forEach(({ data }) => {
          if (!data.every(Number.isFinite)) {
            throw new Error('a value that is not finite was let by');
          }
        });
        expect(split.every(label => label >= -1 && label <= 2)).toBe(true);
      }, isOurs);
    }
  },
  checkpoints: {
    size: 20_000,
    read: async input => {
      const whole = input.dice.of(await checkpoints);
      const bytes = brokenFile(whole, 'eelscape', input);
      return judged(() => {
        const kept = readCheckpointFile(bytes, DATA);
        if (kept) {
          const { epoch, history, adam } = kept.checkpoint;
          expect(history.train).toHaveLength(epoch);
          expect(history.test).toHaveLength(epoch);
          expect(adam === null || adam.m.length === adam.v.length).toBe(true);
        }
      }, isOurs);
    }
  },
  'workspace files': {
    size: 200_000,
    read: input => {
      const bytes = brokenWorkspace(input);
      return judged(
        () => {
          const { pair } = readWorkspace(bytes);
          expect(pair.image).toHaveLength(pair.ny * pair.nx);
        },
        error => error instanceof WorkspaceFileError
      );
    }
  },
  'safetensors headers': {
    size: 20_000,
    read: input => {
      const bytes = anyHeader(input);
      return judged(() => {
        const { tensors } = parseSafetensors(bytes);
        tensors.forEach(tensor => {
          expect(tensor.bytes.length).toBeLessThanOrEqual(bytes.length);
        });
      }, isOurs);
    }
  }
};
