/** Values in the browser against values in Python, for arrays that hypothesis draws. */
import * as path from 'node:path';
import { build } from 'esbuild';
import type { IArrived } from '../transfer/page';
import { expect, provide, test } from '../lab';

const COUNT = 500;

interface ITransfers {
  start(code: string): Promise<number>;
  receive(index: number): Promise<IArrived>;
  expected(): Promise<string>;
  stop(): Promise<void>;
}

test('[D9] 500 random arrays arrive in the browser with the values they have in Python', async ({
  page,
  server
}) => {
  test.setTimeout(600_000);
  const { outputFiles } = await build({
    entryPoints: [path.join(__dirname, '../transfer/page.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    loader: { '.svg': 'text' },
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    logLevel: 'error'
  });
  provide(server, 'transfer/cases.py');
  // Any document of the server: a kernel's socket opens from its origin alone.
  await page.goto(`${server.url}/static/favicon.ico`);
  await page.evaluate(Buffer.from(outputFiles[0].contents).toString('utf8'));
  const count = await page.evaluate(
    ([number, folder]) =>
      (window as unknown as { transfers: ITransfers }).transfers.start(
        `import sys; sys.path.insert(0, ${JSON.stringify(folder)})\n` +
          'from cases import make_cases, open_case, expected_json\n' +
          `cases = make_cases(${number})`
      ),
    [COUNT, server.folder] as const
  );
  expect(count).toBe(COUNT);
  const expected = JSON.parse(
    await page.evaluate(() =>
      (window as unknown as { transfers: ITransfers }).transfers.expected()
    )
  ) as (IArrived & { what: string })[];
  const kinds = new Set(expected.map(({ what }) => what));
  expect(kinds.size).toBe(COUNT);
  const wrong: string[] = [];
  for (let first = 0; first < COUNT; first += 25) {
    const arrived = await page.evaluate(
      async ([from, to]) => {
        const { transfers } = window as unknown as { transfers: ITransfers };
        const list: IArrived[] = [];
        for (let i = from; i < to; i++) {
          list.push(await transfers.receive(i));
        }
        return list;
      },
      [first, Math.min(COUNT, first + 25)] as const
    );
    arrived.forEach((got, i) => {
      const { what, ...want } = expected[first + i];
      const near = got.energy.every(
        (value, k) => Math.abs(value - want.energy[k]) < 1e-12
      );
      const same = (['spectra', 'image', 'mask'] as const).filter(
        key => got[key] !== want[key]
      );
      if (!near || same.length > 0 || `${got.shape}` !== `${want.shape}`) {
        wrong.push(`${what}: ${near ? '' : 'energy axis '}${same.join(' ')}`);
      }
    });
  }
  await page.evaluate(() =>
    (window as unknown as { transfers: ITransfers }).transfers.stop()
  );
  expect(wrong).toEqual([]);
});
