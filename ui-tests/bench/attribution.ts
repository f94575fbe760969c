/** What the longest tasks were spent on, from the sampling profiler's stacks. */
import type { ITask } from './meter';

/** The part of a CDP profile that is read; times are microseconds of the trace's clock. */
export interface IProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { functionName: string; url: string };
    readonly children?: readonly number[];
  }[];
  readonly startTime: number;
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}

/**
 * Functions on the stack in a task with their shares, callers included, largest first.
 * @param zero - the trace's clock at the page's time 0, microseconds.
 */
export function spentOn(
  task: ITask,
  profile: IProfile,
  zero: number,
  most = 14
): string[] {
  const parents = new Map<number, number>();
  const names = new Map<number, string>();
  for (const node of profile.nodes) {
    const { functionName, url } = node.callFrame;
    const file = /([^/]+?)(\?.*)?$/.exec(url)?.[1] ?? '';
    names.set(node.id, `${functionName || '(anonymous)'} ${file}`.trim());
    node.children?.forEach(child => parents.set(child, node.id));
  }
  const from = zero + 1e3 * task.start;
  const to = from + 1e3 * task.wall;
  const counts = new Map<string, number>();
  let all = 0;
  let at = profile.startTime;
  profile.samples?.forEach((sample, i) => {
    at += profile.timeDeltas![i];
    if (at < from || at > to) {
      return;
    }
    all++;
    const seen = new Set<string>();
    for (let id: number | undefined = sample; id; id = parents.get(id)) {
      seen.add(names.get(id)!);
    }
    seen.forEach(name => counts.set(name, (counts.get(name) ?? 0) + 1));
  });
  return [...counts]
    .filter(([name]) => !name.startsWith('(root)'))
    .sort((a, b) => b[1] - a[1])
    .slice(0, most)
    .map(([name, n]) => `${Math.round((100 * n) / all)} % ${name}`);
}
