import type { ICheck } from './oracle';

/** One line a quantity: observed error and tolerance. */
export function describeChecks(title: string, checks: ICheck[]): string {
  const lines = checks.map(
    ({ quantity, error, tolerance, passed }) =>
      `  ${passed ? 'ok  ' : 'FAIL'} ${error.toExponential(1)} <= ` +
      `${tolerance.toExponential(1)}  ${quantity}`
  );
  return [title, ...lines].join('\n') + '\n';
}

/** Prints the observed errors. */
export function report(title: string, checks: ICheck[]): void {
  process.stdout.write(describeChecks(title, checks));
}
