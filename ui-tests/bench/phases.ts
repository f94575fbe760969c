/** Which part of a run a moment belongs to, and what was longest in each. */
import type { ITask } from './meter';
import type { INote, Phase } from './probe';

export const PHASES = ['start', 'epoch', 'evaluation', 'end'] as const;

/** Milliseconds after an evaluation that are counted to it: maps and grids follow it. */
const AFTER_EVALUATION = 400;

/**
 * - start: from the click to the first step that a worker reports
 * - evaluation: from the message that brings one, for 400 ms
 * - end: from the message that brings the result
 * - epoch: what lies between
 */
export function phaseOf(at: number, notes: readonly INote[]): Phase {
  const first = notes.find(note => note.type === 'progress' && note.step);
  const result = notes.find(note => note.type === 'result');
  if (result && at >= result.at - 4) {
    return 'end';
  }
  if (!first || at < first.at) {
    return 'start';
  }
  const evaluated = notes.some(
    note =>
      note.type === 'evaluation' &&
      at >= note.at - 4 &&
      at < note.at + AFTER_EVALUATION
  );
  return evaluated ? 'evaluation' : 'epoch';
}

/** Longest by phase, and of all; 0 where nothing was noted. */
export function longest(
  spans: readonly { readonly start: number; readonly length: number }[],
  notes: readonly INote[]
): { [phase: string]: number } {
  const found: { [phase: string]: number } = { total: 0 };
  PHASES.forEach(phase => {
    found[phase] = 0;
  });
  for (const { start, length } of spans) {
    // A message's task is what its time stamp lies in: take the middle.
    const phase = phaseOf(start + length / 2, notes);
    found[phase] = Math.max(found[phase] ?? 0, length);
    found.total = Math.max(found.total, length);
  }
  return found;
}

export function gapSpans(gaps: readonly (readonly [number, number])[]) {
  return gaps.map(([start, length]) => ({ start, length }));
}

export function taskSpans(tasks: readonly ITask[], by: 'wall' | 'cpu') {
  return tasks.map(task => ({ start: task.start, length: task[by] }));
}

/** Median, 95th percentile and longest of the times between frames, and frames a second. */
export function frameTimes(frames: readonly number[]): {
  readonly median: number;
  readonly p95: number;
  readonly longest: number;
  readonly perSecond: number;
} {
  const times = frames.slice(1).map((at, i) => at - frames[i]);
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const whole = frames[frames.length - 1] - frames[0];
  return {
    median: at(0.5) ?? NaN,
    p95: at(0.95) ?? NaN,
    longest: sorted[sorted.length - 1] ?? NaN,
    perSecond: (1000 * times.length) / whole
  };
}
