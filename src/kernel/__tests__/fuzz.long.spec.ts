/** Random and broken input is accepted, or refused in the documented way; ten thousand of each. */
import { fuzzTests } from '../../signal/__tests__/fuzz';
import { TARGETS } from './fuzz-targets';

describe('ten thousand broken inputs are accepted or refused', () => {
  fuzzTests(TARGETS, 10_000);
});
