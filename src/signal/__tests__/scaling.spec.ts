import {
  constantProblem,
  isConstant,
  scaleTo,
  scalingOf,
  spanOf,
  unscale
} from '../scaling';

const source = {
  image: Float32Array.of(3, 100, -1, 7),
  spectra: Float32Array.of(5, 9, 500, -500, 6, NaN, Infinity, 4),
  channels: 2,
  mask: Uint8Array.of(0, 1, 0, 0)
};

describe('scalingOf', () => {
  it('takes min and max of finite values outside the mask', () => {
    expect(scalingOf(source)).toEqual({
      image: { min: -1, max: 7 },
      spectrum: { min: 4, max: 9 }
    });
    expect(scalingOf({ ...source, mask: null })).toEqual({
      image: { min: -1, max: 100 },
      spectrum: { min: -500, max: 500 }
    });
  });

  it('takes percentiles where outliers rule', () => {
    const values = Float32Array.from({ length: 1001 }, (_, i) => i);
    values[1000] = 1e9;
    const scaling = scalingOf(
      { image: values, spectra: values, channels: 1, mask: null },
      true
    );
    // 0.1 % of the way through 1001 values is the second of them.
    expect(scaling.image.min).toBeCloseTo(1, 6);
    expect(scaling.image.max).toBeCloseTo(999, 2);
    // What lies beyond is kept, not clipped.
    expect(scaleTo(values, scaling.image)[1000]).toBeGreaterThan(1e5);
  });

  it('refuses data without a finite value', () => {
    const mask = new Uint8Array(4).fill(1);
    for (const robust of [false, true]) {
      expect(() => scalingOf({ ...source, mask }, robust)).toThrow(
        /HAADF image of 4 values has no finite one/
      );
    }
  });
});

describe('scaleTo and unscale', () => {
  it('maps the range to 0 and 1 and back', () => {
    const range = { min: -1, max: 7 };
    expect(Array.from(scaleTo([-1, 7, 3, 15], range))).toEqual([0, 1, 0.5, 2]);
    expect(Array.from(unscale([0, 1, 0.5, 2], range))).toEqual([-1, 7, 3, 15]);
  });

  it('works in place', () => {
    const values = Float32Array.of(2, 4);
    expect(scaleTo(values, { min: 2, max: 4 }, values)).toBe(values);
    expect(Array.from(values)).toEqual([0, 1]);
  });

  it('gives constant data back', () => {
    const range = { min: 5, max: 5 };
    expect([spanOf(range), isConstant(range)]).toEqual([1, true]);
    expect(Array.from(scaleTo([5, 5], range))).toEqual([0, 0]);
    expect(Array.from(unscale([0, 0], range))).toEqual([5, 5]);
  });
});

describe('constantProblem', () => {
  const flat = { min: 5, max: 5 };
  const wide = { min: 0, max: 1 };

  it('names what is constant', () => {
    expect(constantProblem({ image: wide, spectrum: wide })).toBe('');
    expect(constantProblem({ image: flat, spectrum: wide })).toMatch(
      /^The HAADF image is constant \(5 at every pixel\): nothing to learn/
    );
    expect(constantProblem({ image: wide, spectrum: flat })).toMatch(
      /^The spectra are constant/
    );
    expect(constantProblem({ image: flat, spectrum: flat })).toMatch(
      /^The HAADF image is .* and the spectra are/
    );
  });
});
