/** A panel over a sample, worked as people work it, and its figures saved by its own Export. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { showAlone } from '../explored';
import {
  expect,
  openNotebook,
  panel,
  writeNotebook,
  type IServer
} from '../lab';
import { runInKernel } from '../leaks';
import {
  argumentsFor,
  FIGURES,
  fileOf,
  type INetwork,
  type Kind,
  type Sample
} from './networks';

export class PaperSession {
  /** A notebook that explores a sample; the panel has the whole main area. */
  static async open(
    page: Page,
    server: IServer,
    sample: Sample
  ): Promise<PaperSession> {
    const file = writeNotebook(server, `paper-${sample}`, ['']);
    await openNotebook(page, server, file);
    const session = new PaperSession(page);
    await session.python(
      `import json, numpy as np, eelscape\nsi, haadf = eelscape.sample("${sample}")\nex = eelscape.explore(si, haadf)`
    );
    await expect(session.root).toHaveAttribute(
      'data-eelscape-status',
      'ready',
      { timeout: 120_000 }
    );
    await showAlone(page);
    return session;
  }

  private constructor(readonly page: Page) {
    this.root = panel(page);
  }

  readonly root: Locator;

  /** Runs code in the kernel and returns what it printed; fails where it raised. */
  async python(code: string): Promise<string> {
    const printed = await runInKernel(this.page, code);
    expect(printed).not.toMatch(/^\w*(Error|Exception|Refused)\b/m);
    return printed;
  }

  /** Trains a network in the panel and keeps it, where that was not done before. */
  async train(network: INetwork): Promise<void> {
    const file = fileOf(network);
    if (fs.existsSync(file)) {
      return;
    }
    const started = Date.now();
    await this.python(
      `model = ex.train("${network.kind}", ${argumentsFor(network)})\nmodel.save(${JSON.stringify(file)})`
    );
    const seconds = Math.round((Date.now() - started) / 1000);
    console.log(path.basename(file), `${seconds} s`);
  }

  /** Opens a kept network in the panel. */
  async show(network: INetwork): Promise<void> {
    const chips = this.root.locator('.jp-Eelscape-chip');
    await this.choose(network.kind);
    const before = await chips.count();
    await this.python(
      `ex.show(eelscape.load(${JSON.stringify(fileOf(network))}, si, haadf))`
    );
    await expect(chips).toHaveCount(before + 1, { timeout: 120_000 });
  }

  /** The direction: im2spec or spec2im. */
  async choose(kind: Kind): Promise<void> {
    const radio = this.root.getByRole('radio', { name: kind }).first();
    await radio.click();
    await expect(radio).toBeChecked();
    await this.rest();
  }

  /** Makes a network the active one: its latent space is shown. */
  async activate(latents: number): Promise<void> {
    const chip = this.root
      .locator('.jp-Eelscape-chip')
      .filter({ hasText: new RegExp(`^${latents}L$`) });
    await chip.click();
    await expect(chip).toHaveAttribute('aria-pressed', 'true');
    await this.rest();
  }

  view(name: string): Locator {
    return this.root.locator(`[data-eelscape-view="${name}"]`);
  }

  /** Brings a view into one of the two places whose view is chosen. */
  async place(name: string, slot: 'upper' | 'lower'): Promise<Locator> {
    if (!(await this.view(name).isVisible())) {
      const choices = this.root.locator('.jp-Eelscape-viewChoice:visible');
      await choices.nth(slot === 'upper' ? 0 : 1).selectOption(name);
    }
    await expect(this.view(name)).toBeVisible();
    await this.rest();
    return this.view(name);
  }

  /** Saves a view that has the whole panel, on a page of a size at which its text can be read in print. */
  async saveAlone(view: string, name: string): Promise<void> {
    const size = this.page.viewportSize()!;
    await this.page.setViewportSize({ width: 1080, height: 800 });
    await this._toggleAlone(view);
    await this.save(view, name, 120);
    await this._toggleAlone(view);
    await this.page.setViewportSize(size);
    await this.rest();
  }

  private async _toggleAlone(view: string): Promise<void> {
    await this.view(view)
      .locator('.jp-Eelscape-heading')
      .dblclick({ position: { x: 2, y: 2 } });
    await this.rest();
  }

  /** What is drawn late has been drawn after this. */
  async rest(): Promise<void> {
    await this.page.waitForTimeout(1500);
  }

  /**
   * Saves a view, or '' for the whole panel, as PNG through the Export dialog.
   * @param width - mm at 300 dpi.
   */
  async save(view: string, name: string, width = 72): Promise<void> {
    await this.root
      .getByRole('toolbar')
      .first()
      .getByRole('button', { name: 'Export' })
      .click();
    await this.page.getByRole('menuitem', { name: 'Figure' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Export figure' });
    await dialog.getByLabel('Figure', { exact: true }).selectOption(view);
    await dialog.getByRole('radio', { name: 'PNG' }).click();
    await dialog.getByLabel('Size').selectOption('print');
    const field = dialog.getByLabel('Width');
    await field.fill(String(width));
    await field.press('Tab');
    await dialog.getByLabel('Background').selectOption('white');
    // The page says once what captions would say below every figure.
    await dialog.getByLabel('Caption').setChecked(view === '');
    const [download] = await Promise.all([
      this.page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Save' }).click()
    ]);
    fs.mkdirSync(FIGURES, { recursive: true });
    await download.saveAs(path.join(FIGURES, `${name}.png`));
    await expect(dialog).toHaveCount(0);
  }

  /** Places rectangles by their corners (column, row) and names them R1, R2, ... */
  async regions(
    corners: readonly (readonly [
      readonly [number, number],
      readonly [number, number]
    ])[]
  ): Promise<void> {
    const shapes = corners.map((points, i) => ({
      name: `R${i + 1}`,
      kind: 'rectangle',
      points
    }));
    await this.python(
      'import json\nfrom dataclasses import replace\n' +
        `shapes = json.loads(${JSON.stringify(JSON.stringify(shapes))})\n` +
        'ex._line.place(replace(ex._line.panel_state, regions=tuple(shapes)))'
    );
    await this.rest();
  }

  /** Moves the pointer by a click on a pixel (column, row). */
  async point(column: number, row: number): Promise<void> {
    await this.page.mouse.click(
      ...(await this.onScreen([column + 0.5, row + 0.5]))
    );
    await this.rest();
  }

  /** Where a place of the scan, in pixels, stands on screen; the ticks of the axes tell. */
  private async onScreen([column, row]: readonly [number, number]): Promise<
    [number, number]
  > {
    const [x, y] = await this.view('navigator').evaluate(view => {
      // The x axis comes first: its ticks run along x, those of the y axis along y.
      const axes = Array.from(view.querySelectorAll('.jp-Eelscape-axis'));
      const along = (name: 'x' | 'y') => {
        for (const axis of axes) {
          const ticks = Array.from(axis.querySelectorAll('.tick')).map(tick => {
            const box = tick.querySelector('line')!.getBoundingClientRect();
            const value = Number(tick.textContent!.replace('\u2212', '-'));
            return [value, name === 'x' ? box.x : box.y] as const;
          });
          const [first, last] = [ticks[0], ticks[ticks.length - 1]];
          if (ticks.length > 1 && Math.abs(last[1] - first[1]) > 20) {
            const scale = (last[1] - first[1]) / (last[0] - first[0]);
            return [first[1] - scale * first[0], scale] as const;
          }
        }
        throw new Error('The navigator has no axes.');
      };
      return [along('x'), along('y')];
    });
    const scale = await this.python(
      'print(json.dumps([a.scale for a in si.axes[:2]]))'
    );
    const [dy, dx] = JSON.parse(scale) as [number, number];
    return [x[0] + x[1] * dx * column, y[0] + y[1] * dy * row];
  }
}
