/** Long work in slices, between which the page stays in hand. */
import { nextTask } from './next-task';

/** Work that yields wherever it may pause. */
export type Slices<T> = Generator<void, T, void>;

/** Milliseconds of work before the page gets its turn: less than half a frame. */
const SLICE = 6;

/** Milliseconds that slices of all works have had since the page's last turn. */
let spent = 0;

let turnAwaited = false;

/** Notes what a slice took; forgotten when the page has had its turn. */
function spend(milliseconds: number): void {
  spent += milliseconds;
  if (!turnAwaited) {
    turnAwaited = true;
    void nextTask().then(() => {
      spent = 0;
      turnAwaited = false;
    });
  }
}

/**
 * Does all of the work, with pauses where it takes long; short work has none.
 * Works that go on at the same time share the slice: a message that sets off several holds the page no longer than one.
 */
export async function inSlices<T>(work: Slices<T>): Promise<T> {
  for (;;) {
    if (spent > SLICE) {
      await nextTask();
    }
    const start = performance.now();
    let step = work.next();
    while (!step.done && spent + performance.now() - start <= SLICE) {
      step = work.next();
    }
    spend(performance.now() - start);
    if (step.done) {
      return step.value;
    }
    await nextTask();
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
