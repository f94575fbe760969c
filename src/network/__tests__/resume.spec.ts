/** Runs that go on from where others stopped. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { architecture } from '../architecture';
import { TrainingRun } from '../run';
import { createTrainer, tensorTrainer } from '../trainers';
import type { ITrainer } from '../training';
import type { ICheckpoint, IResume, ITrainRequest } from '../types';
import { WASM_FOLDER } from './in-process-worker';
import { smallRequest } from './small-data';

setWasmPaths(WASM_FOLDER);

async function epochs(trainer: ITrainer, count: number): Promise<void> {
  for (let epoch = 0; epoch < count; epoch++) {
    while (!trainer.epochDone) {
      trainer.step();
    }
    await trainer.finishEpoch();
  }
}

function stateOf(trainer: ITrainer): Promise<IResume> {
  return trainer.checkpoint();
}

const TRAINERS = {
  "TF.js's cpu backend": async (request: ITrainRequest) => {
    await tf.setBackend('cpu');
    return tensorTrainer(architecture(request.spec), request);
  },
  "TF.js's wasm backend": async (request: ITrainRequest) => {
    await tf.setBackend('wasm');
    return tensorTrainer(architecture(request.spec), request);
  },
  'the kernels of our own in wasm': async (request: ITrainRequest) => {
    await tf.setBackend('wasm');
    return (await createTrainer(request, 'wasm')).trainer;
  }
};

describe.each(Object.entries(TRAINERS))('%s', (_, create) => {
  it('two epochs and two more are four in one go, to the bit', async () => {
    const request = smallRequest({ epochs: 4 });
    const whole = await create(request);
    await epochs(whole, 4);
    const wanted = await stateOf(whole);
    whole.dispose();

    const first = await create(request);
    await epochs(first, 2);
    const resume = await stateOf(first);
    first.dispose();
    const second = await create({ ...request, resume });
    expect(second.epoch).toBe(2);
    await epochs(second, 2);
    expect(await stateOf(second)).toEqual(wanted);
    second.dispose();
  });

  it('a run that goes on in the middle of an epoch is the run without a break, to the bit', async () => {
    const request = smallRequest({ epochs: 3 });
    const whole = await create(request);
    await epochs(whole, 3);
    const wanted = await stateOf(whole);
    whole.dispose();

    const first = await create(request);
    await epochs(first, 1);
    first.step();
    first.step();
    const resume = await stateOf(first);
    expect(resume.begun).toMatchObject({ step: 2 });
    // Asking changes nothing.
    first.step();
    await first.finishEpoch();
    const undisturbed = [...first.history.train];
    first.dispose();

    const second = await create({ ...request, resume });
    expect([second.epoch, second.stepInEpoch]).toEqual([1, 2]);
    await epochs(second, 2);
    expect(await stateOf(second)).toEqual(wanted);
    expect(second.history.train.slice(0, 2)).toEqual(undisturbed);
    second.dispose();

    const third = await create({ ...request, resume });
    third.abandonEpoch();
    expect(await stateOf(third)).toEqual({
      ...resume,
      ...resume.begun!.before,
      begun: null
    });
    third.dispose();
  });

  it('what is read of an epoch that was broken off is that of the last complete one', async () => {
    const trainer = await create(smallRequest());
    await epochs(trainer, 1);
    const kept = await stateOf(trainer);
    trainer.step();
    trainer.step();
    expect((await stateOf(trainer)).adam!.steps).toBe(kept.adam!.steps + 2);
    trainer.abandonEpoch();
    expect(await stateOf(trainer)).toEqual(kept);
    trainer.dispose();
  });
});

describe('a run with checkpoints', () => {
  it('makes them at steps and at ends of epochs, and ends as one without', async () => {
    const request = smallRequest({ epochs: 3 });
    const going = async (every: number): Promise<ICheckpoint[]> => {
      const kept: ICheckpoint[] = [];
      const run = new TrainingRun(
        { ...request, checkpointEvery: every },
        { backend: 'wasm', reason: '', notice: '' },
        { onCheckpoint: checkpoint => kept.push(checkpoint) }
      );
      const { history } = await run.run();
      run.dispose();
      expect(history).toEqual(plain);
      return kept;
    };
    await tf.setBackend('wasm');
    const { history: plain } = await new TrainingRun(
      request,
      { backend: 'wasm', reason: '', notice: '' },
      {}
    ).run();
    const kept = await going(1e-9);
    expect(kept.map(({ epoch, begun }) => [epoch, begun?.step ?? 0])).toEqual([
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
      [2, 0],
      [2, 1],
      [2, 2],
      [3, 0]
    ]);
    expect(kept[0]).toMatchObject({ backend: 'wasm', batchSize: 8 });
    expect(await going(1e9)).toEqual([]);
  });
});

describe('TrainingRun', () => {
  const run = (changes: Partial<ITrainRequest>): TrainingRun =>
    new TrainingRun(
      smallRequest(changes),
      { backend: 'wasm', reason: '', notice: '' },
      {}
    );

  it('trains the epochs that are left, the history in front of them', async () => {
    await tf.setBackend('wasm');
    const request = smallRequest({ epochs: 3 });
    const { trainer } = await createTrainer(request, 'wasm');
    await epochs(trainer, 2);
    const resume = await stateOf(trainer);
    trainer.dispose();
    const going = run({ epochs: 3, resume });
    const result = await going.run();
    going.dispose();
    expect(result.epoch).toBe(3);
    expect(result.history.train).toHaveLength(3);
    expect(result.history.train.slice(0, 2)).toEqual(resume.history.train);
  });

  it('refuses a checkpoint of a step that an epoch does not have', async () => {
    const { trainer } = await createTrainer(smallRequest(), 'wasm');
    trainer.step();
    const resume = await stateOf(trainer);
    trainer.dispose();
    expect(() => run({ resume, batchSize: 32 })).toThrow('of step 1');
  });

  it('refuses a checkpoint of another network or with missing losses', async () => {
    const { trainer } = await createTrainer(smallRequest(), 'wasm');
    const resume = await stateOf(trainer);
    trainer.dispose();
    const { adam } = resume;
    expect(() => run({ resume: { ...resume, epoch: 1 } })).toThrow(
      'of 1 epochs but holds the losses of 0'
    );
    expect(() =>
      run({ resume: { ...resume, adam: { ...adam!, m: new Float32Array(3) } } })
    ).toThrow('it belongs to another network');
  });
});
