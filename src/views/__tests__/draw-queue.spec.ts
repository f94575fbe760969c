/** @jest-environment jsdom */
import { DrawQueue, type IDrawable } from '../draw-queue';

let now = 0;
let frames: (() => void)[] = [];

beforeEach(() => {
  jest.useFakeTimers();
  now = 0;
  frames = [];
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  jest
    .spyOn(window, 'requestAnimationFrame')
    .mockImplementation(run => frames.push(() => run(now)));
  jest.spyOn(window, 'cancelAnimationFrame');
});

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

function nextFrame(): void {
  const waiting = frames;
  frames = [];
  waiting.forEach(run => run());
}

/** Things that take 5 ms each to draw; what was drawn so far. */
function slow(names: string): { items: IDrawable[]; drawn: string[] } {
  const drawn: string[] = [];
  const items = [...names].map(name => ({
    canDraw: true,
    drawNow: () => {
      now += 5;
      drawn.push(name);
    }
  }));
  return { items, drawn };
}

it('leaves to later frames what does not fit into one, and timers come in between', () => {
  const queue = new DrawQueue();
  const { items, drawn } = slow('abcde');
  items.forEach(item => queue.request(item));
  nextFrame();
  expect(drawn).toEqual(['a', 'b']);
  expect(frames).toHaveLength(0);
  // Asked for again while others wait: its turn comes after theirs, and no frame is taken before the timers.
  queue.request(items[0]);
  expect(frames).toHaveLength(0);
  jest.runOnlyPendingTimers();
  expect(frames).toHaveLength(1);
  nextFrame();
  expect(drawn).toEqual(['a', 'b', 'c', 'd']);
  jest.runOnlyPendingTimers();
  nextFrame();
  expect(drawn).toEqual(['a', 'b', 'c', 'd', 'e', 'a']);
  jest.runOnlyPendingTimers();
  expect(frames).toHaveLength(0);
});

it('draws later what asks for it', () => {
  const queue = new DrawQueue();
  const { items, drawn } = slow('a');
  queue.request(items[0], 30);
  expect(frames).toHaveLength(0);
  jest.advanceTimersByTime(29);
  expect(frames).toHaveLength(0);
  jest.advanceTimersByTime(1);
  nextFrame();
  expect(drawn).toEqual(['a']);
});

it('draws nothing more once it is gone', () => {
  const queue = new DrawQueue();
  const { items, drawn } = slow('abc');
  queue.request(items[2], 30);
  items.slice(0, 2).forEach(item => queue.request(item));
  queue.dispose();
  jest.advanceTimersByTime(100);
  expect(jest.mocked(cancelAnimationFrame)).toHaveBeenCalled();
  expect(frames).toHaveLength(1);
  nextFrame();
  expect(drawn).toEqual([]);
});

it('draws all at once where it is told to', () => {
  const queue = new DrawQueue();
  const { items, drawn } = slow('abcde');
  items.forEach(item => queue.request(item));
  queue.flush();
  expect(drawn).toHaveLength(5);
});
