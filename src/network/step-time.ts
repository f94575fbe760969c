/** How long a training step takes on the backend in use. */
import { uniforms } from '../signal/random';
import type { IStartedBackend } from './backends';
import { createTrainer } from './trainers';
import type { ITrainer } from './training';
import type { ICalibrationRequest, ITrainRequest } from './types';

/** Milliseconds of steps that are measured. */
const BUDGET = 1000;
/** Samples of the batch that a slow backend is tried with first. */
const SMALL_BATCH = 8;
/** Batches of an epoch at most: its end is part of what steps cost. */
const MOST_STEPS = 64;
/** Rows and columns of windows in the noise. */
const POSITIONS = 8;

/** What was found of one backend. */
export interface IStepTime {
  /** A step, the ends of epochs included. */
  readonly milliseconds: number;
  /** What the trainer says of its kernels, or ''. */
  readonly notice: string;
}

/**
 * Milliseconds that a step takes. A GPU is measured
 * when its kernels are compiled. What computes on the CPU does a step of few samples
 * first, and no more where the whole batch would take longer than the budget.
 */
export async function stepTime(
  request: ICalibrationRequest,
  { backend, software }: IStartedBackend
): Promise<IStepTime> {
  const gpu = (backend === 'webgpu' || backend === 'webgl') && !software;
  const small = Math.min(SMALL_BATCH, request.batchSize);
  if (!gpu) {
    const few = await timed({ ...request, batchSize: small }, backend, 1, 1);
    const milliseconds = (few.milliseconds * request.batchSize) / small;
    if (milliseconds > BUDGET || small === request.batchSize) {
      return { ...few, milliseconds };
    }
  }
  return timed(request, backend, gpu ? 3 : 1, BUDGET);
}

/** Mean milliseconds a step: `warm` steps, then at least one until the budget is spent. */
async function timed(
  request: ICalibrationRequest,
  backend: IStartedBackend['backend'],
  warm: number,
  budget: number
): Promise<IStepTime> {
  const { trainer, notice } = await createTrainer(noise(request), backend);
  try {
    for (let i = 0; i < warm; i++) {
      await stepOn(trainer);
      await trainer.settle();
    }
    const start = performance.now();
    let steps = 0;
    do {
      const ahead = Math.max(1, trainer.stepsAhead);
      for (let i = 0; i < ahead; i++) {
        await stepOn(trainer);
        steps++;
      }
      await trainer.settle();
    } while (performance.now() - start < budget);
    // The kernels' trainer waits for all but its last submission.
    await trainer.settle();
    const milliseconds = (performance.now() - start) / steps;
    return { milliseconds, notice };
  } finally {
    trainer.dispose();
  }
}

async function stepOn(trainer: ITrainer): Promise<void> {
  trainer.step();
  if (trainer.epochDone) {
    await trainer.finishEpoch();
  }
}

/** A run's request on noise: the shape is the run's, the windows are few. */
function noise({
  spec,
  windows,
  batchSize,
  backend
}: ICalibrationRequest): ITrainRequest {
  const side = spec.window + POSITIONS;
  const { channels } = spec;
  const range = { min: 0, max: 1 };
  const n = Math.max(1, Math.min(windows, MOST_STEPS * batchSize));
  const train = Int32Array.from({ length: n }, (_, k) => {
    const row = Math.floor(k / POSITIONS) % POSITIONS;
    return (row + spec.window / 2) * side + (k % POSITIONS) + spec.window / 2;
  });
  return {
    spec,
    dataset: {
      ny: side,
      nx: side,
      channels,
      image: uniforms(0, 'calibration image', 0, side * side),
      spectra: uniforms(0, 'calibration spectra', 0, side * side * channels),
      scaling: { image: range, spectrum: range }
    },
    train,
    test: new Int32Array(0),
    evaluate: new Int32Array(0),
    epochs: 1,
    batchSize,
    learningRate: 1e-3,
    seed: 0,
    backend,
    evaluateEvery: 0
  };
}
