/** How long each kernel of a training step takes on a device; for the bench, not for runs. */
import { uniforms } from '../../signal/random';
import type { IArchitecture } from '../architecture';
import { initialParameters } from '../initialise';
import { Engine } from './engine';
import type { Gpu, IBatch, IProgram } from './gpu';

export interface IProfileRequest {
  /** Samples of the batch. */
  readonly batch: number;
  /** Dispatches of one kernel in one submission, 200 by default. */
  readonly repeats?: number;
  /** The best of so many submissions counts, 3 by default. */
  readonly rounds?: number;
}

export interface IKernelTime {
  readonly label: string;
  /** Timed dispatches. */
  readonly dispatches: number;
  /** Of one dispatch. */
  readonly microseconds: number;
  /** Workgroups of a dispatch and threads of a workgroup. */
  readonly workgroups: number;
  readonly threads: number;
}

/**
 * Times every kernel of a step by itself: many dispatches in one submission,
 * since the browser rounds a GPU's timestamps more coarsely than a kernel takes.
 * The first row is the whole step with all its dispatches, the second the mean
 * of a dispatch that does nothing.
 */
export async function profileStep(
  device: GPUDevice,
  plan: IArchitecture,
  { batch, repeats = 200, rounds = 3 }: IProfileRequest
): Promise<IKernelTime[]> {
  const size = ([h, w]: readonly [number, number]): number => h * w;
  const engine = await Engine.create(device, {
    plan,
    parameters: initialParameters(plan, 0),
    rows: {
      n: batch,
      features: uniforms(0, 'features', 0, batch * size(plan.input)),
      targets: uniforms(0, 'targets', 0, batch * size(plan.output))
    },
    most: batch,
    order: batch,
    learningRate: 1e-3
  });
  try {
    const { gpu, training } = engine;
    engine.setOrder(Int32Array.from({ length: batch }, (_, i) => i));
    const record = { n: batch, start: 0, rate: 0, epsilon: 1, share: 0 };
    const time = (program: IProgram, count: number): Promise<number> =>
      timed(gpu, record, program, count, rounds);
    const idle = await gpu.build([
      {
        label: 'nothing',
        bindings: [],
        threads: 1,
        main: '',
        groups: () => [1, 1]
      }
    ]);
    // A device that rests runs its first kernels slowly.
    await time(training, 16);
    const times: IKernelTime[] = [
      {
        label: 'whole step',
        dispatches: training.kernels.length,
        microseconds: await time(training, 32),
        workgroups: 0,
        threads: 0
      }
    ];
    for (const built of [...idle.kernels, ...training.kernels]) {
      const { label, threads, groups } = built.kernel;
      const [x, y] = groups(batch);
      times.push({
        label,
        dispatches: repeats,
        microseconds: await time({ kernels: [built] }, repeats),
        workgroups: x * y,
        threads
      });
    }
    return times;
  } finally {
    engine.dispose();
  }
}

/** Microseconds of one run of a program; what a submission costs by itself drops out. */
async function timed(
  gpu: Gpu,
  batch: IBatch,
  { kernels }: IProgram,
  count: number,
  rounds: number
): Promise<number> {
  const few = Math.ceil(count / 10);
  const best = async (times: number): Promise<number> => {
    const program = {
      kernels: Array.from({ length: times }, () => kernels).flat()
    };
    let least = Infinity;
    for (let round = 0; round < rounds; round++) {
      await gpu.done();
      const start = performance.now();
      gpu.submit([[program, batch]]);
      await gpu.done();
      least = Math.min(least, performance.now() - start);
    }
    return least;
  };
  return ((await best(few + count)) - (await best(few))) * (1000 / count);
}
