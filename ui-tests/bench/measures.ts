/** The figures of one panel: data, dragging, training. */
import type { IFrame } from './probe';
import { most, type IMemory, type ITask } from './meter';
import { frameTimes, gapSpans, longest, PHASES, taskSpans } from './phases';
import type { IRow } from './results';
import type { BenchSession, ISize, ITrainingSetup } from './session';

/** Frames of a socket that carry blocks, bytes. */
const BLOCK = 200_000;
/** Seconds that a page is dragged over or left alone. */
const SECONDS = Number(process.env.EELSCAPE_BENCH_SECONDS ?? 5);

const nameOf = (size: ISize) => `${size.ny}x${size.nx}x${size.channels}`;

/** Time to the first picture, rate from the kernel, memory with data, the page left alone. */
export async function measureData(
  session: BenchSession,
  size: ISize
): Promise<IRow[]> {
  const where = { size: nameOf(size) };
  const before = await session.meter.memory();
  const since = await session.now();
  await session.watchTimers(true);
  const first = await session.firstPicture();
  const frames = await session.sockets(since);
  await session.page.waitForTimeout(1000);
  await session.watchTimers(false);
  const loading = await session.gaps(since);
  await session.meter.collect();
  const rows: IRow[] = [
    { ...where, figure: 'first picture', value: first, unit: 'ms' },
    {
      ...where,
      figure: 'kernel to browser',
      value: rate(frames.filter(frame => !frame.sent)),
      unit: 'MB/s'
    },
    {
      ...where,
      figure: 'longest timer gap, loading',
      value: Math.max(0, ...loading.map(gap => gap[1])),
      unit: 'ms'
    },
    ...memoryRows(where, 'before explore', before),
    ...memoryRows(where, 'with data', await session.meter.memory())
  ];
  const start = await session.now();
  await session.watchTimers(true);
  const cpu = (await session.meter.counts()).cpu;
  const [, tasks] = await session.meter.traced(() =>
    session.page.waitForTimeout(1000 * SECONDS)
  );
  await session.watchTimers(false);
  const used = (await session.meter.counts()).cpu - cpu;
  rows.push(
    {
      ...where,
      figure: 'longest timer gap, idle',
      value: Math.max(0, ...(await session.gaps(start)).map(gap => gap[1])),
      unit: 'ms'
    },
    ...taskRows(where, 'idle', tasks),
    {
      ...where,
      figure: 'main thread busy, idle',
      value: (100 * used) / SECONDS,
      unit: '%'
    }
  );
  return rows;
}

/** Frames while the pointer is dragged; with a setup, while its network trains. */
export async function measureDrag(
  session: BenchSession,
  size: ISize,
  setup: ITrainingSetup | null
): Promise<IRow[]> {
  const where = { size: nameOf(size), backend: setup?.backend };
  if (setup) {
    await session.setUp({ ...setup, epochs: 1000 });
    const since = await session.now();
    await session.press('Train');
    await session.waitForStep(since, 300_000);
  }
  const [drag, tasks] = await session.meter.traced(() => session.drag(SECONDS));
  if (setup) {
    await session.press('Stop');
    await session.waitFor('done', 300_000);
  }
  const { median, p95, longest: worst, perSecond } = frameTimes(drag.frames);
  const when = setup ? 'drag while training' : 'drag';
  const seconds = (drag.frames.at(-1)! - drag.frames[0]) / 1000;
  return [
    {
      ...where,
      figure: `${when}: frame time, median`,
      value: median,
      unit: 'ms'
    },
    { ...where, figure: `${when}: frame time, 95 %`, value: p95, unit: 'ms' },
    {
      ...where,
      figure: `${when}: frame time, longest`,
      value: worst,
      unit: 'ms'
    },
    { ...where, figure: `${when}: frames`, value: perSecond, unit: '1/s' },
    {
      ...where,
      figure: `${when}: readings`,
      value: drag.readouts / seconds,
      unit: '1/s'
    },
    {
      ...where,
      figure: `${when}: pointer moves`,
      value: drag.moves / seconds,
      unit: '1/s'
    },
    ...taskRows(where, when, tasks)
  ];
}

