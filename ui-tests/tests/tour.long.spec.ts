/** The tour as it ships: Run All, no error, both networks and the shipped model in the panel. */
import { runExample } from '../example';
import { execute, expect, panel, test } from '../lab';

test('the tour runs from start to end and shows the shipped model', async ({
  page,
  server
}) => {
  test.setTimeout(1_500_000);
  const outputs = await runExample(page, server, 'tour.ipynb', 1_400_000);
  const summary = (outputs.at(-1)![0].text ?? []).join('');
  console.log(summary);
  expect(summary).toContain('16 filters, 30 epochs');
  expect(summary).toContain('64 filters, 120 epochs');

  // The shipped model is in the panel beside the one trained here.
  await panel(page).getByText('im2spec', { exact: true }).first().click();
  const models = panel(page).getByRole('group', { name: 'Models' });
  await expect(models.getByRole('button')).toHaveCount(2, { timeout: 120_000 });
  await execute(page, 'application:toggle-left-area');
  await page.waitForTimeout(1000);
  await page.screenshot({ path: 'build/screens/tour.png' });
});
