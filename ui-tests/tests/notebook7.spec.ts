/** The same job in Notebook 7, where the panel docks at the right. */
import {
  expect,
  openNotebook,
  outputs,
  panel,
  runAll,
  test,
  waitForCell,
  writeNotebook
} from '../lab';

test('Notebook 7 shows the panel at the right and trains a model', async ({
  page,
  notebookServer
}) => {
  const file = writeNotebook(notebookServer, 'smoke', [
    'import eelscape\nsi, haadf = eelscape.sample("ftio")\nex = eelscape.explore(si, haadf)\nex',
    'model = ex.train("im2spec", latent_dims=2, filters=8, epochs=2)\nprint("trained", model.epoch, len(ex.models))'
  ]);
  await openNotebook(page, notebookServer, file, 'notebook');
  await runAll(page);
  await waitForCell(page, 1, 240_000);
  const text = await outputs(page, notebookServer, file);
  expect(text[1]).toContain('trained 2 1');
  await expect(panel(page)).toBeVisible();
  const box = await panel(page).boundingBox();
  expect(box!.x).toBeGreaterThan(200);
  await page.screenshot({ path: 'build/screens/notebook7.png' });
});
