/** A model over other data, and structures for a wanted spectrum: what is done in the panel, and what must follow. */
import { openExplored } from '../explored';
import { expect, panel, test } from '../lab';

/** Other discs along other energies in a panel of their own. */
const OTHER = [
  'other = (0.5 + 0.5 * np.cos(rows / 3.6) * np.sin(columns / 2.9)).astype(np.float32)',
  'energy2 = np.linspace(0.15, 1.25, 100)',
  'peak2 = np.exp(-(((energy2 - 0.5) / 0.08) ** 2)) + 0.4 * np.exp(-(((energy2 - 0.8) / 0.06) ** 2))',
  'noise2 = np.random.default_rng(2).normal(0, 0.5, (34, 44, 100))',
  'si2 = (20 * (1.2 - other[..., None]) * peak2 + noise2 + 2).astype(np.float32)',
  'axes2 = [dict(axes[0], scale=4.0), dict(axes[1], scale=4.0), dict(name="Energy loss", units="eV", scale=float(energy2[1] - energy2[0]), offset=0.15, size=100)]',
  'model = ex.models[0]',
  'ex = eelscape.explore(si2, other, axes=axes2, title="other discs")'
].join('\n');

/** The same by NumPy and SciPy from what the kernel computes. */
const EXPECTED = [
  'from scipy.spatial import cKDTree',
  'windows = np.lib.stride_tricks.sliding_window_view(other, (8, 8)).reshape(-1, 8, 8)',
  'at = [(i + 4, j + 4) for i in range(27) for j in range(37)]',
  'p = model.predict(windows)',
  't = np.array([np.interp(energy, energy2, si2[i, j]) for i, j in at])',
  'low, high = model.scaling["spectrum"]',
  'e = np.sqrt(((p - t) ** 2).mean(1) / ((p + t - 2 * low) ** 2).mean(1))',
  'own = model.latents().astype(float)',
  'train, held = own[model.split == 0], own[model.split == 2]',
  'tree = cKDTree(train)',
  'threshold = np.percentile(tree.query(held)[0], 95)',
  'beyond = (tree.query(model.encode(windows).astype(float))[0] > threshold).mean()',
  'print(f"{100 * e.mean():.1f} % {100 * beyond:.0f} %")'
].join('\n');

/** What Python has of the Transfer view, or why it has none. */
const TRANSFERRED = [
  'try:',
  '    t = ex.transfer()',
  '    print(f"{100 * np.nanmean(t.errors):.1f} % {100 * t.beyond:.0f} % {t.model is model} {t.scale} {t.interpolated}")',
  'except Exception as error:',
  '    print(repr(error))'
].join('\n');

/** The first answer of a search as Python has it, and how far its errors are from those of NumPy. */
const SEARCHED = [
  'try:',
  '    i = ex.inverse()',
  '    low = i.model.scaling["spectrum"][0]',
  '    p, t = i.model.decode(i.latents), i.target',
  '    own = np.sqrt(((p - t) ** 2).mean(1) / ((p + t - 2 * low) ** 2).mean(1))',
  '    print(*i.latents[0], 100 * i.errors[0], np.abs(own / i.errors - 1).max() < 1e-5)',
  'except Exception as error:',
  '    print(repr(error))'
].join('\n');

test('a model is applied to other data, its errors and distances are those of NumPy and SciPy', async ({
  page,
  server
}) => {
  const { python, show } = await openExplored(page, server, 'transfer', [2]);
  await expect(await show('transfer')).toContainText('trained on other data');
  expect(await python(OTHER)).toBe('');
  const other = panel(page).last();
  await expect(other).toHaveAttribute('data-eelscape-status', 'ready');
  // What cannot stand beside the models of these data is brought into sight by itself.
  expect(await python('ex.show(model)')).toBe('');
  const transfer = other.locator('[data-eelscape-view="transfer"]');
  await expect(transfer).toBeVisible();
  await expect(transfer).toContainText('999 windows evaluated');
  const [error, , beyond] = (await python(EXPECTED)).trim().split(' ');
  const picture = transfer.locator('svg.jp-Eelscape-svg');
  await expect(picture).toContainText(`${error} %`);
  await expect(picture).toContainText(`${beyond} % lie beyond`);
  await expect(picture).toContainText('100 channels of 0.15');
  await expect(picture).toContainText('32 nm here, 16 nm in training');

  // Python has what the view shows.
  await expect
    .poll(async () => (await python(TRANSFERRED)).trim(), { timeout: 30_000 })
    .toBe(`${error} % ${beyond} % True network True`);

  // The measure is that of all views.
  await expect(transfer).toContainText('Relative error (%)');
  await transfer.getByLabel(/^Scale on which/).selectOption('data');
  // While the other scale is evaluated there is no map to click on; Python has the new one last.
  await expect
    .poll(() => python(TRANSFERRED), { timeout: 30_000 })
    .toContain(' True data ');
  await expect(transfer).toContainText('999 windows evaluated');
  await expect(
    transfer.getByRole('button', { name: 'Show in all' })
  ).toBeDisabled();

  // A click in the map moves the pointer everywhere, arrow keys too.
  const place = other.locator(
    '[data-eelscape-view="signal"] .jp-Eelscape-subtitle'
  );
  const before = await place.innerText();
  const map = transfer.locator('.jp-Eelscape-body');
  await map.click({ position: { x: 60, y: 90 } });
  await expect(place).not.toHaveText(before);
  const clicked = await place.innerText();
  await map.press('ArrowRight');
  await expect(place).not.toHaveText(clicked);

  // Without a model there is nothing to see, and the view says what to do.
  await transfer.getByLabel('Model of other data to apply').selectOption('');
  await expect(transfer).toContainText('open a .safetensors file');
});

