/** Equal weights, equal batch: the WebAssembly kernels against PyTorch in float64. */
import {
  goldenFiles,
  hasLargeCases,
  LARGE_CASES,
  SMALL_CASES
} from '../../__tests__/golden-files';
import { kernelFiles } from '../../__tests__/kernel-files';
import { runOracle } from '../../__tests__/oracle';
import { report } from '../../__tests__/oracle-report';
import { wasmSubject } from '../../__tests__/oracle-subjects';
import { hasRelaxedSimd, locateKernels } from '../kernels';

// Node gets relaxed SIMD later than browsers, where the other variant is tested.
const variants = hasRelaxedSimd()
  ? (['plain', 'relaxed'] as const)
  : (['plain'] as const);

beforeAll(() => locateKernels(kernelFiles()));

describe.each(variants)('golden cases in the %s kernels', variant => {
  const cases = [...SMALL_CASES, ...(hasLargeCases() ? LARGE_CASES : [])];
  // The cases with 64 filters take 20 MB and are not in the repository.
  if (!hasLargeCases()) {
    process.stdout.write(
      'skipped: no golden cases with 64 filters in ../shared/golden\n'
    );
  }

  it.each(cases)('%s', async name => {
    const { which, file, gradients } = goldenFiles(name);
    const subject = wasmSubject(variant);
    const checks = await runOracle(which, file, gradients, false, 10, subject);
    report(`${name} in the ${variant} kernels`, checks);
    expect(checks.length).toBeGreaterThanOrEqual(7);
    expect(checks.filter(check => !check.passed)).toEqual([]);
  });
});
