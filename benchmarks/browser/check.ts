/** What PyTorch needs to train the same steps: initial values, data, order of windows. */
import { architecture } from '../../src/network/architecture';
import { features, targets } from '../../src/network/data';
import { initialParameters } from '../../src/network/initialise';
import type { ITrainRequest } from '../../src/network/types';
import { permutation } from '../../src/signal/random';
import type { IJob } from './messages';

/**
 * Posts one file: the length of a JSON header in 4 bytes, the header with names
 * and shapes of arrays and the losses found, then the arrays in float32.
 */
export async function sendCheck(
  job: IJob,
  request: ITrainRequest,
  losses: readonly number[]
): Promise<void> {
  const { spec, dataset, train, seed, batchSize } = request;
  const arrays: { name: string; shape: number[]; data: Float32Array }[] = [];
  for (const [name, array] of initialParameters(architecture(spec), seed)) {
    arrays.push({
      name: `init.${name}`,
      shape: [...array.shape],
      data: array.data
    });
  }
  const n = train.length;
  const pairs = {
    x: features(spec, dataset, train),
    y: targets(spec, dataset, train)
  };
  for (const [name, data] of Object.entries(pairs)) {
    arrays.push({ name, shape: [n, data.length / n], data });
  }
  losses.forEach((_, epoch) => {
    const order = permutation(seed, 'epoch', epoch, n);
    arrays.push({
      name: `order.${epoch}`,
      shape: [n],
      data: Float32Array.from(order)
    });
  });
  const header = new TextEncoder().encode(
    JSON.stringify({
      spec,
      batchSize,
      learningRate: request.learningRate,
      losses,
      arrays: arrays.map(({ name, shape }) => ({ name, shape }))
    })
  );
  const length = new Uint8Array(Uint32Array.of(header.length).buffer);
  await fetch(`/check?id=${job.id}`, {
    method: 'POST',
    body: new Blob([length, header, ...arrays.map(({ data }) => data)])
  });
}
