import type { Page } from '@playwright/test';
import { openExplored } from '../explored';
import { expect, test } from '../lab';

/** Rank correlation and sizes as an independent computation of what the panel has sent has them. */
const AGAIN = [
  'import numpy as np',
  'from scipy.stats import spearmanr',
  'from sklearn.mixture import GaussianMixture',
  'from sklearn.neighbors import NearestNeighbors',
  'm = ex.models[-1]',
  'z = m.latents().reshape(-1, 2)',
  'inside = np.isfinite(z).all(axis=1)',
  'z = z[inside].astype(float)'
].join('\n');

const clickAt = async (page: Page, selector: string, number: number) => {
  const box = (await page.locator(selector).nth(number).boundingBox())!;
  await page.mouse.click(box.x + 30, box.y + box.height / 2);
};

test('clusters select windows in every view and in Python', async ({
  page,
  server
}) => {
  const { view, show, python } = await openExplored(page, server, 'clusters');
  const clusters = await show('clusters');
  const cards = clusters.locator('.jp-Eelscape-clusterColour');
  await expect(cards).toHaveCount(8, { timeout: 60_000 });

  const k = clusters.getByLabel('k', { exact: true });
  await k.fill('3');
  await k.press('Enter');
  await expect(cards).toHaveCount(3, { timeout: 30_000 });
  const sizes = await python(
    `${AGAIN}\nlabels = GaussianMixture(3, n_init=3, max_iter=300, random_state=0).fit_predict(z)\nprint(*sorted(np.bincount(labels), reverse=True))`
  );
  const [first, second] = sizes.trim().split(' ');
  await expect(clusters).toContainText(`${first} (`);

  await clickAt(page, '.jp-Eelscape-clusterColour', 1);
  await expect(view('latent')).toContainText(`${second} of`);
  await expect
    .poll(() => python('print(int(ex.selection.mask.sum()))'))
    .toBe(`${second}\n`);
  await clusters.getByRole('button', { name: 'Map' }).click();
  await expect(view('navigator').locator('text=Cluster, 2L')).toBeVisible();

  // By keys alone: another cluster, then none.
  await clusters.locator('[role="application"]').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(view('latent')).toContainText(`${first} of`);
  await page.keyboard.press('Escape');
  await expect(view('latent')).not.toContainText(`${first} of`);
  expect(
    await python(
      'c = m.clusters(3)\nprint(c.sizes[0], sorted(c.labels[c.labels >= 0])[-1])'
    )
  ).toBe(`${first} 2\n`);
});

test('veracity has the number that SciPy has, and its windows are selected', async ({
  page,
  server
}) => {
  const { view, show, python } = await openExplored(page, server, 'veracity');
  const veracity = await show('veracity');
  const expected = await python(
    `${AGAIN}\nnear = NearestNeighbors(n_neighbors=11).fit(z).kneighbors(z, return_distance=False)[:, 1:]\nfrom eelscape.windows import cut_windows\nf = cut_windows(haadf, np.flatnonzero(inside), 8).reshape(len(z), -1).astype(float)\nspread = [np.sqrt(v[near].var(axis=1).sum(axis=1)) for v in (f, z)]\nprint(f"{spearmanr(*spread).statistic:.2f}")`
  );
  await expect(veracity.locator('.jp-Eelscape-veracityNumber')).toHaveText(
    `Rank correlation ${expected.trim().replace('-', '\u2212')}`,
    {
      timeout: 30_000
    }
  );
  await veracity.getByRole('button', { name: 'Map' }).click();
  await expect(view('navigator').locator('text=Spread of 10')).toBeVisible();

  const body = veracity.locator('[role="application"]');
  await body.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(view('latent')).toContainText('21 of');
  const box = (await body.boundingBox())!;
  await page.mouse.move(box.x + 20, box.y + 34);
  await page.mouse.down();
  await page.mouse.move(box.x + 200, box.y + 100, { steps: 3 });
  await page.mouse.move(box.x + box.width - 4, box.y + box.height - 4);
  await page.mouse.up();
  const all = await python('print(len(z))');
  await expect
    .poll(() => python('print(int(ex.selection.mask.sum()))'))
    .toBe(all);
});
