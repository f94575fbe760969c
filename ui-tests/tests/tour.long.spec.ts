/** The tour as it ships: Run All, no error, both networks and the shipped model in the panel. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  execute,
  expect,
  openNotebook,
  panel,
  runAll,
  test,
  waitForCell
} from '../lab';

test('the tour runs from start to end and shows the shipped model', async ({
  page,
  server
}) => {
  test.setTimeout(1_500_000);
  const name = 'tour.ipynb';
  const local = path.join(server.folder, name);
  fs.copyFileSync(path.join(__dirname, '../../examples', name), local);
  const source = JSON.parse(fs.readFileSync(local, 'utf8')) as {
    cells: { cell_type: string }[];
  };
  const codes = source.cells.filter(cell => cell.cell_type === 'code').length;
  const requests: string[] = [];
  page.on('request', request => requests.push(request.url()));

  await openNotebook(page, server, name);
  await runAll(page);
  await waitForCell(page, codes - 1, 1_400_000);
  await execute(page, 'docmanager:save');

  const notebook = JSON.parse(fs.readFileSync(local, 'utf8')) as {
    cells: {
      cell_type: string;
      outputs?: { output_type: string; text?: string[]; evalue?: string }[];
    }[];
  };
  const outputs = notebook.cells
    .filter(cell => cell.cell_type === 'code')
    .map(cell => cell.outputs ?? []);
  const raised = outputs.flat().filter(o => o.output_type === 'error');
  expect(raised.map(o => o.evalue)).toEqual([]);
  const summary = (outputs[codes - 1][0].text ?? []).join('');
  console.log(summary);
  expect(summary).toContain('16 filters, 30 epochs');
  expect(summary).toContain('64 filters, 120 epochs');

  // The shipped model is in the panel beside the one trained here.
  await panel(page).getByText('im2spec', { exact: true }).first().click();
  const models = panel(page).getByRole('group', { name: 'Models' });
  await expect(models.getByRole('button')).toHaveCount(2, { timeout: 120_000 });
  // Nothing was asked of another origin.
  const foreign = requests.filter(
    url => !url.startsWith(server.url) && !/^(data|blob):/.test(url)
  );
  expect(foreign).toEqual([]);
  await execute(page, 'application:toggle-left-area');
  await page.waitForTimeout(1000);
  await page.screenshot({ path: 'build/screens/tour.png' });
});
