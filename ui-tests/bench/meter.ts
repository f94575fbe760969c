/** What Chromium and the system say about the page, its workers and the kernel. */
import * as fs from 'node:fs';
import type { CDPSession, Page } from '@playwright/test';
import { spentOn, type IProfile } from './attribution';

const MB = 1e6;

/** Megabytes, 1e6 bytes. */
export interface IMemory {
  /** JavaScript objects of the page. */
  readonly heap: number;
  /** Array buffers of the page. */
  readonly buffers: number;
  /** Objects and buffers, wasm memory included, of all workers together. */
  readonly workers: number;
  /** What the page's process holds for itself, workers included. */
  readonly renderer: number;
  /** What the GPU's process holds for itself; the card's memory is not in it. */
  readonly gpu: number;
  /** Resident memory of the kernel. */
  readonly kernel: number;
}

/** A task of the page's main thread, ms. */
export interface ITask {
  readonly start: number;
  /** By the clock, other processes' turns included. */
  readonly wall: number;
  /** Of the processor. */
  readonly cpu: number;
}

interface IHeap {
  usedSize: number;
  backingStorageSize?: number;
}

interface ITraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

export class Meter {
  static async of(page: Page, kernelPid: number): Promise<Meter> {
    const session = await page.context().newCDPSession(page);
    const browser = await page.context().browser()!.newBrowserCDPSession();
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const meter = new Meter(page, session, browser, kernelPid);
    await meter._followWorkers();
    return meter;
  }

  private constructor(
    page: Page,
    session: CDPSession,
    browser: CDPSession,
    kernelPid: number
  ) {
    this._page = page;
    this._session = session;
    this._browser = browser;
    this._kernelPid = kernelPid;
  }

  /** Collects garbage in the page, so that what is left is held by something. */
  async collect(): Promise<void> {
    await this._session.send('HeapProfiler.collectGarbage');
  }

  async memory(): Promise<IMemory> {
    const page = (await this._session.send('Runtime.getHeapUsage')) as IHeap;
    const { processInfo } = await this._browser.send(
      'SystemInfo.getProcessInfo'
    );
    const held = (type: string) =>
      Math.max(
        0,
        ...processInfo.filter(p => p.type === type).map(p => privateMb(p.id))
      );
    return {
      heap: page.usedSize / MB,
      buffers: (page.backingStorageSize ?? 0) / MB,
      workers: await this._workerMemory(),
      renderer: held('renderer'),
      gpu: held('GPU'),
      kernel: residentMb(this._kernelPid)
    };
  }

  /** Nodes, listeners and processor seconds of the main thread so far. */
  async counts(): Promise<{ nodes: number; listeners: number; cpu: number }> {
    const { metrics } = await this._session.send('Performance.getMetrics');
    const of = (name: string) =>
      metrics.find(metric => metric.name === name)?.value ?? NaN;
    return {
      nodes: of('Nodes'),
      listeners: of('JSEventListeners'),
      cpu: of('TaskDuration')
    };
  }

  /** Moves the pressed mouse without waiting for the page, unless it lags far behind. */
  moveMouse(x: number, y: number): void {
    if (this._moving >= 8) {
      return;
    }
    this._moving += 1;
    const done = () => {
      this._moving -= 1;
    };
    this._session
      .send('Input.dispatchMouseEvent', {
        type: 'mouseMoved',
        x,
        y,
        button: 'left',
        buttons: 1
      })
      .then(done, done);
  }

