/**
 * Dragging the pointer over a panel with a trained network and all its linked views: figures, printed and
 * written beside those of the page. Nothing here passes or fails.
 *
 * EELSCAPE_BENCH_EXPLORER  62x75x1496,...; sizes of the data
 * EELSCAPE_BENCH_STRIDE    stride of the training windows, 1; the errors and encodings are of all windows
 */
import { panel, runNext, test, waitForCell } from '../lab';
import { measureDrag } from './measures';
import { machineOf, writeResults, type IRow } from './results';
import { BenchSession } from './session';

const SIZES = (
  process.env.EELSCAPE_BENCH_EXPLORER ?? '62x75x640,62x75x1496'
).split(',');
const STRIDE = Number(process.env.EELSCAPE_BENCH_STRIDE ?? 1);
/** Budget of the browser: the largest that there is. */
const BUDGET = 'memory_budget=2 * 2**30';

test('explorer', async ({ browser, server }) => {
  const rows: IRow[] = [];
  let machine: Awaited<ReturnType<typeof machineOf>> | null = null;
  for (const text of SIZES) {
    const [ny, nx, channels] = text.split('x').map(Number);
    const size = { ny, nx, channels };
    const context = await browser.newContext({
      viewport: { width: 1920, height: 1080 }
    });
    const page = await context.newPage();
    const session = await BenchSession.open(page, server, size, BUDGET, [
      `for z in (2, 10):\n    ex.train("im2spec", latent_dims=z, filters=8, epochs=1, stride=${STRIDE}, backend="wasm")`
    ]);
    machine ??= await machineOf(page);
    const first = await session.firstPicture();
    rows.push({
      size: text,
      figure: 'first picture',
      value: first,
      unit: 'ms'
    });
    rows.push(...(await measureDrag(session, size, null)));
    await runNext(page);
    await waitForCell(page, 2, 1_500_000);
    await session.waitFor('done', 600_000);
    await page.waitForTimeout(3000);
    for (const row of await measureDrag(session, size, null)) {
      rows.push({ ...row, figure: `trained, ${row.figure}` });
    }
    await session.meter.collect();
    const memory = await session.meter.memory();
    rows.push({
      size: text,
      figure: 'memory, buffers, trained',
      value: memory.buffers,
      unit: 'MB'
    });
    await panel(page).screenshot({ path: `build/screens/bench-${text}.png` });
    await context.close();
  }
  writeResults(machine!.machine, rows);
});
