/** A notebook with trained networks in its panel, for tests of what people do with them. */
import type { Locator, Page } from '@playwright/test';
import {
  expect,
  openNotebook,
  panel,
  writeNotebook,
  type IServer
} from './lab';
import { runInKernel } from './leaks';

/** A scan with structure: discs whose spectra peak higher where there is more of them. */
export const DATA = [
  'import json, numpy as np, eelscape',
  'rows, columns = np.mgrid[0:34, 0:44].astype(np.float32)',
  'haadf = (0.5 + 0.5 * np.sin(rows / 3.1) * np.cos(columns / 3.7)).astype(np.float32)',
  'energy = np.linspace(0.2, 1.2, 64, dtype=np.float32)',
  'peak = np.exp(-(((energy - 0.5) / 0.08) ** 2)) + 0.4 * np.exp(-(((energy - 0.8) / 0.06) ** 2))',
  'noise = np.random.default_rng(1).normal(0, 0.5, (34, 44, 64)).astype(np.float32)',
  'si = (20 * (1.2 - haadf[..., None]) * peak + 4 * columns[..., None] / 44 * energy + noise + 2).astype(np.float32)',
  'axes = [dict(name="y", units="nm", scale=2.0, offset=0.0, size=34), dict(name="x", units="nm", scale=2.0, offset=0.0, size=44), dict(name="Energy loss", units="eV", scale=float(energy[1] - energy[0]), offset=0.2, size=64)]',
  'ex = eelscape.explore(si, haadf, axes=axes, title="discs")'
].join('\n');
const TRAIN =
  'filters=8, window=8, epochs=3, batch_size=64, seed=1, backend="wasm"';

export interface IExplored {
  readonly root: Locator;
  /** Runs code in the notebook's kernel, where `ex`, `si`, `haadf` and `eelscape` are known; what it printed. */
  python(code: string): Promise<string>;
  /** A view of the panel by its name. */
  view(name: string): Locator;
  /** Shows a view in one of the two places whose view is chosen. */
  show(name: string, slot?: 'upper' | 'lower'): Promise<Locator>;
}

/** Gives the panel the whole main area, the notebook behind it. */
export async function showAlone(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { shell } = (
      window as unknown as {
        jupyterapp: {
          shell: {
            mode: string;
            widgets(area: string): Iterable<{ id: string; node: HTMLElement }>;
            activateById(id: string): void;
            collapseLeft(): void;
          };
        };
      }
    ).jupyterapp;
    const widget = [...shell.widgets('main')].find(
      ({ node }) =>
        node.matches('[data-eelscape-id]') ||
        node.querySelector('[data-eelscape-id]')
    )!;
    shell.collapseLeft();
    shell.mode = 'single-document';
    shell.activateById(widget.id);
  });
}

/**
 * Opens a notebook whose panel holds trained networks.
 * @param latents - a network each; of `kind`.
 */
export async function openExplored(
  page: Page,
  server: IServer,
  name: string,
  latents: readonly number[] = [2],
  kind: 'im2spec' | 'spec2im' = 'im2spec'
): Promise<IExplored> {
  await openNotebook(page, server, writeNotebook(server, name, ['']));
  const python = (code: string) => runInKernel(page, code);
  expect(await python(DATA)).toBe('');
  const root = panel(page);
  await expect(root).toHaveAttribute('data-eelscape-status', 'ready', {
    timeout: 60_000
  });
  for (const n of latents) {
    expect(
      await python(
        `ex.train("${kind}", latent_dims=${n}, ${TRAIN})\nprint("trained")`
      )
    ).toContain('trained');
  }
  await expect(root).toHaveAttribute('data-eelscape-status', 'done', {
    timeout: 60_000
  });
  await showAlone(page);
  await expect(root).toHaveAttribute('data-eelscape-layout', 'wide');
  const view = (id: string) => root.locator(`[data-eelscape-view="${id}"]`);
  const show = async (id: string, slot: 'upper' | 'lower' = 'lower') => {
    if (!(await view(id).isVisible())) {
      // The order in the page is not that of the two places.
      const choices = root.locator('.jp-Eelscape-viewChoice:visible');
      const tops = await Promise.all(
        [0, 1].map(async i => (await choices.nth(i).boundingBox())!.y)
      );
      const first = tops[0] < tops[1] ? 0 : 1;
      await choices.nth(slot === 'upper' ? first : 1 - first).selectOption(id);
    }
    await expect(view(id)).toBeVisible();
    return view(id);
  };
  return { root, python, view, show };
}
