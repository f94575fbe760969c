import { rounds } from '../rounds';

const staged = (array: string, count: number) => ({
  array,
  count,
  name: `next_${array}`,
  read: (e: string) => `next_${array} = from[${e} + round];`,
  place: array === 'turned' ? (e: string) => `turn(${e})` : undefined
});

describe('rounds', () => {
  it('reads ahead what each thread has one of, in order around the barriers', () => {
    const code = rounds(
      [staged('plain', 8), staged('turned', 8)],
      8,
      3,
      'compute();'
    );
    const order = [
      'let round = 0u; next_plain = from[t + round];',
      'done < 3u',
      'workgroupBarrier();',
      'plain[t] = next_plain;',
      'turned[turn(t)] = next_turned;',
      'workgroupBarrier();',
      'let round = done + 1u; next_plain = from[t + round];',
      'compute();'
    ];
    let at = 0;
    for (const part of order) {
      const found = code.indexOf(part, at);
      expect([part, found]).not.toEqual([part, -1]);
      at = found + part.length;
    }
    expect(code).not.toContain('if (t <');
  });

  it('guards arrays with fewer elements than threads', () => {
    const code = rounds([staged('plain', 5)], 8, 3, '');
    expect(code).toContain('if (t < 5u) { plain[t] = next_plain; }');
  });

  it('loops between the barriers where threads have several elements', () => {
    const code = rounds([staged('plain', 20)], 8, 3, '');
    expect(code).toContain('for (var e = t; e < 20u; e += 8u)');
    expect(code).toContain('plain[e] = next_plain;');
    expect(code).not.toContain('plain[t]');
  });
});
