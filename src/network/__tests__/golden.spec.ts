/** Equal weights, equal batch: TF.js against PyTorch in float64. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import {
  goldenFiles,
  hasLargeCases,
  LARGE_CASES,
  SMALL_CASES
} from './golden-files';
import { WASM_FOLDER } from './in-process-worker';
import { runOracle } from './oracle';
import { report } from './oracle-report';

setWasmPaths(WASM_FOLDER);

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

// The cases with 64 filters take 20 MB and are not in the repository.
const large = hasLargeCases();
if (!large) {
  process.stdout.write(
    'skipped: no golden cases with 64 filters in ../shared/golden\n'
  );
}

(large ? describe : describe.skip)('golden cases with 64 filters', () => {
  it.each(LARGE_CASES)('%s on wasm', async name => {
    expect(await tf.setBackend('wasm')).toBe(true);
    const { which, file, gradients } = goldenFiles(name);
    const checks = await runOracle(which, file, gradients, false);
    report(`${name} on wasm`, checks);
    expect(checks.length).toBeGreaterThanOrEqual(7);
    expect(checks.filter(check => !check.passed)).toEqual([]);
  });
});
