/** What the page holds, and whether it becomes more. */
import type { Page } from '@playwright/test';

const MB = 1e6;
/** Growth that counts: a share of what was there, beyond what one measurement differs from the next. */
const SHARE = 0.15;

/** Megabytes of objects and array buffers of the page after collecting garbage. */
export async function heapAfterCollection(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  // What the first collection frees may hold what only the next one sees.
  for (let i = 0; i < 3; i++) {
    await session.send('HeapProfiler.collectGarbage');
  }
  const held = (await session.send('Runtime.getHeapUsage')) as {
    usedSize: number;
    backingStorageSize?: number;
  };
  await session.detach();
  const bytes = held.usedSize + (held.backingStorageSize ?? 0);
  return Math.round((10 * bytes) / MB) / 10;
}

/**
 * '' where rounds, in megabytes, leave no more than those before: the least of the last third is compared with
 * the most of the first third, since a page that was loaded anew holds less than one that was not.
 */
export function grows(heap: readonly number[]): string {
  const third = Math.floor(heap.length / 3);
  if (third < 1) {
    return '';
  }
  const first = Math.max(...heap.slice(0, third));
  const last = Math.min(...heap.slice(-third));
  return last > (1 + SHARE) * first
    ? `${first} MB after the first rounds, ${last} MB after the last`
    : '';
}
