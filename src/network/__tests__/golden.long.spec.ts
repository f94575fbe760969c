/** The golden cases with 64 filters, from beside the repository, on the cpu backend. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { goldenFiles, hasLargeCases, LARGE_CASES } from './golden-files';
import { runOracle } from './oracle';
import { report } from './oracle-report';

// The files take 20 MB and are not in the repository.
const there = hasLargeCases();
if (!there) {
  process.stdout.write(
    'skipped: no golden cases with 64 filters in ../shared/golden\n'
  );
}

(there ? describe : describe.skip)('golden cases with 64 filters', () => {
  beforeAll(async () => {
    expect(await tf.setBackend('cpu')).toBe(true);
  });

  it.each(LARGE_CASES)('%s on cpu', async name => {
    const { which, file, gradients } = goldenFiles(name);
    const checks = await runOracle(which, file, gradients, true);
    report(`${name} on cpu`, checks);
    expect(checks.length).toBeGreaterThanOrEqual(7);
    expect(checks.filter(check => !check.passed)).toEqual([]);
  });
});
