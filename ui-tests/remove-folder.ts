/** Removing folders of processes that have ended, whose helpers may still write into them. */
import * as fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/**
 * Removes a temporary folder, for ten seconds again and again: what is written meanwhile is looked for anew each
 * time, as Node's own retries do not. What then is left stays in the system's folder for such things.
 */
export async function removeFolder(folder: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      fs.rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (attempt === 40) {
        console.warn(`${folder} could not be removed: ${String(error)}`);
        return;
      }
      await setTimeout(250);
    }
  }
}
