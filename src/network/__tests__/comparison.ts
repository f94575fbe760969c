/** Kernels of our own against TF.js at sizes that the golden cases do not have. */
import { uniforms } from '../../signal/random';
import { architecture } from '../architecture';
import { initialParameters } from '../initialise';
import type { INetworkSpec, Parameters } from '../types';
import { relative } from './oracle';
import { tensorSubject, type SubjectFactory } from './oracle-subjects';

/** Largest relative error of a group of arrays, where it lies, and what it may be. */
export interface IDifference {
  readonly what: string;
  readonly error: number;
  readonly tolerance: number;
}

/** Initial weights with norms and statistics away from 1 and 0, where errors in them show. */
export function perturbed(parameters: Parameters): Parameters {
  const result: Parameters = new Map();
  for (const [name, { shape, data }] of parameters) {
    const noise = uniforms(3, `noise/${name}`, 0, data.length);
    result.set(name, {
      shape,
      data: data.map((value, i) => value + 0.2 * noise[i])
    });
  }
  return result;
}

/** Values off by one part in 2^23, to see what float32 leaves undecided. */
export function rounded(values: Float32Array, seed: number): Float32Array {
  const noise = uniforms(seed, 'rounding', 0, values.length);
  return values.map((v, i) => v * (1 + (noise[i] < 0.5 ? -1 : 1) * 2 ** -23));
}

/** The larger of 2e-5 and four times what rounding features and weights alone changes. */
export function tolerance(gap: number): number {
  return Math.max(2e-5, 4 * gap);
}

/** The array that exceeds its tolerance most, or comes nearest to it. */
export function worst(
  what: string,
  names: readonly string[],
  got: Parameters,
  wanted: Parameters,
  again: readonly Parameters[]
): IDifference {
  const data = (of: Parameters, name: string): Float32Array =>
    of.get(name)!.data;
  const all = names.map(name => ({
    what: `${what} (${name})`,
    error: relative(data(got, name), data(wanted, name)),
    tolerance: tolerance(
      Math.max(...again.map(of => relative(data(of, name), data(wanted, name))))
    )
  }));
  const share = (d: IDifference): number => d.error / d.tolerance;
  return all.reduce((a, b) => (share(b) <= share(a) ? a : b));
}

/** n samples through TF.js on the backend in use and through a subject: eval mode, loss, gradients, statistics. */
export async function compareWithTensors(
  spec: INetworkSpec,
  n: number,
  create: SubjectFactory
): Promise<IDifference[]> {
  const plan = architecture(spec);
  const parameters = perturbed(initialParameters(plan, 5));
  const batch = {
    n,
    features: uniforms(1, 'features', 0, n * plan.input[0] * plan.input[1]),
    targets: uniforms(1, 'targets', 0, n * plan.output[0] * plan.output[1])
  };
  const reference = await tensorSubject(plan, batch);
  const wanted = await reference.pass(parameters);
  const evaluated = await reference.evaluate(parameters);
  const again: Parameters[] = [];
  for (const seed of [1, 2]) {
    const features = rounded(batch.features, seed);
    const noisy = await tensorSubject(plan, { ...batch, features });
    const weights: Parameters = new Map();
    for (const [name, { shape, data }] of parameters) {
      weights.set(name, { shape, data: rounded(data, seed) });
    }
    // Running statistics stand beside the gradients.
    again.push((await noisy.pass(weights)).gradients);
  }
  const subject = await create(plan, batch);
  const found = await subject.evaluate(parameters);
  const pass = await subject.pass(parameters);
  const named = (trained: boolean): string[] =>
    plan.parameters.filter(p => p.trained === trained).map(p => p.name);
  const one = (what: string, error: number): IDifference => ({
    what,
    error,
    tolerance: tolerance(0)
  });
  return [
    one('latents', relative(found.latents, evaluated.latents)),
    one('predictions', relative(found.output, evaluated.output)),
    one('loss', relative([pass.loss], [wanted.loss])),
    worst('gradients', named(true), pass.gradients, wanted.gradients, again),
    worst('running', named(false), pass.running, wanted.running, again)
  ];
}
