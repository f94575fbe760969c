/** @jest-environment jsdom */
import { DrawQueue, type IDrawable } from '../draw-queue';

let now = 0;
let frames: (() => void)[] = [];

beforeEach(() => {
  now = 0;
  frames = [];
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  jest
    .spyOn(window, 'requestAnimationFrame')
    .mockImplementation(run => frames.push(() => run(now)));
});

afterEach(() => jest.restoreAllMocks());

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

it('leaves to the next frame what does not fit into one', () => {
  const queue = new DrawQueue();
  const { items, drawn } = slow('abcde');
  items.forEach(item => queue.request(item));
  nextFrame();
  expect(drawn).toEqual(['a', 'b', 'c']);
  // Asked for again while others wait: its turn comes after theirs.
  queue.request(items[0]);
  expect(frames).toHaveLength(1);
  nextFrame();
  expect(drawn).toEqual(['a', 'b', 'c', 'd', 'e', 'a']);
  nextFrame();
  expect(drawn).toHaveLength(6);
  expect(frames).toHaveLength(0);
});

it('draws all at once where it is told to', () => {
  const queue = new DrawQueue();
  const { items, drawn } = slow('abcde');
  items.forEach(item => queue.request(item));
  queue.flush();
  expect(drawn).toHaveLength(5);
});
