/** The worker's side of a calibration: training on noise of a run's shape. */
import { specProblem } from './architecture';
import { startBackend, type IStartedBackend } from './backends';
import { watchDevice } from './device-loss';
import {
  DeviceLoss,
  LABEL,
  messageOf,
  nextAttempt,
  obstacleOf,
  type IAttempt
} from './obstacles';
import { stepTime, type IStepTime } from './step-time';
import type { ICalibration, ICalibrationRequest } from './types';
import { wantThreads } from './wasm/crew';

/** Milliseconds a step below which no other backend is looked at. */
const CLEARLY_FAST = 30;

/** What was measured of one backend. */
interface ICandidate {
  readonly choice: IStartedBackend;
  readonly milliseconds: number;
  /** What its trainer says of its kernels, or ''. */
  readonly notice: string;
  readonly attempt: IAttempt;
}

/** A calibration and the batch that it was made with. */
export interface ICalibrated {
  readonly calibration: ICalibration;
  readonly batchSize: number;
}

/** What a calibration does to a machine, replaceable in tests. */
export interface IMachine {
  start: typeof startBackend;
  measure(
    request: ICalibrationRequest,
    choice: IStartedBackend
  ): Promise<IStepTime>;
}

const MACHINE: IMachine = {
  start: startBackend,
  measure: async (request, choice) => {
    let lose: (error: DeviceLoss) => void = () => undefined;
    const lost = new Promise<never>((_, reject) => {
      lose = reject;
    });
    lost.catch(() => undefined);
    const watch = watchDevice(lose);
    try {
      const found = await Promise.race([
        stepTime(request, choice),
        watch.refusal,
        lost
      ]);
      // Steps that nobody computes are quick.
      await watch.check();
      return found;
    } catch (error) {
      throw await watch.explain(error);
    }
  }
};

/**
 * Measures the backend asked for; of 'auto' the first that starts and, unless
 * that is clearly fast, those after it, of which the fastest is taken.
 */
export async function calibrate(
  request: ICalibrationRequest,
  machine: IMachine = MACHINE
): Promise<ICalibrated> {
  const { backend, batchSize } = request;
  const problem = specProblem(request.spec);
  if (problem) {
    throw new RangeError(problem);
  }
  wantThreads(request.threads);
  const first = await measured(request, machine, {
    batchSize,
    obstacles: {},
    notice: ''
  });
  const candidates = [first];
  const slow = ({ choice, milliseconds }: ICandidate): boolean =>
    (choice.backend === 'webgpu' || choice.backend === 'webgl') &&
    milliseconds > CLEARLY_FAST;
  while (backend === 'auto' && slow(candidates[candidates.length - 1])) {
    const { choice, milliseconds, attempt } = candidates[candidates.length - 1];
    try {
      candidates.push(
        await measured(request, machine, {
          ...attempt,
          batchSize,
          obstacles: {
            ...attempt.obstacles,
            [choice.backend]: figure(choice, milliseconds)
          }
        })
      );
    } catch {
      break;
    }
  }
  const best = candidates.reduce((a, b) =>
    b.milliseconds < a.milliseconds ? b : a
  );
  return {
    batchSize: best.attempt.batchSize,
    calibration: {
      backend: best.choice.backend,
      reason: reasonOf(best, candidates),
      // That a slower one was passed over is the reason, not news.
      notice: [
        best === first ? best.choice.notice : '',
        best.attempt.notice,
        best.notice
      ]
        .filter(Boolean)
        .join(' '),
      millisecondsPerStep: best.milliseconds,
      secondsPerEpoch: best.milliseconds / 1000,
      device: best.choice.device
    }
  };
}

/** The first backend that can be measured, from an attempt on. */
async function measured(
  request: ICalibrationRequest,
  machine: IMachine,
  from: IAttempt
): Promise<ICandidate> {
  let attempt = from;
  for (;;) {
    const choice = await machine.start(request.backend, attempt);
    try {
      const { batchSize } = attempt;
      const found = await machine.measure({ ...request, batchSize }, choice);
      return { choice, ...found, attempt };
    } catch (error) {
      if (error instanceof DeviceLoss) {
        // No reason to pass over this GPU for good: another worker tries again.
        throw error;
      }
      const { backend } = choice;
      const obstacle = obstacleOf(error, backend, 0);
      const next =
        obstacle &&
        nextAttempt(request.batchSize, attempt, {
          backend,
          obstacle,
          message: messageOf(error)
        });
      if (!next) {
        throw error;
      }
      attempt = next;
    }
  }
}

function reasonOf(
  { choice }: ICandidate,
  candidates: readonly ICandidate[]
): string {
  if (candidates.length === 1) {
    return choice.reason;
  }
  const figures = candidates.map(each =>
    figure(each.choice, each.milliseconds)
  );
  return `${LABEL[choice.backend]} (${choice.device}) is the fastest here: ${figures.join(', ')}.`;
}

/** "WebGPU 12 ms a step". */
function figure({ backend }: IStartedBackend, milliseconds: number): string {
  const digits = milliseconds < 10 ? 1 : 0;
  return `${LABEL[backend]} ${milliseconds.toFixed(digits)} ms a step`;
}
