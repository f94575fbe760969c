import type { Locator } from '@playwright/test';
import { openExplored } from '../explored';
import { expect, test } from '../lab';

/** Windows in the selection as Python knows it, once it has been told. */
const SELECTED =
  'import time\ntime.sleep(0.6)\nprint(int(ex.selection.mask.sum()))';

async function boxOf(view: Locator): Promise<{
  readonly x: number;
  readonly y: number;
}> {
  return (await view.locator('.jp-Eelscape-body').boundingBox())!;
}

/** The texts of some marks once they have stayed the same for half a second. */
async function settled(marks: Locator): Promise<string[]> {
  let texts: string[] = [];
  await expect
    .poll(
      async () => {
        const before = texts;
        texts = await marks.allTextContents();
        return texts.length > 0 && texts.join() === before.join();
      },
      { intervals: [500] }
    )
    .toBe(true);
  return texts;
}

test('a lasso in latent selects in every view and in Python', async ({
  page,
  server
}) => {
  const { view, show, python } = await openExplored(
    page,
    server,
    'latent',
    [2]
  );
  const latent = view('latent');
  const distributions = await show('distributions');
  const { x, y } = await boxOf(latent);
  const note = latent.locator('[data-layer="axes"] .jp-Eelscape-label');
  await expect(note).toContainText('Shift-drag selects');
  // Round the right half of the square.
  await page.keyboard.down('Shift');
  await page.mouse.move(x + 190, y + 10);
  await page.mouse.down();
  for (const [dx, dy] of [
    [370, 10],
    [370, 330],
    [190, 330]
  ]) {
    await page.mouse.move(x + dx, y + dy, { steps: 4 });
  }
  await expect(latent.locator('.jp-Eelscape-lasso')).toHaveCount(1);
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await expect(note).toHaveText(/^\d+ of \d+ windows selected$/);
  const count = parseInt((await note.textContent())!, 10);
  expect(count).toBeGreaterThan(0);
  await expect(distributions).toContainText(`${count} selected`);
  await expect(view('signal')).toContainText(`selection of ${count}`);
  expect(await python(SELECTED)).toBe(`${count}\n`);
  // The keys of the distributions select by the values of a latent.
  const body = distributions.locator('.jp-Eelscape-body');
  await body.focus();
  await page.keyboard.press('ArrowRight');
  for (let i = 0; i < 11; i++) {
    await page.keyboard.press('Shift+ArrowRight');
  }
  await page.keyboard.press('Enter');
  const expected = await python(
    'import numpy as np\nz = ex.models[-1].latents()[..., 0]\nz = z[np.isfinite(z)]\ncounts, _ = np.histogram(z.astype(float), 32)\nprint(int(counts[:12].sum()))'
  );
  // Until the selection is drawn the note is that of the lasso.
  await expect(note).toHaveText(
    new RegExp(`^${expected.trim()} of \\d+ windows selected$`)
  );
  await page.keyboard.press('Escape');
  await expect(note).toContainText('Shift-drag selects');
  expect(await python(SELECTED)).toBe('0\n');
});

test('the latent plot zooms, and tiles show where their windows lie', async ({
  page,
  server
}) => {
  const { root, view } = await openExplored(page, server, 'zoom', [3]);
  const latent = view('latent');
  const ticks = latent.locator('.tick text');
  // The panel is done a moment before the last evaluation is drawn.
  const fitted = await settled(ticks);
  const { x, y } = await boxOf(latent);
  await page.mouse.move(x + 200, y + 170);
  await page.mouse.wheel(0, -400);
  await expect.poll(() => ticks.allTextContents()).not.toEqual(fitted);
  await page.mouse.dblclick(x + 60, y + 320);
  await expect.poll(() => ticks.allTextContents()).toEqual(fitted);
  // By keys.
  await latent.locator('.jp-Eelscape-body').focus();
  await page.keyboard.press('+');
  await expect.poll(() => ticks.allTextContents()).not.toEqual(fitted);
  await page.keyboard.press('0');
  await expect.poll(() => ticks.allTextContents()).toEqual(fitted);
  await page.keyboard.press('s');
  const note = latent.locator('[data-layer="axes"] .jp-Eelscape-label');
  await expect(note).toHaveText(/windows selected$/);
  // Another latent along y.
  await latent.getByLabel(/Latent along y/).selectOption('2');
  await expect(view('decoded').locator('.jp-Eelscape-latentName')).toHaveText([
    'L1',
    'L3'
  ]);
  const colour = latent.getByLabel('Colour of the points');
  await colour.selectOption('latent:1');
  await expect(colour).toHaveValue('latent:1');
  // The tile's windows are rung on the image.
  const projected = view('projected');
  await projected
    .getByLabel('Windows nearest to a node that are averaged')
    .selectOption('5');
  const tile = await boxOf(projected);
  await page.mouse.move(tile.x + 150, tile.y + 150);
  await expect(root.locator('.jp-Eelscape-tooltip')).toContainText(
    'spread of the 5'
  );
  const rings = view('navigator').locator('.jp-mod-highlight');
  await expect(rings).not.toHaveCount(0);
  await page.mouse.move(tile.x + 60, tile.y - 12);
  await expect(rings).toHaveCount(0);
  await expect(root.locator('.jp-Eelscape-tooltip')).toBeHidden();
});
