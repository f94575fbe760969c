/** Figures and tables that leave the panel as files. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Download, Page } from '@playwright/test';
import { openExplored } from '../explored';
import { expect, test } from '../lab';

async function bytesOf(download: Download): Promise<Buffer> {
  return fs.readFileSync((await download.path())!);
}

/** Saves what the dialog shows now. */
async function save(page: Page): Promise<Buffer> {
  const dialog = page.getByRole('dialog', { name: 'Export figure' });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Save' }).click()
  ]);
  await expect(dialog).toHaveCount(0);
  return bytesOf(download);
}

test('figures have what a reader needs, in the size and colours asked for', async ({
  page,
  server
}) => {
  const { root, view } = await openExplored(page, server, 'export', [2]);
  const open = async () => {
    await root
      .getByRole('toolbar')
      .first()
      .getByRole('button', { name: 'Export' })
      .click();
    await page.getByRole('menuitem', { name: 'Figure…' }).click();
    return page.getByRole('dialog', { name: 'Export figure' });
  };

  // An SVG of the navigator: words are text, the image is inside, nothing comes from elsewhere.
  let dialog = await open();
  await dialog
    .getByLabel('Figure', { exact: true })
    .selectOption({ label: 'Navigator' });
  const svg = (await save(page)).toString('utf8');
  for (const part of [
    '>Navigator<',
    'x (nm)',
    'y (nm)',
    'eelscape\u00a00.',
    'split\u00a0left\u00a0|\u00a0right',
    'font-family=',
    'data:image/png;base64,'
  ]) {
    expect(svg).toContain(part);
  }
  expect(svg).not.toMatch(
    /class=|var\(--|<foreignObject|https?:\/\/(?!www\.w3\.org)/
  );

  // A PNG for print: 80 mm at 300 dpi, and the file says so.
  dialog = await open();
  await dialog
    .getByLabel('Figure', { exact: true })
    .selectOption({ label: 'Signal' });
  await dialog.getByRole('radio', { name: 'PNG' }).click();
  await dialog.getByLabel('Size').selectOption('print');
  await dialog.getByLabel('Width').fill('80');
  await dialog.getByLabel('Width').press('Tab');
  await expect(dialog).toContainText('945 \u00d7');
  const png = await save(page);
  expect(png.readUInt32BE(16)).toBe(945);
  expect(png.subarray(37, 41).toString('latin1')).toBe('pHYs');
  expect(png.readUInt32BE(41)).toBe(11811);

  // The screen is as it was: in its own colours, with its bars.
  await expect(root).not.toHaveClass(/jp-mod-print/);
  await expect(
    view('navigator').locator('.jp-Eelscape-scaleText')
  ).toBeVisible();

  // Transparent, without words: smaller, and its corner lets through what is below.
  dialog = await open();
  await dialog.getByLabel('Background').selectOption('transparent');
  await dialog.getByLabel('Title').uncheck();
  await dialog.getByLabel('Caption').uncheck();
  await dialog.getByLabel('Size').selectOption('screen');
  const bare = await save(page);
  const corner = await page.evaluate(
    async source => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = image.width;
      canvas.height = image.height;
      const context = canvas.getContext('2d')!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      const drawn = data.filter((value, i) => i % 4 === 3 && value > 0).length;
      return { alpha: data[3], drawn, width: image.width };
    },
    `data:image/png;base64,${bare.toString('base64')}`
  );
  expect(corner.alpha).toBe(0);
  expect(corner.drawn).toBeGreaterThan(10_000);
  // The whole panel, which was chosen anew.
  expect(corner.width).toBeGreaterThan(1300);
});

test('tables hold the numbers that Python has', async ({ page, server }) => {
  const { show, view, python } = await openExplored(page, server, 'table', [2]);
  await show('training');
  await view('training')
    .getByRole('button', { name: 'Training: more' })
    .click();
  await page.getByRole('menuitem', { name: 'Show as table' }).click();
  const dialog = page.getByRole('dialog', { name: 'Table' });
  const cells = await dialog.getByRole('cell').allTextContents();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Save as CSV' }).click()
  ]);
  const lines = (await bytesOf(download)).toString('utf8').trim().split('\n');
  expect(lines[0]).toMatch(/^Epoch,/);
  const rows = lines.slice(1).map(line => line.split(',').map(Number));
  const history = JSON.parse(
    await python(
      'h = ex.models[-1].history\nprint(json.dumps([h["train"], h["test"]]))'
    )
  ) as [number[], number[]];
  expect(rows.map(row => row[0])).toEqual(history[0].map((_, i) => i + 1));
  rows.forEach((row, i) => {
    expect(row[1]).toBeCloseTo(history[0][i], 6);
    expect(row[2]).toBeCloseTo(history[1][i], 6);
  });
  expect(cells).toHaveLength(3 * rows.length);
  expect(Number(cells[1])).toBeCloseTo(rows[0][1], 6);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(
    view('training').getByRole('button', { name: 'Training: more' })
  ).toBeFocused();

  // Arrays of NumPy, in their own shapes.
  await view('latent').getByRole('button', { name: 'Latent: more' }).click();
  await page.getByRole('menuitem', { name: 'Show as table' }).click();
  const [arrays] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Save as NPZ' }).click()
  ]);
  const file = path.join(server.folder, 'latent.npz');
  await arrays.saveAs(file);
  expect(
    await python(
      [
        `with np.load(${JSON.stringify(file)}) as found:`,
        '    rows, columns = found["positions"].T',
        '    same = found["encodings"] == ex.models[-1].latents()[rows, columns]',
        '    print(same.all(), same.shape[1], found["about"].tolist())'
      ].join('\n')
    )
  ).toMatch(/^True 2 \['encodings \(window, latent\) encodings by 2L'/);
  await dialog.getByRole('button', { name: 'Close' }).click();
});
