/** Long work in slices, between which the page stays in hand. */
import { nextTask } from './next-task';

/** Work that yields wherever it may pause. */
export type Slices<T> = Generator<void, T, void>;

/** Milliseconds of work before the page gets its turn: less than half a frame. */
const SLICE = 6;

/** Does all of the work, with pauses where it takes long; short work has none. */
export async function inSlices<T>(work: Slices<T>): Promise<T> {
  let start = performance.now();
  for (;;) {
    const step = work.next();
    if (step.done) {
      return step.value;
    }
    if (performance.now() - start > SLICE) {
      await nextTask();
      start = performance.now();
    }
  }
}

/** Does all of the work now. */
export function atOnce<T>(work: Slices<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) {
      return step.value;
    }
  }
}
