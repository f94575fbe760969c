import type { Locator } from '@playwright/test';
import { openExplored } from '../explored';
import { expect, test } from '../lab';

/** Names of the curves that a part of the signal plot has painted. */
async function curvesOf(signal: Locator, part: string): Promise<string[]> {
  const names = await signal
    .locator(`[data-layer=${part}]`)
    .getAttribute('data-eelscape-curves');
  return names ? names.split('|') : [];
}

/** What the plot's curves look like: the pixels of its canvas, and how many are not empty. */
function paintedOn(
  signal: Locator
): Promise<{ picture: string; pixels: number }> {
  return signal.locator('canvas').evaluate(node => {
    const canvas = node as HTMLCanvasElement;
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
    let pixels = 0;
    for (let i = 3; i < data.length; i += 4) {
      pixels += data[i] > 0 ? 1 : 0;
    }
    return { picture: canvas.toDataURL(), pixels };
  });
}

/** The pixel that a readout tells of. */
const readout = '[data-eelscape-readout]';

test('locations are pinned, named, visited and removed; every view and Python follow', async ({
  page,
  server
}) => {
  const { root, view, show, python } = await openExplored(
    page,
    server,
    'pins',
    [2]
  );
  const pins = await show('pins', 'upper');
  await expect(pins).toContainText('No pinned locations yet');
  const navigator = view('navigator').locator('.jp-Eelscape-body');
  await navigator.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('p');
  const cells = pins.locator('[role=option]');
  await expect(cells).toHaveCount(1);
  await expect(view('navigator').locator('.jp-Eelscape-pin')).toHaveCount(1);

  // A name, by keys alone.
  const list = pins.getByRole('listbox');
  await list.focus();
  await page.keyboard.press('F2');
  await page.keyboard.type('first');
  await page.keyboard.press('Enter');
  await expect(pins.locator('svg')).toContainText(['first']);

  await pins.getByRole('button', { name: 'Suggest four' }).click();
  await expect(cells).toHaveCount(5);
  for (const name of ['void', 'particle', 'gap', 'edge']) {
    await expect(
      pins.getByRole('option', {
        name: new RegExp(`^[a-e], ${name}, .*relative error 2L [\\d.]+ %`)
      })
    ).toHaveCount(1);
  }

  // A click moves the pointer for every view.
  const gap = pins.getByRole('option', { name: /, gap, / });
  await gap.click();
  await expect(gap).toHaveAttribute('aria-selected', 'true');
  const [, x, y] = (await gap.getAttribute('aria-label'))!.match(
    /pixel (\d+), (\d+)/
  )!;
  const place = root.locator(readout);
  await expect(place).toHaveAttribute('data-row', y);
  await expect(place).toHaveAttribute('data-column', x);
  await expect(view('signal')).toContainText(`pixel (${x}, ${y})`);

  // A click in the navigator pins while that is chosen.
  await pins.getByRole('button', { name: 'Pin by clicks' }).click();
  const box = (await navigator.boundingBox())!;
  await page.mouse.click(box.x + box.width * 0.4, box.y + box.height * 0.4);
  await expect(cells).toHaveCount(6);

  await list.focus();
  await page.keyboard.press('Delete');
  await expect(cells).toHaveCount(5);
  await expect
    .poll(async () =>
      (
        await python(
          'print(sorted(ex.pins), [pin.name for pin in ex.pins.values()])'
        )
      ).trim()
    )
    .toBe(
      "['a', 'b', 'c', 'd', 'e'] ['first', 'void', 'particle', 'gap', 'edge']"
    );
});

test('the signal compares the pointer with the second one, a square and the selection', async ({
  page,
  server
}) => {
  const { view, python } = await openExplored(page, server, 'compare', [2]);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const signal = view('signal');
  const legend = signal.locator('.jp-Eelscape-legendText');
  await expect.poll(() => curvesOf(signal, 'residual')).toEqual(['2L']);
  const before = await paintedOn(signal);
  expect(before.pixels).toBeGreaterThan(200);
  await view('navigator').locator('.jp-Eelscape-body').focus();
  await page.keyboard.press('e');
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press('ArrowDown');
  }
  await expect(legend).toHaveText(['measured at 2', '2L at 2']);
  await expect
    .poll(() => curvesOf(signal, 'residual'))
    .toEqual(['2L', '2L at 2']);
  await expect
    .poll(() => curvesOf(signal, 'lines'))
    .toEqual(['measured at 2', '2L at 2', 'measured', '2L']);
  await expect(view('readout')).toContainText('2: (');
  const single = await paintedOn(signal);
  expect(single.pixels).toBeGreaterThan(before.pixels);
  await page.keyboard.press('.');
  await expect(view('readout')).toContainText('measured 3 \u00d7 3');
  await expect
    .poll(async () => (await paintedOn(signal)).picture)
    .not.toBe(single.picture);
  await page.keyboard.press(',');
  await expect
    .poll(async () => (await paintedOn(signal)).picture)
    .toBe(single.picture);

  // A selection by keys: its mean in the plot is NumPy's.
  await page.keyboard.press('s');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('s');
  // Only windows count: some of the rectangle's pixels have none.
  await expect
    .poll(() => python('print(ex.selection.mask.sum() > 0)'))
    .toBe('True\n');
  const count = (await python('print(ex.selection.mask.sum())')).trim();
  const selection = `selection of ${count}, mean \u00b1 sd`;
  await expect(legend).toHaveText(['measured at 2', '2L at 2', selection]);
  await signal.locator('.jp-Eelscape-body').focus();
  await page.keyboard.press('Control+c');
  await expect(signal.locator('.jp-Eelscape-copied')).toHaveText(
    'Copied, 64 rows'
  );
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const [head, ...lines] = copied.trim().split('\n');
  expect(head).toMatch(/^Energy loss \(eV\),measured at 2,/);
  expect(head).toContain(selection);
  const rows = lines.map(line => line.split(',').map(Number));
  const wanted = JSON.parse(
    await python(
      [
        'mask = ex.selection.mask',
        'chosen = si[mask].astype(float)',
        'print(json.dumps([chosen.mean(0).tolist(), chosen.std(0, ddof=1).tolist()]))'
      ].join('\n')
    )
  ) as [number[], number[]];
  const columns = rows[0].map((_, c) => rows.map(row => row[c]));
  const near = (a: readonly number[], b: readonly number[]): boolean =>
    a.every((value, i) => Math.abs(value - b[i]) <= 1e-5 * Math.abs(b[i]));
  for (const values of wanted) {
    expect(columns.some(column => near(column, values))).toBe(true);
  }

  // The form of the curves, by keys.
  await page.keyboard.press('c');
  const form = page.getByRole('dialog', { name: 'Curves of the plot' });
  await form.getByRole('checkbox', { name: 'Second pointer' }).uncheck();
  await expect(legend).toHaveText([selection]);
  await page.keyboard.press('Escape');
  await expect(form).toBeHidden();
});
