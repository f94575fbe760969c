/** Runs through the WebAssembly kernels against runs through TF.js, at sizes that do not fit vectors or blocks. */
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { WASM_FOLDER } from '../../__tests__/in-process-worker';
import { kernelFiles } from '../../__tests__/kernel-files';
import { relative } from '../../__tests__/oracle';
import { smallRequest } from '../../__tests__/small-data';
import { architecture } from '../../architecture';
import { createTrainer, tensorTrainer } from '../../trainers';
import type { ITrainer } from '../../training';
import type { INetworkSpec, ITrainRequest } from '../../types';
import { MemoryProblem } from '../../obstacles';
import { Arena } from '../arena';
import { locateKernels } from '../kernels';
import { WasmTrainer } from '../wasm-trainer';

const SMALL = smallRequest().spec;

async function trainEpochs(trainer: ITrainer, epochs: number): Promise<void> {
  while (trainer.epoch < epochs && !trainer.diverged) {
    trainer.step();
    if (trainer.epochDone) {
      await trainer.finishEpoch();
    }
  }
}

async function kernelsTrainer(request: ITrainRequest): Promise<ITrainer> {
  const { trainer, notice } = await createTrainer(request, 'wasm');
  expect(notice).toBe('');
  expect(trainer).toBeInstanceOf(WasmTrainer);
  return trainer;
}

beforeAll(async () => {
  locateKernels(kernelFiles());
  setWasmPaths(WASM_FOLDER);
  expect(await tf.setBackend('wasm')).toBe(true);
});

describe('the WebAssembly kernels and TF.js', () => {
  const specs: Partial<INetworkSpec>[] = [
    { kind: 'im2spec' },
    { kind: 'im2spec', filters: 5, latentDims: 3 },
    { kind: 'im2spec', filters: 2, latentDims: 5, window: 6 },
    { kind: 'im2spec', filters: 9, latentDims: 1 },
    { kind: 'spec2im' },
    { kind: 'spec2im', filters: 9, latentDims: 10 }
  ];

  // The last batch is smaller than the others, or takes in a last one of one window.
  it.each(
    specs.flatMap(spec => [
      [{ ...SMALL, ...spec }, 8],
      [{ ...SMALL, ...spec }, 19]
    ]) as [INetworkSpec, number][]
  )('train alike: %j, batches of %i', async (spec, batchSize) => {
    const request = smallRequest({ spec, batchSize });
    const trainer = await kernelsTrainer(request);
    const reference = tensorTrainer(architecture(spec), request);
    await trainEpochs(trainer, 2);
    await trainEpochs(reference, 2);
    const { train, test } = trainer.history;
    // Adam moves weights whose gradient is rounding noise by its whole rate.
    expect(relative(train, reference.history.train)).toBeLessThan(2e-3);
    expect(relative(test, reference.history.test)).toBeLessThan(2e-2);

    const [found, wanted] = [
      await trainer.evaluate(),
      await reference.evaluate()
    ];
    expect(found.epoch).toBe(2);
    expect(relative(found.latents, wanted.latents)).toBeLessThan(5e-2);
    expect(relative(found.predictions, wanted.predictions)).toBeLessThan(5e-2);
    const n = request.evaluate.length;
    const decoded = await trainer.decode(found.latents, n);
    expect(relative(decoded, found.predictions)).toBe(0);

    const [{ adam: own }, { adam: other }] = [
      await trainer.checkpoint(),
      await reference.checkpoint()
    ];
    expect(own!.steps).toBe(other!.steps);
    expect(own!.m.length).toBe(other!.m.length);
    expect(relative(own!.m, other!.m)).toBeLessThan(5e-2);
    expect(relative(own!.v, other!.v)).toBeLessThan(5e-2);
    trainer.dispose();
    reference.dispose();
  });
});

describe('a trainer of the WebAssembly kernels', () => {
  it('gives the same numbers twice', async () => {
    const outcomes = [];
    for (let i = 0; i < 2; i++) {
      const trainer = await kernelsTrainer(smallRequest());
      await trainEpochs(trainer, 2);
      const { latents } = await trainer.evaluate();
      outcomes.push({ history: trainer.history, latents });
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
  });

  it('drops the running epoch', async () => {
    const trainer = await kernelsTrainer(smallRequest());
    await trainEpochs(trainer, 1);
    const before = await trainer.evaluate();
    trainer.step();
    expect(trainer.stepInEpoch).toBe(1);
    expect(await trainer.evaluate()).not.toEqual(before);
    trainer.abandonEpoch();
    expect(trainer.stepInEpoch).toBe(0);
    expect(await trainer.evaluate()).toEqual(before);
  });

  it('goes back to the last finite epoch', async () => {
    const dataset = smallRequest().dataset;
    const request = smallRequest();
    const trainer = await kernelsTrainer(request);
    await trainEpochs(trainer, 1);
    const before = await trainer.readParameters();
    const broken = await kernelsTrainer({
      ...request,
      dataset: { ...dataset, spectra: dataset.spectra.map(() => NaN) }
    });
    await trainEpochs(broken, 1);
    expect(broken.diverged).toBe(true);
    expect(broken.history.train).toEqual([]);
    const { data } = (await broken.readParameters()).get('enc.3.weight')!;
    expect(data.every(Number.isFinite)).toBe(true);
    expect(before.get('enc.3.weight')!.data).not.toEqual(data);
  });

  it('leaves the test loss out where nothing is tested', async () => {
    const request = smallRequest({ test: new Int32Array() });
    const trainer = await kernelsTrainer(request);
    await trainEpochs(trainer, 1);
    expect(trainer.history.train).toHaveLength(1);
    expect(trainer.history.test).toEqual([NaN]);
  });

  it('leaves a network of one filter to TF.js and says so', async () => {
    const spec = { ...SMALL, filters: 1 };
    const chosen = await createTrainer(smallRequest({ spec }), 'wasm');
    expect(chosen.trainer).not.toBeInstanceOf(WasmTrainer);
    expect(chosen.notice).toMatch(/at least 2 filters; TF.js's kernels/);
    chosen.trainer.dispose();
  });

  it('leaves training to TF.js where the kernels do not load, and says so', async () => {
    locateKernels({ plain: new Uint8Array(8), relaxed: new Uint8Array(8) });
    const chosen = await createTrainer(smallRequest(), 'wasm');
    expect(chosen.trainer).not.toBeInstanceOf(WasmTrainer);
    expect(chosen.notice).toMatch(/WebAssembly kernels do not start.*TF.js/);
    chosen.trainer.dispose();
    locateKernels(kernelFiles());
  });

  it('says how much memory is missing', async () => {
    const arena = new Arena();
    arena.floats(2 ** 30);
    await expect(arena.start(0)).rejects.toThrow(MemoryProblem);
    await expect(arena.start(0)).rejects.toThrow(/need 4097 MiB, more than/);
  });
});
