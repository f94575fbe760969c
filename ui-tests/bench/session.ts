/** One page with one panel: opening data, training, dragging, and what was noted meanwhile. */
import type { Page } from '@playwright/test';
import {
  execute,
  openNotebook,
  panel,
  runNext,
  waitForCell,
  writeNotebook,
  type IServer
} from '../lab';
import { Meter } from './meter';
import { countReadouts, installProbe, type IFrame, type INote } from './probe';

/** What a panel shows: the sample, tiled to a size. */
export interface ISize {
  readonly ny: number;
  readonly nx: number;
  readonly channels: number;
}

export const SAMPLE: ISize = { ny: 62, nx: 75, channels: 640 };

/** The cell that makes data of a size from the sample. */
function dataCell({ ny, nx, channels }: ISize): string {
  return [
    'import os, numpy as np, eelscape',
    'sample, haadf = eelscape.sample("ftio")',
    'data, picture = np.asarray(sample), np.asarray(haadf)',
    `shape = (${ny}, ${nx}, ${channels})`,
    'turns = [-(-a // b) for a, b in zip(shape, data.shape)]',
    'data = np.ascontiguousarray(np.tile(data, turns)[tuple(map(slice, shape))], np.float32)',
    'picture = np.ascontiguousarray(np.tile(picture, turns[:2])[tuple(map(slice, shape[:2]))])',
    'print("pid", os.getpid(), data.shape)'
  ].join('\n');
}

export interface ITrainingSetup {
  readonly backend: string;
  readonly filters: number;
  readonly epochs: number;
  readonly batch: number;
}

const BACKEND_LABELS: { readonly [name: string]: string } = {
  auto: 'automatic',
  webgpu: 'WebGPU',
  webgl: 'WebGL',
  wasm: 'WASM',
  cpu: 'CPU'
};

export class BenchSession {
  /**
   * A notebook with data of a size; nothing is explored yet.
   * @param options - further arguments of `explore()`.
   * @param cells - what comes after that cell.
   */
  static async open(
    page: Page,
    server: IServer,
    size: ISize,
    options = '',
    cells: readonly string[] = []
  ): Promise<BenchSession> {
    await page.addInitScript(installProbe);
    const name = `bench-${size.ny}-${size.nx}-${size.channels}`;
    const file = writeNotebook(server, name, [
      dataCell(size),
      `ex = eelscape.explore(data, picture, ${options})\nex`,
      ...cells
    ]);
    await openNotebook(page, server, file);
    // The file browser would take room from the panel.
    await execute(page, 'application:toggle-left-area');
    await runNext(page);
    await waitForCell(page, 0, 120_000);
    await execute(page, 'docmanager:save');
    const text = await page
      .locator('.jp-Notebook .jp-CodeCell .jp-OutputArea-output')
      .first()
      .innerText();
    const pid = Number(/pid (\d+)/.exec(text)?.[1]);
    return new BenchSession(page, await Meter.of(page, pid));
  }

  private constructor(
    readonly page: Page,
    readonly meter: Meter
  ) {}

  /** Milliseconds from the request to run `explore()` to the navigator on screen. */
  async firstPicture(): Promise<number> {
    const took = await this.page.evaluate(async () => {
      const app = (
        window as unknown as {
          jupyterapp: { commands: { execute(id: string): Promise<unknown> } };
        }
      ).jupyterapp;
      const drawn = self.probe.firstPicture(
        document.querySelectorAll('[data-eelscape-id]').length
      );
      const start = performance.now();
      void app.commands.execute('notebook:run-cell-and-select-next');
      return (await drawn) - start;
    });
    await this.page.evaluate(countReadouts);
    return took;
  }

  /** Fills in the setup form. */
  async setUp(setup: ITrainingSetup): Promise<void> {
    const form = panel(this.page).locator('[data-eelscape-view="setup"]');
    const folded = form.getByRole('button', { expanded: false });
    if (await folded.first().isVisible()) {
      await folded.first().click();
    }
    for (const [label, value] of [
      ['Filters', setup.filters],
      ['Epochs', setup.epochs],
      ['Batch', setup.batch]
    ] as const) {
      const field = form.getByLabel(label, { exact: true });
      await field.fill(String(value));
      await field.press('Enter');
    }
    await form
      .getByLabel('Backend', { exact: true })
      .selectOption({ label: BACKEND_LABELS[setup.backend] });
    await this.page.waitForTimeout(1500);
  }

  async press(name: 'Train' | 'Stop'): Promise<void> {
    await panel(this.page)
      .getByRole('toolbar')
      .first()
      .getByRole('button', { name, exact: true })
      .click();
  }

  async waitFor(status: string, timeout: number): Promise<void> {
    // Not by expect: it describes the whole page whenever the status is another.
    await this.page.waitForFunction(
      wanted =>
        document
          .querySelector('[data-eelscape-id]')
          ?.getAttribute('data-eelscape-status') === wanted,
      status,
      { timeout, polling: 250 }
    );
  }

  /** Waits until a worker has reported a step of a run that began after `since`. */
  async waitForStep(since: number, timeout: number): Promise<void> {
    await this.page.waitForFunction(
      from =>
        self.probe.notes.some(
          note => note.at > from && note.type === 'progress' && note.step
        ),
      since,
      { timeout, polling: 250 }
    );
  }

  now(): Promise<number> {
    return this.page.evaluate(() => performance.now());
  }

  /** What kept timers waiting since a time. */
  async watchTimers(on: boolean): Promise<void> {
    await this.page.evaluate(timers => {
      self.probe.watch(timers, false);
    }, on);
  }

  gaps(since: number): Promise<[number, number][]> {
    return this.page.evaluate(
      from => self.probe.gaps.filter(([at]) => at >= from),
      since
    );
  }

  notes(since: number): Promise<INote[]> {
    return this.page.evaluate(
      from => self.probe.notes.filter(note => note.at >= from),
      since
    );
  }

  sockets(since: number): Promise<IFrame[]> {
    return this.page.evaluate(
      from => self.probe.sockets.filter(frame => frame.at >= from),
      since
    );
  }

  /** Drags over the navigator; the animation frames' times and how often the readout changed. */
  async drag(
    seconds: number
  ): Promise<{ frames: number[]; readouts: number; moves: number }> {
    const navigator = panel(this.page).locator(
      '[data-eelscape-view="navigator"] [role="application"]'
    );
    const box = (await navigator.boundingBox())!;
    // The picture begins at the top left, whatever its aspect and what stands below it.
    const radius = 0.1 * Math.min(box.width, box.height);
    const [x, y] = [box.x + 0.35 * box.width, box.y + 0.2 * box.height];
    await this.page.mouse.move(x + radius, y);
    await this.page.mouse.down();
    const before = await this.page.evaluate(() => {
      self.probe.frames.length = 0;
      self.probe.watch(true, true);
      return self.probe.readouts;
    });
    await this.page.screenshot({ path: 'build/screens/bench-drag.png' });
    const begin = Date.now();
    let moves = 0;
    while (Date.now() - begin < 1000 * seconds) {
      const angle = 0.11 * ++moves;
      this.meter.moveMouse(
        x + radius * Math.cos(angle),
        y + radius * Math.sin(angle)
      );
      // A mouse reports at least once a frame.
      await new Promise(resolve => setTimeout(resolve, 8));
    }
    const found = await this.page.evaluate(() => {
      self.probe.watch(true, false);
      return {
        frames: [...self.probe.frames],
        readouts: self.probe.readouts
      };
    });
    await this.page.mouse.up();
    return { ...found, readouts: found.readouts - before, moves };
  }
}
