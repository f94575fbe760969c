/** Checkpoints as files: what goes on from one is the run without a break. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { DEFAULT_SETUP, type ISetup } from '../../signal/types';
import { readCheckpointFile, writeCheckpointFile } from '../checkpoint-file';
import { createTrainer } from '../trainers';
import type { ITrainer } from '../training';
import type { IRunCheckpoint } from '../types';
import { WASM_FOLDER } from './in-process-worker';
import { smallRequest } from './small-data';

setWasmPaths(WASM_FOLDER);

const request = smallRequest({ epochs: 4, batchSize: 5, backend: 'wasm' });
const { channels: CHANNELS, ...NETWORK } = request.spec;
const SETUP: ISetup = { ...DEFAULT_SETUP, ...NETWORK, epochs: 4 };
const DATA = 'names the data';

async function toTheEnd(trainer: ITrainer): Promise<unknown> {
  while (trainer.epoch < request.epochs) {
    trainer.step();
    if (trainer.epochDone) {
      await trainer.finishEpoch();
    }
  }
  const { history } = trainer;
  const parameters = await trainer.readParameters();
  trainer.dispose();
  return { history, parameters };
}

async function started(changes = {}): Promise<ITrainer> {
  await tf.setBackend('wasm');
  return (await createTrainer({ ...request, ...changes }, 'wasm')).trainer;
}

async function keptAt(steps: number): Promise<IRunCheckpoint> {
  const trainer = await started();
  for (let step = 0; step < steps; step++) {
    trainer.step();
    if (trainer.epochDone) {
      await trainer.finishEpoch();
    }
  }
  const state = await trainer.checkpoint();
  trainer.dispose();
  return {
    run: 'run-1',
    dataSha256: 'a'.repeat(64),
    data: DATA,
    setup: SETUP,
    channels: CHANNELS,
    fromPython: true,
    savedAt: 1234,
    checkpoint: { ...state, backend: 'wasm', batchSize: 5 }
  };
}

describe('checkpoint file', () => {
  it.each([
    ['between two epochs', 8],
    ['within an epoch', 10]
  ])(
    '[B1] taken %s gives the run without a break, to the last bit',
    async (_, steps) => {
      const whole = await toTheEnd(await started());
      const file = await writeCheckpointFile(await keptAt(steps));
      const kept = readCheckpointFile(file, DATA)!;
      expect(kept).toMatchObject({ run: 'run-1', savedAt: 1234, setup: SETUP });
      expect(kept.checkpoint.epoch).toBe(2);
      const resume = kept.checkpoint;
      expect(await toTheEnd(await started({ resume }))).toEqual(whole);
    }
  );

  it('keeps losses that are not finite, and bits of the optimiser', async () => {
    const kept = await keptAt(8);
    const { checkpoint } = kept;
    const odd = {
      ...kept,
      checkpoint: {
        ...checkpoint,
        history: { train: [0.1, Infinity], test: [NaN, 1 / 3] },
        begun: { step: 1, loss: NaN, before: checkpoint }
      }
    };
    const read = readCheckpointFile(await writeCheckpointFile(odd), DATA)!;
    expect(read.checkpoint.history).toEqual(odd.checkpoint.history);
    expect(read.checkpoint.begun!.loss).toBeNaN();
    expect(read.checkpoint.adam).toEqual(checkpoint.adam);
    expect(read.checkpoint.begun!.before.adam).toEqual(checkpoint.adam);
  });

  it('is of the data that it was taken of alone', async () => {
    const file = await writeCheckpointFile(await keptAt(8));
    expect(readCheckpointFile(file, 'other data')).toBeNull();
  });

  it('[F1] says what is damaged', async () => {
    const file = await writeCheckpointFile(await keptAt(8));
    expect(() => readCheckpointFile(file.subarray(0, -8), DATA)).toThrow(
      /damaged: .* holds \d+ of \d+ values/
    );
    const changed = (from: string, to: string): Uint8Array => {
      const text = new TextDecoder('latin1').decode(file);
      return Uint8Array.from(text.replace(from, to), c => c.charCodeAt(0));
    };
    const spoilt: [string, string, RegExp][] = [
      ['"enc.0.weight"', '"enc.9.weight"', /enc.0.weight is missing/],
      ['\\"epoch\\":2', '\\"epoch\\":3', /history.train is F64 of shape/],
      ['\\"channels\\":20', '\\"channels\\":-1', /no valid channels/],
      ['\\"format\\":1', '\\"format\\":7', /format 7; this version/],
      ['\\"backend\\":\\"wasm', '\\"backend\\":\\"evil', /no valid backend/]
    ];
    for (const [from, to, words] of spoilt) {
      expect(() => readCheckpointFile(changed(from, to), DATA)).toThrow(words);
    }
  });
});
