import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { architecture, type IArchitecture } from '../architecture';
import { features, targets, upload, type IPart } from '../data';
import { decodeAll, encodeAll, evaluationChunk } from '../inference';
import { initialParameters } from '../initialise';
import { flatSize, slots } from '../layout';
import { Adam, GradientDescent, type IOptimiser } from '../optimiser';
import { Trainer } from '../trainer';
import { batchEnds } from '../training';
import { WASM_FOLDER } from './in-process-worker';
import { smallRequest } from './small-data';

setWasmPaths(WASM_FOLDER);

beforeAll(async () => {
  expect(await tf.setBackend('wasm')).toBe(true);
});

const { spec, dataset, train, test } = smallRequest();
const plan = architecture(spec);

function part(positions: Int32Array): IPart {
  return upload(
    features(spec, dataset, positions),
    targets(spec, dataset, positions),
    positions.length
  );
}

function adam(of: IArchitecture): Adam {
  return new Adam(flatSize(slots(of.parameters, true)), 1e-3);
}

function makeTrainer(
  optimiser: IOptimiser,
  parts: { train: IPart; test: IPart | null },
  batchSize = 8
): Trainer {
  return new Trainer({
    plan,
    parameters: initialParameters(plan, 1),
    optimiser,
    ...parts,
    batchSize,
    seed: 1
  });
}

async function epoch(trainer: Trainer): Promise<void> {
  while (!trainer.epochDone) {
    trainer.step();
  }
  await trainer.finishEpoch();
}

describe('batchEnds', () => {
  it('keeps the last partial batch and merges a batch of one', () => {
    expect(batchEnds(20, 8)).toEqual([8, 16, 20]);
    expect(batchEnds(16, 8)).toEqual([8, 16]);
    expect(batchEnds(17, 8)).toEqual([8, 17]);
    expect(batchEnds(9, 8)).toEqual([9]);
    expect(batchEnds(5, 8)).toEqual([5]);
    expect(batchEnds(1, 8)).toEqual([1]);
    expect(batchEnds(3, 1)).toEqual([1, 3]);
  });

  it('covers every sample once, no batch of one among several', () => {
    for (let n = 2; n < 60; n++) {
      for (let size = 2; size < 20; size++) {
        const ends = batchEnds(n, size);
        const sizes = ends.map((end, i) => end - (ends[i - 1] ?? 0));
        expect(sizes.reduce((a, b) => a + b)).toBe(n);
        expect(Math.min(...sizes)).toBeGreaterThan(1);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(size + 1);
      }
    }
  });
});

describe('Trainer', () => {
  it('leaves no tensor behind', async () => {
    const parts = { train: part(train), test: part(test) };
    const warm = makeTrainer(adam(plan), parts);
    await epoch(warm);
    warm.dispose();
    const before = tf.memory().numTensors;
    const trainer = makeTrainer(adam(plan), parts);
    await epoch(trainer);
    const after = tf.memory().numTensors;
    await epoch(trainer);
    trainer.step();
    trainer.abandonEpoch();
    expect(tf.memory().numTensors).toBe(after);
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([parts.train.x, parts.train.y, parts.test.x, parts.test.y]);
    expect(tf.memory().numTensors).toBe(before - 4);
  });

  it('weighs batch losses by their samples and tests in eval mode', async () => {
    const parts = { train: part(train), test: part(test) };
    // Without moving, the losses of an epoch are those of the initial weights.
    const trainer = makeTrainer(new GradientDescent(0), parts, 16);
    trainer.step();
    expect(trainer.stepInEpoch).toBe(1);
    expect(trainer.steps).toBe(2);
    await epoch(trainer);
    const { history, network, state } = trainer;
    // Batches of 16 and 4 in the order of the epoch.
    const { permutation } = await import('../../signal/random');
    const order = Int32Array.from(permutation(1, 'epoch', 0, 20));
    let wanted = 0;
    for (const [start, size] of [
      [0, 16],
      [16, 4]
    ]) {
      const rows = tf.tensor1d(order.slice(start, start + size), 'int32');
      const loss = tf.tidy(
        () =>
          network.train(
            tf.gather(parts.train.x, rows),
            tf.gather(parts.train.y, rows),
            state.weights(false)
          ).loss
      );
      wanted += ((await loss.data())[0] * size) / 20;
    }
    expect(history.train[0]).toBeCloseTo(wanted, 6);

    const z = await encodeAll(
      network,
      state,
      features(spec, dataset, test),
      test.length
    );
    const found = await decodeAll(network, state, z, test.length);
    const truth = targets(spec, dataset, test);
    const squares = found.map((v, i) => (v - truth[i]) ** 2);
    const mse = squares.reduce((a, b) => a + b, 0) / truth.length;
    expect(history.test[0]).toBeCloseTo(mse, 6);
    trainer.dispose();
  });

  it('an abandoned epoch leaves weights, statistics and history as they were', async () => {
    const trainer = makeTrainer(adam(plan), { train: part(train), test: null });
    await epoch(trainer);
    const kept = await trainer.state.read();
    trainer.step();
    trainer.step();
    expect(await trainer.state.read()).not.toEqual(kept);
    trainer.abandonEpoch();
    expect(await trainer.state.read()).toEqual(kept);
    expect(trainer.epoch).toBe(1);
    expect(trainer.history.test).toEqual([NaN]);
    trainer.dispose();
  });

  it('evaluates in chunks to the same numbers', async () => {
    const trainer = makeTrainer(adam(plan), { train: part(train), test: null });
    await epoch(trainer);
    const n = 600;
    expect(evaluationChunk(spec)).toBeLessThan(n);
    const one = features(spec, dataset, train.slice(0, 1));
    const many = new Float32Array(n * one.length);
    for (let i = 0; i < n; i++) {
      many.set(one, i * one.length);
    }
    const z = await encodeAll(trainer.network, trainer.state, many, n);
    const first = await encodeAll(trainer.network, trainer.state, one, 1);
    for (const row of [0, 255, 256, 599]) {
      expect(z[2 * row]).toBeCloseTo(first[0], 5);
      expect(z[2 * row + 1]).toBeCloseTo(first[1], 5);
    }
    const none = new Float32Array(0);
    expect(await encodeAll(trainer.network, trainer.state, none, 0)).toEqual(
      none
    );
    trainer.dispose();
  });
});
