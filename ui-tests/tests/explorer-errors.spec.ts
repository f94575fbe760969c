import { openExplored } from '../explored';
import { expect, test } from '../lab';

test('a measure of errors and a worst region hold in every view and in Python', async ({
  page,
  server
}) => {
  const { root, view, show, python } = await openExplored(
    page,
    server,
    'errors',
    [2]
  );
  const map = await show('error', 'upper');
  const errors = await show('errors');
  await expect(errors).toContainText('Relative error (%)');
  await expect(map).toContainText('relative error, mean ± sd');

  // Next brings the pointer to the worst window and selects its region.
  await errors.getByRole('button', { name: 'Next' }).click();
  const chosen = errors.locator('[role="option"][aria-selected="true"]');
  await expect(chosen).toHaveCount(1);
  const label = (await chosen.textContent())!;
  const [, column, row, windows] = label
    .match(/\((\d+), (\d+)\) \w* (\d+) windows/)!
    .map(Number);
  await expect(view('signal')).toContainText(`pixel (${column}, ${row})`);
  await expect(map.locator('.jp-Eelscape-selectedWindows')).toHaveCount(2);
  await expect(errors).toContainText(`selected ${windows}`);
  await expect
    .poll(() =>
      python('print(*ex.selection.pointer, int(ex.selection.mask.sum()))')
    )
    .toBe(`${row} ${column} ${windows}\n`);
  // What the list says is what NumPy and SciPy find in the map that Python has.
  const worst = await python(
    [
      'from scipy import ndimage',
      'errors = ex.models[0].error_map().astype(float)',
      'threshold = np.nanpercentile(errors, 95)',
      'labels, count = ndimage.label(np.nan_to_num(errors, nan=-1) > threshold)',
      'excess = ndimage.sum(errors - threshold, labels, np.arange(1, count + 1))',
      'worst = 1 + int(np.argmax(excess))',
      'print(*np.argwhere((labels == worst) & (errors == errors[labels == worst].max()))[0], (labels == worst).sum(), count)'
    ].join('\n')
  );
  const count = await errors.locator('[role="option"]').count();
  expect(worst).toBe(`${row} ${column} ${windows} ${count}\n`);

  // By keyboard alone: the list, then the histogram.
  await errors.locator('[role="listbox"]').focus();
  await page.keyboard.press('ArrowDown');
  await expect(chosen).not.toHaveText(label);
  await page.keyboard.press('Escape');
  await expect(map.locator('.jp-Eelscape-selectedWindows')).toHaveCount(0);
  await errors.locator('.jp-Eelscape-body').focus();
  await page.keyboard.press('ArrowRight');
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Shift+ArrowRight');
  }
  await page.keyboard.press('Enter');
  await expect(map.locator('.jp-Eelscape-selectedWindows')).toHaveCount(2);

  // Another measure: the maps, the histogram and the readout follow.
  const readout = root.locator('[data-eelscape-view="readout"] [data-error]');
  const before = await readout.getAttribute('data-error');
  await map.getByLabel('Measure of errors').selectOption('mse_raw');
  await expect(errors.getByLabel('Measure of errors')).toHaveValue('mse_raw');
  await expect(errors).toContainText('MSE, raw');
  await expect(readout).not.toHaveAttribute('data-error', before!);
  const raw = await python(
    'r, c = ex.selection.pointer\nprint(float(ex.models[0].error_map(metric="mse_raw")[r, c]))'
  );
  expect(Number(await readout.getAttribute('data-error'))).toBeCloseTo(
    Number(raw),
    3
  );
});

test('a study trains what is missing and suggests a size', async ({
  page,
  server
}) => {
  const { show, python } = await openExplored(page, server, 'study', [2]);
  const study = await show('study');
  // Beside the network that is there, two more of one direction.
  const sizes = study.getByLabel('Sizes');
  await sizes.fill('1, 2, 3');
  await sizes.press('Enter');
  await study.getByLabel('Directions of the study').selectOption('im2spec');
  await expect(study).toContainText('1 of 3 networks');
  await study.getByRole('button', { name: 'Run again' }).click();
  await expect(study.getByRole('progressbar')).toBeVisible();
  await expect(study).toContainText('3 of 3 networks', { timeout: 30_000 });
  await expect(study.getByRole('progressbar')).toHaveCount(0);
  await expect(study).toContainText(/\d latents suggested for im2spec/);
  await expect(study.locator('circle.jp-Eelscape-studyPoint')).toHaveCount(12);
  // Python has the networks; the correlations are those of NumPy.
  await expect
    .poll(() => python('print(sorted(m.latent_dims for m in ex.models))'))
    .toBe('[1, 2, 3]\n');
  await study.locator('.jp-Eelscape-body').focus();
  await page.keyboard.press('ArrowRight');
  const label = await study
    .locator('.jp-Eelscape-body')
    .getAttribute('aria-label');
  const found = await python(
    [
      'one = next(m for m in ex.models if m.latent_dims == 1)',
      'e = one.error_map().astype(float)',
      'here = np.isfinite(e)',
      'print(f"{np.corrcoef(e[here], haadf[here])[0, 1]:.2f}")'
    ].join('\n')
  );
  expect(label).toContain(`im2spec, 1 latents`);
  expect(label!.replace('\u2212', '-')).toContain(`Pearson r ${found.trim()}`);
  await page.keyboard.press('Enter');
  await expect(study).toContainText('1L');
});
