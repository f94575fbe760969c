/** @jest-environment node */
import { atOnce, inSlices, type Slices } from '../slices';

/** Work of `steps` parts of `milliseconds` that writes down when it goes on. */
function* work(
  name: string,
  steps: number,
  milliseconds: number,
  log: string[]
): Slices<string> {
  for (let i = 0; i < steps; i++) {
    const end = performance.now() + milliseconds;
    while (performance.now() < end) {
      // Busy.
    }
    log.push(name);
    yield;
  }
  return name;
}

/** Turns of the page while some works go on. */
async function turnsDuring(
  works: readonly Promise<unknown>[]
): Promise<number> {
  let turns = 0;
  let busy = true;
  const count = (): void => {
    turns++;
    if (busy) {
      setImmediate(count);
    }
  };
  setImmediate(count);
  await Promise.all(works);
  busy = false;
  return turns;
}

it('does short work without a pause', async () => {
  const log: string[] = [];
  const result = inSlices(work('a', 3, 0, log));
  expect(log).toEqual(['a', 'a', 'a']);
  expect(await result).toBe('a');
});

it('gives the page its turn in long work', async () => {
  const log: string[] = [];
  expect(await turnsDuring([inSlices(work('a', 10, 4, log))])).toBeGreaterThan(
    3
  );
  expect(log).toHaveLength(10);
});

it('shares a slice between works that go on at the same time', async () => {
  // The slices of earlier tests are over.
  await new Promise(resolve => setImmediate(resolve));
  const log: string[] = [];
  const works = ['a', 'b', 'c'].map(name => inSlices(work(name, 2, 7, log)));
  // The first has used up the slice: the others have not begun.
  expect(log).toEqual(['a']);
  expect(await Promise.all(works)).toEqual(['a', 'b', 'c']);
  expect(log).toHaveLength(6);
});

it('does all of the work at once where asked', () => {
  expect(atOnce(work('a', 3, 0, []))).toBe('a');
});
