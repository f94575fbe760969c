/** Equal weights, equal batch: TF.js against PyTorch in float64, 8 filters. */
import * as path from 'path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { goldenFiles, SMALL_CASES } from './golden-files';
import { runOracle } from './oracle';
import { report } from './oracle-report';

setWasmPaths(
  path.join(
    path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')),
    'dist',
    path.sep
  )
);

describe.each(['cpu', 'wasm'])('golden cases on %s', backend => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  it.each(SMALL_CASES)('%s', async name => {
    const { which, file, gradients } = goldenFiles(name);
    const checks = await runOracle(which, file, gradients, backend === 'cpu');
    report(`${name} on ${backend}`, checks);
    expect(checks.length).toBeGreaterThanOrEqual(10);
    expect(checks.filter(check => !check.passed)).toEqual([]);
  });
});