  /** Tasks of the page's main thread while something runs, longest first. */
  async traced<T>(work: () => Promise<T>): Promise<[T, ITask[]]> {
    const explain = process.env.EELSCAPE_BENCH_EXPLAIN;
    if (explain) {
      await this._session.send('Profiler.enable');
      await this._session.send('Profiler.setSamplingInterval', {
        interval: 300
      });
      await this._session.send('Profiler.start');
      // Its start is a long task itself.
      await this._page.waitForTimeout(2000);
    }
    const browser = this._page.context().browser()!;
    await browser.startTracing(this._page, {
      categories: [
        '-*',
        'disabled-by-default-devtools.timeline',
        'blink.user_timing',
        '__metadata'
      ]
    });
    const clock = await this._page.evaluate(() => {
      performance.mark('eelscape-bench');
      return performance.now();
    });
    let result: T;
    let trace: Buffer;
    let profile: IProfile | null = null;
    try {
      result = await work();
    } finally {
      trace = await browser.stopTracing();
      if (explain) {
        ({ profile } = await this._session.send('Profiler.stop'));
      }
    }
    const { traceEvents } = JSON.parse(trace.toString()) as {
      traceEvents: ITraceEvent[];
    };
    const mark = traceEvents.find(event => event.name === 'eelscape-bench');
    const tasks = traceEvents
      .filter(
        event =>
          event.name === 'RunTask' &&
          event.pid === mark?.pid &&
          event.tid === mark.tid
      )
      .map(event => ({
        start: (event.ts - mark!.ts) / 1e3 + clock,
        wall: (event.dur ?? 0) / 1e3,
        cpu: (event.tdur ?? 0) / 1e3
      }));
    tasks.sort((a, b) => b.cpu - a.cpu);
    if (profile) {
      const zero = mark!.ts - 1e3 * clock;
      for (const task of tasks.slice(0, Number(explain))) {
        console.log(
          `task at ${task.start.toFixed(0)} ms: ${task.wall.toFixed(1)} ms, ` +
            `processor ${task.cpu.toFixed(1)} ms\n  ` +
            spentOn(task, profile, zero).join('\n  ')
        );
      }
    }
    return [result!, tasks];
  }

  private async _followWorkers(): Promise<void> {
    this._session.on('Target.attachedToTarget', event => {
      if (event.targetInfo.type === 'worker') {
        this._workers.add(event.sessionId);
      }
    });
    this._session.on('Target.detachedFromTarget', event => {
      this._workers.delete(event.sessionId);
    });
    this._session.on('Target.receivedMessageFromTarget', event => {
      const { id, result } = JSON.parse(event.message) as {
        id?: number;
        result?: IHeap;
      };
      this._answers.get(id ?? -1)?.(result ?? { usedSize: 0 });
    });
    await this._session.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false
    });
  }

  private async _workerMemory(): Promise<number> {
    const heaps = [...this._workers].map(
      sessionId =>
        new Promise<IHeap>(resolve => {
          const id = ++this._asked;
          const none = () => resolve({ usedSize: 0 });
          // A worker in the middle of a batch answers after it.
          setTimeout(none, 3000);
          this._answers.set(id, resolve);
          this._session
            .send('Target.sendMessageToTarget', {
              sessionId,
              message: JSON.stringify({ id, method: 'Runtime.getHeapUsage' })
            })
            .catch(none);
        })
    );
    let bytes = 0;
    for (const heap of await Promise.all(heaps)) {
      bytes += heap.usedSize + (heap.backingStorageSize ?? 0);
    }
    this._answers.clear();
    return bytes / MB;
  }

  private readonly _page: Page;
  private readonly _session: CDPSession;
  private readonly _browser: CDPSession;
  private readonly _kernelPid: number;
  private readonly _workers = new Set<string>();
  private readonly _answers = new Map<number, (heap: IHeap) => void>();
  private _asked = 0;
  private _moving = 0;
}

/** Largest of two memories, item by item. */
export function most(a: IMemory, b: IMemory): IMemory {
  const keys = Object.keys(a) as (keyof IMemory)[];
  return Object.fromEntries(
    keys.map(key => [key, Math.max(a[key], b[key])])
  ) as unknown as IMemory;
}

function residentMb(pid: number): number {
  return kilobytes(`/proc/${pid}/status`, /^VmRSS:\s+(\d+)/m) / 1e3;
}

/** Memory that no other process shares. */
function privateMb(pid: number): number {
  return (
    kilobytes(`/proc/${pid}/smaps_rollup`, /^Private_Dirty:\s+(\d+)/m) / 1e3
  );
}

function kilobytes(file: string, line: RegExp): number {
  try {
    return 1.024 * Number(line.exec(fs.readFileSync(file, 'utf8'))?.[1] ?? NaN);
  } catch {
    // The process is gone, or the system is not Linux.
    return NaN;
  }
}
