/** The notebook on data of one's own as it ships: files of three kinds become pairs in panels. */
import { runExample } from '../example';
import { expect, panel, test } from '../lab';

test('files of three kinds become pairs that are ready', async ({
  page,
  server
}) => {
  const outputs = await runExample(
    page,
    server,
    'your-own-data.ipynb',
    240_000
  );
  const pictures = outputs
    .flat()
    .filter(output => JSON.stringify(output.data ?? {}).includes('image/png'));
  // Three explorers and the first pair drawn, before and after, components, the resampled image.
  expect(pictures.length).toBeGreaterThanOrEqual(5);
  const text = JSON.stringify(outputs);
  expect(text).toContain('Choose the simultaneous HAADF, or resample');
  const same = outputs.at(-2)!.at(-1)!.data?.['text/plain'];
  expect(String(same)).toMatch(/\b0\.0\b/);
  // A panel each, the newest in front, all ready.
  await expect(panel(page)).toHaveCount(4, { timeout: 60_000 });
  for (const one of await panel(page).all()) {
    await expect(one).toHaveAttribute('data-eelscape-status', 'ready');
  }
  await page.screenshot({ path: 'build/screens/your-own-data.png' });
});
