/** From raw counts to data that are ready, in the panel: steps, components, regions, and back. */
import type { Locator, Page } from '@playwright/test';
import {
  expect,
  openNotebook,
  outputs,
  panel,
  runNext,
  test,
  waitForCell,
  writeNotebook
} from '../lab';

async function openColumn(root: Locator, name: 'Data' | 'Setup') {
  const toggle = root
    .getByRole('toolbar')
    .first()
    .getByRole('button', { name, exact: true });
  if ((await toggle.getAttribute('aria-pressed')) !== 'true') {
    await toggle.click();
  }
  const column = root.locator(`[data-eelscape-view="${name.toLowerCase()}"]`);
  await expect(column).toBeVisible();
  return column;
}

async function addStep(page: Page, column: Locator, name: string) {
  await column.getByRole('button', { name: 'Add step' }).click();
  await page.getByRole('menuitem', { name }).click();
  return column.getByRole('group', { name });
}

const COUNTS = [
  'import numpy as np, eelscape\n' +
    'si, haadf = eelscape.sample("ftio", raw=True)\n' +
    'ex = eelscape.explore(si, haadf)\nex',
  'model = ex.train("im2spec", filters=8, epochs=1)\nprint("trained", model.channels)',
  'recipe = ex.recipe()\n' +
    'names = [step["step"] for step in recipe["preprocessing"]]\n' +
    'tail = eelscape.remove_zero_loss(si)\n' +
    'want = eelscape.truncate(tail, 0.2, 1.2)\n' +
    'got = ex.dataset.spectra\n' +
    'print("steps", names, got.shape, "differ by", float(np.abs(got - np.asarray(want)).max()), "of", float(got.max()))',
  'f = ex.factorisation\n' +
    'a, e = np.asarray(f.abundances), np.asarray(f.endmembers)\n' +
    'product = np.einsum("yxk,ke->yxe", a, e)\n' +
    'data = np.clip(ex.dataset.spectra, 0, None)\n' +
    'left = ((data - product) ** 2).sum() / (data ** 2).sum()\n' +
    'print("components", a.shape, e.shape, f.endmembers.axes[-1].units, "left", round(float(left), 4), round(1 - f.explained, 4))',
  'for name, region in sorted(ex.regions.items()):\n' +
    '    inside = ex.dataset.spectra[region.mask].astype(float)\n' +
    '    mean, error = inside.mean(0), inside.std(0, ddof=1) / np.sqrt(len(inside))\n' +
    '    print(name, region.kind, region.pixels, int(region.mask.sum()), "mean", np.abs(np.asarray(region.spectrum) - mean).max() < 1e-4 * mean.max(), "error", np.abs(np.asarray(region.standard_error) - error).max() < 1e-3 * error.max(), region.points)'
];

