/** A trainer on a device that may go: what is read from it counts once the device was seen to be there afterwards. */
import type { ITrainer } from './training';

/** What reads from the device. */
const READS: ReadonlySet<PropertyKey> = new Set<keyof ITrainer>([
  'finishEpoch',
  'evaluate',
  'decode',
  'readParameters',
  'checkpoint'
]);

/**
 * The same trainer, whose reads end with a check.
 * @param check - rejects where the device has gone.
 */
export function guarded(
  trainer: ITrainer,
  check: () => Promise<void>
): ITrainer {
  return new Proxy(trainer, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') {
        return value;
      }
      const call = value.bind(target) as (...values: unknown[]) => unknown;
      return READS.has(key)
        ? async (...values: unknown[]) => {
            const answer = await call(...values);
            await check();
            return answer;
          }
        : call;
    }
  });
}
