/** Running a notebook of `examples` as it ships. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Page } from '@playwright/test';
import {
  execute,
  expect,
  openNotebook,
  runAll,
  waitForCell,
  type IServer
} from './lab';

export interface IOutput {
  readonly output_type: string;
  readonly text?: readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
  readonly evalue?: string;
}

/**
 * Run All on a copy of the notebook; the outputs of each code cell. Fails where
 * a cell raised or anything was asked of another origin.
 */
export async function runExample(
  page: Page,
  server: IServer,
  name: string,
  timeout: number
): Promise<readonly (readonly IOutput[])[]> {
  const local = path.join(server.folder, name);
  fs.copyFileSync(path.join(__dirname, '../examples', name), local);
  const read = () =>
    (
      JSON.parse(fs.readFileSync(local, 'utf8')) as {
        cells: { cell_type: string; outputs?: IOutput[] }[];
      }
    ).cells.filter(cell => cell.cell_type === 'code');
  const codes = read().length;
  const requests: string[] = [];
  page.on('request', request => requests.push(request.url()));

  await openNotebook(page, server, name);
  await runAll(page);
  await waitForCell(page, codes - 1, timeout);
  await execute(page, 'docmanager:save');

  const outputs = read().map(cell => cell.outputs ?? []);
  const raised = outputs.flat().filter(o => o.output_type === 'error');
  expect(raised.map(o => o.evalue)).toEqual([]);
  const foreign = requests.filter(
    url => !url.startsWith(server.url) && !/^(data|blob):/.test(url)
  );
  expect(foreign).toEqual([]);
  return outputs;
}