test('raw counts become ready data in the panel, and go back to Python', async ({
  page,
  server
}) => {
  test.setTimeout(480_000);
  // Room for the column beside the views.
  await page.setViewportSize({ width: 2300, height: 1150 });
  const file = writeNotebook(server, 'data-in', COUNTS);
  await openNotebook(page, server, file);
  await runNext(page);
  const root = panel(page);
  await expect(root).toHaveAttribute('data-eelscape-status', 'ready', {
    timeout: 60_000
  });
  const column = await openColumn(root, 'Data');
  await expect(column).toContainText('uint32 -> float32, exact');
  const steps = column.getByRole('list', { name: 'Steps applied' });

  // Zero-loss tail: a live preview with the windows that the kernel chose.
  let form = await addStep(page, column, 'Remove zero-loss tail');
  await expect(form).toContainText('640', { timeout: 120_000 });
  await page.screenshot({ path: 'build/screens/zero-loss-draft.png' });
  await form.getByRole('button', { name: 'Apply' }).click();
  await expect(steps.getByRole('listitem')).toHaveCount(1, {
    timeout: 120_000
  });
  form = await addStep(page, column, 'Crop energies');
  const ends = form.getByRole('textbox').or(form.getByRole('spinbutton'));
  await ends.nth(0).fill('0.2');
  await ends.nth(0).press('Enter');
  await ends.nth(1).fill('1.2');
  await ends.nth(1).press('Enter');
  await expect(form).toContainText('400 of 640 channels', { timeout: 60_000 });
  await form.getByRole('button', { name: 'Apply' }).click();
  await expect(steps.getByRole('listitem')).toHaveCount(2, {
    timeout: 60_000
  });
  await expect(root).toHaveAttribute('data-eelscape-status', 'ready');
  await page.screenshot({ path: 'build/screens/steps.png' });

  // A model is shelved by a step and comes back when the step is undone.
  await runNext(page);
  await waitForCell(page, 1, 240_000);
  await expect(root).toHaveAttribute('data-eelscape-status', 'done');
  form = await addStep(page, column, 'Bin energies');
  await expect(form).toContainText('200', { timeout: 60_000 });
  await form.getByRole('button', { name: 'Apply' }).click();
  await expect(steps.getByRole('listitem')).toHaveCount(3, {
    timeout: 60_000
  });
  await expect(root).toContainText('1 model belongs to the data before');
  await expect(root).toHaveAttribute('data-eelscape-status', 'ready');
  await column.getByRole('button', { name: 'Undo' }).click();
  await expect(steps.getByRole('listitem')).toHaveCount(2, {
    timeout: 60_000
  });
  await expect(root).toHaveAttribute('data-eelscape-status', 'done', {
    timeout: 60_000
  });
  await runNext(page);
  await waitForCell(page, 2, 60_000);

  // Components.
  await column.getByRole('button', { name: 'Run', exact: true }).click();
  const components = column.getByRole('list', { name: 'Components' });
  await expect(components.getByRole('listitem')).toHaveCount(4, {
    timeout: 180_000
  });
  await page.screenshot({ path: 'build/screens/components.png' });
  await runNext(page);
  await waitForCell(page, 3, 60_000);

  // Regions: two drawn by mouse, one of them moved by keys.
  const navigator = root.locator('[data-eelscape-view="navigator"]');
  const canvas = navigator.locator('canvas').first();
  await navigator.scrollIntoViewIfNeeded();
  const box = (await canvas.boundingBox())!;
  const tools = column.getByRole('group', { name: 'Tool in Navigator' });
  const drag = async (
    from: readonly [number, number],
    to: readonly [number, number]
  ) => {
    await page.mouse.move(box.x + from[0], box.y + from[1]);
    await page.mouse.down();
    await page.mouse.move(box.x + to[0], box.y + to[1], { steps: 5 });
    await page.mouse.up();
  };
  await tools.getByRole('button', { name: 'Rectangle' }).click();
  await drag([80, 30], [130, 60]);
  const regions = column.getByRole('list', { name: 'Regions' });
  await expect(regions.getByRole('listitem')).toHaveCount(1);
  await tools.getByRole('button', { name: 'Ellipse' }).click();
  await drag([90, 90], [150, 130]);
  await expect(regions.getByRole('listitem')).toHaveCount(2);
  await page.keyboard.press('Alt+ArrowRight');
  await tools.getByRole('button', { name: 'Pointer' }).click();
  await page.screenshot({ path: 'build/screens/regions.png' });
  // The panel reports at most four times a second.
  await page.waitForTimeout(1000);
  await runNext(page);
  await waitForCell(page, 4, 60_000);

  const text = await outputs(page, server, file);
  expect(text[1]).toContain('trained 400');
  expect(text[2]).toContain(
    "steps ['remove_zero_loss', 'crop_energy'] (62, 75, 400)"
  );
  const [, difference] = /differ by (\S+) of/.exec(text[2])!.map(Number);
  expect(difference).toBeLessThan(1e-3);
  expect(text[3]).toContain('components (62, 75, 4) (4, 400) eV');
  const [, left, unexplained] = /left (\S+) (\S+)/.exec(text[3])!.map(Number);
  expect(left).toBeLessThan(0.02);
  expect(Math.abs(left - unexplained)).toBeLessThan(1e-3);
  expect(text[4]).toMatch(/R1 rectangle (\d+) \1 mean True error True/);
  expect(text[4]).toMatch(/R2 ellipse (\d+) \1 mean True error True/);

  // What was drawn and done survives a reload.
  await page.reload();
  await expect(panel(page)).toHaveAttribute('data-eelscape-status', /./, {
    timeout: 90_000
  });
  const again = await openColumn(panel(page), 'Data');
  await expect(
    again.getByRole('list', { name: 'Regions' }).getByRole('listitem')
  ).toHaveCount(2, { timeout: 60_000 });
  await expect(
    again.getByRole('list', { name: 'Steps applied' }).getByRole('listitem')
  ).toHaveCount(2);
  await expect(
    again.getByRole('list', { name: 'Components' }).getByRole('listitem')
  ).toHaveCount(4);
});

test('[D1] a list without one clear pair is asked about in the panel', async ({
  page,
  server
}) => {
  const file = writeNotebook(server, 'chooser', [
    'import numpy as np, eelscape\n' +
      'si, haadf = eelscape.sample("ftio")\n' +
      'rng = np.random.default_rng(0)\n' +
      'survey = eelscape.Signal(np.kron(np.asarray(haadf), np.ones((4, 4))), title="<b>Survey</b>")\n' +
      'second = eelscape.Signal(np.asarray(haadf) ** 2, list(haadf.axes), title="Bright field")\n' +
      'ex = eelscape.explore([survey, si, haadf, second])\nex',
    'try:\n    ex.train("im2spec")\nexcept Exception as error:\n    print(type(error).__name__, error)',
    'print(ex.dataset.shape, float(np.abs(ex.dataset.image - np.asarray(second)).max()))'
  ]);
  await openNotebook(page, server, file);
  await runNext(page);
  const root = panel(page);
  await expect(root).toHaveAttribute('data-eelscape-status', 'question', {
    timeout: 60_000
  });
  await runNext(page);
  await waitForCell(page, 1, 30_000);
  await page.screenshot({ path: 'build/screens/chooser.png' });
  await expect(root).toContainText('<b>Survey</b>');
  await root.getByRole('radio', { name: /Bright field/ }).check();
  await root.getByRole('button', { name: 'Open' }).click();
  await expect(root).toHaveAttribute('data-eelscape-status', 'ready', {
    timeout: 60_000
  });
  await runNext(page);
  await waitForCell(page, 2, 30_000);
  const text = await outputs(page, server, file);
  expect(text[0]).toContain('ex.choose(');
  expect(text[1]).toContain('ex.choose(');
  expect(text[2]).toContain('(62, 75, 400) 0.0');
});
