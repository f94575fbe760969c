/** What is said where the kernel goes away. */
import type { BlockSink } from './array-blocks';

/**
 * What happened, what of it had come, and what to do next.
 *
 * @param what - A sentence without its full stop.
 * @param name - The variable that was opened; '' where it is not known.
 * @param under - What was being received.
 * @param data - Whether the kernel still has the data, and only the way to it is gone.
 */
export function describeLoss(
  what: string,
  name: string,
  under: readonly BlockSink[],
  data = false
): string {
  const done = under.reduce((sum, sink) => sum + sink.done, 0);
  const total = under.reduce((sum, sink) => sum + sink.total, 0);
  const lost = total
    ? `: ${done} of ${total} blocks received, discarded.`
    : '.';
  return `${what}${lost} ${next(name, data)}`;
}

function next(name: string, data: boolean): string {
  if (data) {
    return 'When the connection is back, Reload.';
  }
  return name
    ? `Run the cell that defines \`${name}\`, then Reload. ` +
        'To reload, run the cell with explore again.'
    : 'Run the cell with explore again.';
}
