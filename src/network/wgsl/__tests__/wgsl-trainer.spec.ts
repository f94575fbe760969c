import { smallRequest } from '../../__tests__/small-data';
import { planRows } from '../wgsl-trainer';

describe('planRows', () => {
  it('takes every window once, and every list finds its own', () => {
    const request = smallRequest({
      train: Int32Array.of(90, 7, 1000),
      test: Int32Array.of(7, 33),
      evaluate: Int32Array.of(1000, 90, 90)
    });
    const { positions, train, test, evaluate } = planRows(request);
    expect([...positions]).toEqual([7, 33, 90, 1000]);
    expect([...train]).toEqual([2, 0, 3]);
    expect([...test]).toEqual([0, 1]);
    expect([...evaluate]).toEqual([3, 2, 2]);
  });

  it('does without test windows', () => {
    const request = smallRequest({ test: new Int32Array(0) });
    expect(planRows(request).test).toHaveLength(0);
  });
});
