/** Which networks and data these kernels take, and what a device grants. */
import type { IArchitecture } from '../architecture';
import { PieceLayout } from './pieces';
import type { Plane } from './shader';

/** Elements of an activation that one thread of the leanest kernel takes, times its threads. */
const ELEMENTS_A_GROUP = 4 * 256;

/** Height and width of a row of features as they lie on the device, pooled where the network pools. */
export function featurePlane(plan: IArchitecture): Plane {
  const pool = plan.encoder.find(step => step.op === 'pool');
  return pool ? [1, Math.floor(plan.input[1] / pool.size)] : plan.input;
}

/** Why a network cannot run in these kernels; '' where it can. */
export function wgslProblem(plan: IArchitecture): string {
  const { filters } = plan.spec;
  return filters % 8 === 0
    ? ''
    : `Filters ${filters}: the WGSL kernels take multiples of 8`;
}

/**
 * Why a network or its data do not fit these kernels on a device; '' where they do.
 * @param most - samples of the largest batch.
 * @param rows - samples of the data set.
 */
export function engineProblem(
  plan: IArchitecture,
  limits: GPUSupportedLimits,
  most: number,
  rows: number
): string {
  const problem = wgslProblem(plan);
  if (problem) {
    return problem;
  }
  const area = ([h, w]: Plane): number => h * w;
  const row = Math.max(area(plan.output), area(featurePlane(plan)));
  const activation = most * row * plan.spec.filters;
  const pieces = new PieceLayout(plan, featurePlane(plan), most);
  const binding = Math.min(
    limits.maxStorageBufferBindingSize,
    limits.maxBufferSize
  );
  const bytes = 4 * Math.max(activation, rows * row, pieces.size);
  if (bytes > binding) {
    const mebibytes = (value: number): string => (value / 2 ** 20).toFixed(0);
    return (
      `The WGSL kernels need ${mebibytes(bytes)} MiB in one buffer, ` +
      `this GPU grants ${mebibytes(binding)} MiB`
    );
  }
  const groups = activation / ELEMENTS_A_GROUP;
  return groups > limits.maxComputeWorkgroupsPerDimension
    ? `Batches of ${most} are too large for the WGSL kernels`
    : '';
}