test('structures are found for a spectrum that is taken, drawn or made of peaks', async ({
  page,
  server
}) => {
  const { python, show, view } = await openExplored(
    page,
    server,
    'inverse',
    [2]
  );
  const inverse = await show('inverse');
  const body = inverse.locator('.jp-Eelscape-body');
  const source = inverse.getByLabel('Target spectrum', { exact: true });
  const status = inverse.getByRole('status');
  await inverse.getByRole('button', { name: 'Search' }).click();
  await expect(status).toContainText(/^1: L1 .* relative error \d/);
  const picture = inverse.locator('svg.jp-Eelscape-svg');
  await expect(picture).toContainText('decoded 1');
  await expect(picture).toContainText('spread of the 3 nearest windows');

  // What is found is what the decoder gives in Python.
  const text = (await status.textContent())!;
  const [, a, b, error] =
    /L1 ([\d.−e]+), L2 ([\d.−e]+), relative error ([\d.]+) %/.exec(text)!;
  const number = (value: string): number => Number(value.replace('−', '-'));
  const [row, column] = (
    await view('signal').locator('.jp-Eelscape-subtitle').innerText()
  )
    .match(/\((\d+), (\d+)\)/)!
    .slice(1)
    .reverse()
    .map(Number);
  const found = await python(
    [
      'm = ex.models[0]',
      `p = m.decode(np.array([[${number(a)}, ${number(b)}]], dtype=np.float32))[0]`,
      `t = si[${row}, ${column}]`,
      'low = m.scaling["spectrum"][0]',
      'print(100 * np.sqrt(((p - t) ** 2).mean() / ((p + t - 2 * low) ** 2).mean()))'
    ].join('\n')
  );
  expect(Math.abs(Number(found) - Number(error))).toBeLessThan(0.3);
  await expect
    .poll(async () => (await python(SEARCHED)).trim(), { timeout: 30_000 })
    .toMatch(/ True$/);
  const answer = (await python(SEARCHED)).trim().split(' ').map(Number);
  [a, b, error].forEach((shown, i) =>
    expect(Math.abs(answer[i] - number(shown))).toBeLessThan(0.06)
  );

  // By keys: another structure, the pointer to its nearest window.
  await body.focus();
  await page.keyboard.press('2');
  await expect(status).toContainText(/^2: /);
  const place = view('signal').locator('.jp-Eelscape-subtitle');
  const before = await place.innerText();
  await page.keyboard.press('Shift+Enter');
  await expect(place).not.toHaveText(before);
  // The target follows the pointer.
  await expect(status).toContainText('search again');

  // Drawn by the mouse.
  const box = (await body.boundingBox())!;
  await page.mouse.move(box.x + 120, box.y + 90);
  await page.mouse.down();
  await page.mouse.move(box.x + 180, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await expect(source).toHaveValue('drawn');
  const drawn = await picture.locator('.jp-mod-target').getAttribute('d');
  // And by keys.
  await page.keyboard.press('ArrowUp');
  await expect(picture.locator('.jp-mod-target')).not.toHaveAttribute(
    'd',
    drawn!
  );

  // Peaks by numbers, and Enter searches.
  await source.selectOption('peaks');
  const energy = inverse.getByLabel('Peak 1: Energy (eV)');
  await energy.fill('0.6');
  await energy.press('Enter');
  await expect(energy).toHaveValue('0.6');
  await inverse.getByRole('button', { name: 'Add peak' }).click();
  await expect(inverse.getByLabel('Peak 2: Energy (eV)')).toBeVisible();
  await body.focus();
  await page.keyboard.press('Enter');
  await expect(status).toContainText(/^1: L1/);
});
