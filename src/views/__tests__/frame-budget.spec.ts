import { FrameBudget } from '../frame-budget';

let now = 0;
let waiting: (() => void)[] = [];

beforeEach(() => {
  now = 0;
  waiting = [];
  Object.assign(globalThis, {
    requestAnimationFrame: (run: () => void) => waiting.push(run),
    cancelAnimationFrame: (id: number) => {
      waiting[id - 1] = () => undefined;
    }
  });
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});

afterEach(() => jest.restoreAllMocks());

/** The next frame, 16 ms later. */
function frame(): void {
  now += 16;
  waiting.splice(0).forEach(run => run());
}

it('runs the latest request once a frame', () => {
  const budget = new FrameBudget();
  const done: number[] = [];
  for (const i of [1, 2, 3]) {
    budget.run(() => done.push(i));
  }
  expect(done).toEqual([]);
  frame();
  expect(done).toEqual([3]);
  frame();
  expect(done).toEqual([3]);
});

it('lets three times as long pass after work that took long', () => {
  const budget = new FrameBudget();
  const starts: number[] = [];
  const work = (): void => {
    starts.push(now);
    now += 40;
  };
  budget.run(work);
  for (let i = 0; i < 20; i++) {
    frame();
    budget.run(work);
  }
  const gaps = starts.slice(1).map((start, i) => start - starts[i]);
  expect(gaps.length).toBeGreaterThan(0);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(160);
});

it('forgets what waits', () => {
  const budget = new FrameBudget();
  const work = jest.fn();
  budget.run(work);
  budget.drop();
  frame();
  expect(work).not.toHaveBeenCalled();
  budget.run(work);
  frame();
  expect(work).toHaveBeenCalledTimes(1);
});
