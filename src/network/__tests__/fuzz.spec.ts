/** Random and broken input is accepted, or refused in the documented way. */
import { fuzzTests } from '../../signal/__tests__/fuzz';
import { TARGETS } from './fuzz-targets';

describe('a few hundred broken inputs are accepted or refused', () => {
  fuzzTests(TARGETS, 300);
});
