/** Inputs that are broken in every way, and what reading one may do. */
import * as fc from 'fast-check';

/** Milliseconds after which an input counts as one that hangs. */
const PATIENCE = 20_000;
/** Bytes of arrays that reading may take beyond ten times the input. */
const MEMORY = 64 * 2 ** 20;

export type Outcome = 'accepted' | 'refused';
export type Json = Record<string, unknown>;

/** A small seeded generator (mulberry32), so that an input can be made again from its seed. */
export class Dice {
  constructor(seed: number) {
    this._state = seed >>> 0;
  }

  /** From 0 to 1. */
  next(): number {
    this._state = (this._state + 0x6d2b79f5) >>> 0;
    let t = this._state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  private _state: number;
}

const DEEP = (levels: number): unknown =>
  JSON.parse('['.repeat(levels) + ']'.repeat(levels));

/** Values that stand where others are expected. */
const LEAVES: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 2, 3, 16, 1.5, -0, 1e308, 5e-324],
  ...[2 ** 31, 2 ** 53, 2 ** 63, 1e21, 'NaN', '', 'x', '1', '\0', '\ud800'],
  ...['__proto__', 'constructor', 'toString', 'F32', 'im2spec', 'data.x'],
  ...[[], {}, [[]], [0], [1, 2], [-1, 5], { a: 1 }, 'a'.repeat(300)],
  JSON.parse('{"__proto__": {"size": 1}}'),
  { toString: 1, valueOf: 1 },
  { length: 3 }
];

/** Bytes with bits flipped, pieces cut out, copied or overwritten, or the end cut off. */
export function brokenBytes(
  data: Uint8Array,
  dice: Dice,
  focus = data.length
): Uint8Array {
  let out = data.slice();
  const times = dice.of([1, 1, 1, 2, 3, 8]);
  for (let i = 0; i < times && out.length > 0; i++) {
    const end = dice.next() < 0.7 ? Math.min(focus, out.length) : out.length;
    const at = dice.below(end);
    const length = Math.min(dice.of([1, 2, 4, 8, 16, 100]), out.length - at);
    switch (dice.below(6)) {
      case 0:
        out[at] ^= 1 << dice.below(8);
        break;
      case 1:
        out.subarray(at, at + length).forEach((_, k, part) => {
          part[k] = dice.below(256);
        });
        break;
      case 2:
        out = out.slice(0, at);
        break;
      case 3:
        out = joined(out.subarray(0, at), out.subarray(at + length));
        break;
      case 4: {
        const from = dice.below(out.length);
        const piece = out.slice(from, from + length);
        out = joined(out.subarray(0, at), piece, out.subarray(at));
        break;
      }
      default:
        out.fill(dice.of([0, 255, 0x39, 0x5b, 0x22]), at, at + length);
    }
  }
  return out;
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0)
  );
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** JSON with entries replaced, removed, doubled, renamed or nested. */
export function brokenJson(
  value: unknown,
  dice: Dice,
  more: readonly unknown[] = []
): unknown {
  const holder = { value: copy(value) };
  const times = dice.of([1, 1, 1, 2, 4]);
  for (let i = 0; i < times; i++) {
    breakOnce(holder, dice, more);
  }
  return holder.value;
}

function copy<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
}

function breakOnce(holder: Json, dice: Dice, more: readonly unknown[]): void {
  let parent: Json = holder;
  let key = 'value';
  let node = parent[key];
  while (typeof node === 'object' && node !== null && dice.next() < 0.8) {
    const keys = Object.keys(node);
    if (keys.length === 0) {
      break;
    }
    parent = node as Json;
    key = dice.of(keys);
    node = parent[key];
  }
  switch (dice.below(6)) {
    case 0:
      if (Array.isArray(parent)) {
        parent.splice(Number(key), 1);
      } else {
        delete parent[key];
      }
      break;
    case 1:
      if (Array.isArray(parent)) {
        parent.push(...Array(dice.of([1, 2, 300])).fill(node));
      } else {
        parent[`${key}x`] = node;
      }
      break;
    case 2:
      parent[key] = dice.next() < 0.5 ? [node] : DEEP(dice.of([5, 30, 60]));
      break;
    case 3:
      parent[key] =
        typeof node === 'number'
          ? node * dice.of([-1, 0, 0.5, 2, 1e6, 1e12])
          : typeof node === 'string'
            ? dice.of([node.repeat(50), node.slice(1), `${node}\ud800`])
            : copy(dice.of(LEAVES));
      break;
    default:
      parent[key] = copy(dice.of([...LEAVES, ...more]));
  }
}

/** JSON as a text, now and then broken as a text, too. */
export function dumped(value: unknown, dice: Dice): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(value) ?? 'null');
  return dice.next() < 0.2 ? brokenBytes(text, dice) : text;
}

export interface IInput {
  readonly dice: Dice;
  /** JSON that was made without regard to what is expected. */
  readonly any: unknown;
}

export interface ITarget {
  /** Makes an input and reads it; throws where reading does what it must not. */
  read(input: IInput): Outcome | Promise<Outcome>;
  /** Bytes of the largest input. */
  readonly size: number;
}

/** Gives `count` inputs to a target; how many it accepted and refused. */
export async function fuzz(
  target: ITarget,
  count: number,
  seed = 7
): Promise<Readonly<Record<Outcome, number>>> {
  const outcomes = { accepted: 0, refused: 0 };
  const inputs = fc.record({
    seed: fc.nat(),
    any: fc.jsonValue({ maxDepth: 3 })
  });
  await fc.assert(
    fc.asyncProperty(inputs, async ({ seed, any }) => {
      const before = process.memoryUsage().arrayBuffers;
      const start = Date.now();
      const outcome = await target.read({ dice: new Dice(seed), any });
      const taken = process.memoryUsage().arrayBuffers - before;
      if (taken > MEMORY + 10 * target.size) {
        throw new Error(`${taken} bytes were taken for one input`);
      }
      if (Date.now() - start > PATIENCE) {
        throw new Error('an input took too long');
      }
      outcomes[outcome]++;
    }),
    { numRuns: count, seed, endOnFailure: false }
  );
  return outcomes;
}

/** Whether reading threw what it may throw; any other error goes on. */
export async function judged(
  read: () => unknown,
  allowed: (error: unknown) => boolean
): Promise<Outcome> {
  try {
    await read();
  } catch (error) {
    if (allowed(error) && (error as Error).message.length < 2000) {
      return 'refused';
    }
    throw error;
  }
  return 'accepted';
}

/** A test for each target. */
export function fuzzTests(
  targets: Readonly<Record<string, ITarget>>,
  count: number
): void {
  // What is refused is said to the console, thousands of times.
  beforeEach(() => {
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each(Object.keys(targets))('[F3] %s', async name => {
    const outcomes = await fuzz(targets[name], count);
    const total = outcomes.accepted + outcomes.refused;
    process.stdout.write(
      `fuzzed ${name}: ${total} inputs, ${outcomes.accepted} accepted\n`
    );
    expect(total).toBe(count);
    expect(outcomes.refused).toBeGreaterThan(0);
  });
}