/** A whole run: timer gaps and tasks by phase, memory, the rate to the kernel. */
export async function measureTraining(
  session: BenchSession,
  size: ISize,
  setup: ITrainingSetup
): Promise<IRow[]> {
  const where = { size: nameOf(size), backend: setup.backend };
  const { meter, page } = session;
  await session.setUp(setup);
  await meter.collect();
  const before = await meter.memory();
  const since = await session.now();
  const cpu = (await meter.counts()).cpu;
  let peak = before;
  await session.watchTimers(true);
  const [, tasks] = await meter.traced(async () => {
    await session.press('Train');
    await session.waitForStep(since, 300_000);
    let done = false;
    const end = session.waitFor('done', 900_000).then(() => {
      done = true;
    });
    while (!done) {
      // Workers answer between batches; asking costs the page next to nothing.
      peak = most(peak, await meter.memory());
      await Promise.race([end, page.waitForTimeout(500)]);
    }
    await end;
    await page.waitForTimeout(3000);
  });
  await session.watchTimers(false);
  const seconds = ((await session.now()) - since) / 1000;
  const used = (await meter.counts()).cpu - cpu;
  const notes = await session.notes(since);
  const gaps = longest(gapSpans(await session.gaps(since)), notes);
  const wall = longest(taskSpans(tasks, 'wall'), notes);
  const busy = longest(taskSpans(tasks, 'cpu'), notes);
  const sent = await session.sockets(since);
  await meter.collect();
  const after = await meter.memory();
  const rows: IRow[] = [];
  for (const phase of ['total', ...PHASES]) {
    const add = (figure: string, value: number) =>
      rows.push({ ...where, figure: `${figure}, ${phase}`, value, unit: 'ms' });
    add('longest timer gap', gaps[phase]);
    add('longest task', wall[phase]);
    add('longest task, processor', busy[phase]);
  }
  rows.push(
    {
      ...where,
      figure: 'main thread busy, training',
      value: (100 * used) / seconds,
      unit: '%'
    },
    {
      ...where,
      figure: 'browser to kernel',
      value: rate(sent.filter(frame => frame.sent || frame.stored)),
      unit: 'MB/s'
    },
    ...memoryRows(where, 'before training', before),
    ...memoryRows(where, 'most while training', peak),
    ...memoryRows(where, 'after training', after)
  );
  return rows;
}

function taskRows(
  where: Pick<IRow, 'size' | 'backend'>,
  when: string,
  tasks: readonly ITask[]
): IRow[] {
  const of = (by: 'wall' | 'cpu') => Math.max(0, ...tasks.map(t => t[by]));
  return [
    {
      ...where,
      figure: `longest task, ${when}`,
      value: of('wall'),
      unit: 'ms'
    },
    {
      ...where,
      figure: `longest task, processor, ${when}`,
      value: of('cpu'),
      unit: 'ms'
    }
  ];
}

function memoryRows(
  where: Pick<IRow, 'size' | 'backend'>,
  when: string,
  memory: IMemory
): IRow[] {
  return Object.entries(memory).map(([part, value]) => ({
    ...where,
    figure: `memory, ${part}, ${when}`,
    value: value as number,
    unit: 'MB'
  }));
}

/**
 * MB/s of the blocks among some frames: from the first, whose own time on the way is not known,
 * to the last, or to the kernel's word that it has all.
 */
function rate(frames: readonly IFrame[]): number {
  const blocks = frames.filter(frame => frame.bytes > BLOCK);
  const stored = frames.find(frame => frame.stored);
  if (blocks.length < 2) {
    return NaN;
  }
  const bytes = blocks
    .slice(stored ? 0 : 1)
    .reduce((sum, frame) => sum + frame.bytes, 0);
  const end = stored?.at ?? blocks[blocks.length - 1].at;
  return bytes / 1e3 / (end - blocks[0].at);
}
