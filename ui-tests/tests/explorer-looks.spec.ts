/** Labels of every view: apart from one another, whole, and not below 11 px; wide and narrow, in both themes. */
import { openExplored } from '../explored';
import { faultsOfLabels } from '../labels';
import { execute, expect, test } from '../lab';

const PAIRS = [
  ['pins', 'training'],
  ['error', 'errors'],
  ['clusters', 'distributions'],
  ['veracity', 'inverse'],
  ['study', 'transfer']
] as const;

test('labels neither overlap nor are cut off, in every view', async ({
  page,
  server
}) => {
  const { root, show, view } = await openExplored(
    page,
    server,
    'looks',
    [2, 3]
  );
  const views = root.locator('[data-eelscape-view]');
  const faults = (): Promise<string[]> => faultsOfLabels(views);
  // All that is wrong is told, not only the first.
  const apart = (where: string): Promise<void> =>
    expect
      .configure({ soft: true })
      .poll(faults, { message: where, timeout: 10_000 })
      .toEqual([]);
  const hasLabels = (name: string, least = 4): Promise<void> =>
    expect
      .poll(() => view(name).locator('svg text').count())
      .toBeGreaterThanOrEqual(least);
  await show('pins', 'upper');
  await view('pins').getByRole('button', { name: 'Suggest' }).click();
  for (const [upper, lower] of PAIRS) {
    await show(upper, 'upper');
    await show(lower, 'lower');
    for (const name of [upper, lower]) {
      if (name === 'inverse') {
        await view(name).getByRole('button', { name: 'Search' }).click();
      }
      // Those three begin with words.
      await hasLabels(name, ['study', 'transfer'].includes(name) ? 0 : 4);
    }
    await apart(`${upper}, ${lower}`);
  }
  await execute(page, 'apputils:change-theme', { theme: 'JupyterLab Dark' });
  await view('signal').getByRole('button', { name: 'Log' }).click();
  await apart('dark, logarithmic');

  await page.setViewportSize({ width: 626, height: 1000 });
  await expect(root).toHaveAttribute('data-eelscape-layout', 'sections');
  for (const name of PAIRS.flat()) {
    const section = view(name);
    await section
      .locator('.jp-Eelscape-caret[aria-expanded="false"]')
      .click()
      .catch(() => undefined);
    await section.scrollIntoViewIfNeeded();
    await hasLabels(name, ['study', 'transfer'].includes(name) ? 0 : 4);
  }
  await apart('narrow');
});
