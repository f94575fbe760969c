import vectors from '../../../tests/fixtures/random.json';
import { fnv1a, permutation, philox, uniforms, wordStream } from '../random';

describe('philox', () => {
  // Random123's kat_vectors, philox4x32 10.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]
    ]
  ])('gives the published answer for %j', (counter, key, answer) => {
    expect(Array.from(philox(counter, key))).toEqual(answer);
  });

  it('agrees with 64-bit integer arithmetic on many counters', () => {
    const reference = (counter: number[], key: number[]): number[] => {
      let c = counter.map(BigInt);
      let [k0, k1] = key.map(BigInt);
      const low = 0xffffffffn;
      for (let round = 0; round < 10; round++) {
        const p0 = 0xd2511f53n * c[0];
        const p1 = 0xcd9e8d57n * c[2];
        c = [
          (p1 >> 32n) ^ c[1] ^ k0,
          p1 & low,
          (p0 >> 32n) ^ c[3] ^ k1,
          p0 & low
        ];
        k0 = (k0 + 0x9e3779b9n) & low;
        k1 = (k1 + 0xbb67ae85n) & low;
      }
      return c.map(Number);
    };
    let state = [1, 2, 3, 4];
    for (let i = 0; i < 500; i++) {
      const key = [state[3], state[0]];
      const next = Array.from(philox(state, key));
      expect(next).toEqual(reference(state, key));
      state = next;
    }
  });
});

describe('streams', () => {
  it.each(vectors.fnv1a)('hash $text', ({ text, hash }) => {
    expect(fnv1a(text)).toBe(hash);
  });

  it.each(vectors.uniforms)(
    'uniforms of $seed, $purpose, $index',
    ({ seed, purpose, index, bits }) => {
      const values = uniforms(seed, purpose, index, bits.length);
      expect(Array.from(values, value => value * 2 ** 24)).toEqual(bits);
    }
  );

  it.each(vectors.permutations)(
    'permutation of $seed, $purpose, $index',
    ({ seed, purpose, index, order }) => {
      const values = permutation(seed, purpose, index, order.length);
      expect(Array.from(values)).toEqual(order);
    }
  );

  it('goes on where a shorter draw of the same stream ended', () => {
    const long = uniforms(5, 'a', 0, 11);
    expect(uniforms(5, 'a', 0, 3)).toEqual(long.slice(0, 3));
  });

  it('differs by seed, by its upper bits, by purpose and by index', () => {
    const draws = [
      uniforms(5, 'a', 0, 8),
      uniforms(6, 'a', 0, 8),
      uniforms(5 + 2 ** 32, 'a', 0, 8),
      uniforms(5, 'b', 0, 8),
      uniforms(5, 'a', 1, 8)
    ].map(String);
    expect(new Set(draws).size).toBe(draws.length);
  });

  it('refuses seeds, indices and purposes outside its words', () => {
    for (const seed of [-1, 0.5, NaN, 2 ** 53]) {
      expect(() => uniforms(seed, 'a', 0, 1)).toThrow(/Seed .* 2\^53/);
    }
    for (const index of [-1, 0.5, 2 ** 32]) {
      expect(() => uniforms(0, 'a', index, 1)).toThrow(/index/);
    }
    expect(() => uniforms(0, 'µ', 0, 1)).toThrow(/ASCII/);
  });
});

describe('uniforms', () => {
  it('lies in [0, 1) with the moments of the uniform distribution', () => {
    const n = 40000;
    const values = uniforms(1, 'moments', 0, n);
    let sum = 0;
    let squares = 0;
    const bins = new Int32Array(16);
    for (const value of values) {
      expect(value >= 0 && value < 1).toBe(true);
      sum += value;
      squares += value * value;
      bins[Math.floor(value * 16)]++;
    }
    // Five standard errors.
    expect(Math.abs(sum / n - 1 / 2)).toBeLessThan(5 / Math.sqrt(12 * n));
    expect(Math.abs(squares / n - 1 / 3)).toBeLessThan(
      5 * Math.sqrt(4 / 45 / n)
    );
    for (const count of bins) {
      expect(Math.abs(count - n / 16)).toBeLessThan(5 * Math.sqrt(n / 16));
    }
  });

  it('takes the upper 24 bits of each word', () => {
    const next = wordStream(9, 'bits', 2);
    for (const value of uniforms(9, 'bits', 2, 9)) {
      expect(value).toBe(Math.floor(next() / 256) / 2 ** 24);
    }
  });
});

describe('permutation', () => {
  it.each([0, 1, 2, 17, 1000])('holds each of %i numbers once', n => {
    const order = permutation(3, 'epoch', 4, n);
    expect(Array.from(order).sort((a, b) => a - b)).toEqual(
      Array.from({ length: n }, (_, i) => i)
    );
  });

  it('gives each order of three equally often', () => {
    const counts = new Map<string, number>();
    const draws = 6000;
    for (let index = 0; index < draws; index++) {
      const order = permutation(0, 'orders', index, 3).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) {
      expect(Math.abs(count - draws / 6)).toBeLessThan(
        5 * Math.sqrt(draws / 6)
      );
    }
  });
});
