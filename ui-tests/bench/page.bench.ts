/**
 * How the page feels while it loads, trains and is dragged over, in JupyterLab with a kernel:
 * figures with units, printed and written to benchmarks/results/page.json. Nothing here passes
 * or fails.
 *
 * EELSCAPE_BENCH_BACKENDS  wasm,webgpu,...; without it wasm and what `auto` takes
 * EELSCAPE_BENCH_SIZES     62x75x640,...; the first is the one that everything is measured at
 * EELSCAPE_BENCH_FILTERS   filters of the network, 8
 * EELSCAPE_BENCH_SECONDS   how long the page is left alone and dragged over, 5
 * EELSCAPE_BENCH_EXPLAIN   so many of the longest tasks are printed with what they were spent on
 */
import { test } from '../lab';
import { machineOf, writeResults, type IRow } from './results';
import { BenchSession, SAMPLE, type ISize } from './session';
import { measureData, measureDrag, measureTraining } from './measures';

const SIZES: readonly ISize[] = process.env.EELSCAPE_BENCH_SIZES
  ? process.env.EELSCAPE_BENCH_SIZES.split(',').map(text => {
      const [ny, nx, channels] = text.split('x').map(Number);
      return { ny, nx, channels };
    })
  : [
      SAMPLE,
      { ny: 124, nx: 75, channels: 640 },
      { ny: 124, nx: 150, channels: 1280 }
    ];
const FILTERS = Number(process.env.EELSCAPE_BENCH_FILTERS ?? 8);
const BACKENDS = process.env.EELSCAPE_BENCH_BACKENDS?.split(',');

test('page', async ({ browser, server }) => {
  const rows: IRow[] = [];
  let machine: Awaited<ReturnType<typeof machineOf>> | null = null;
  for (const [place, size] of SIZES.entries()) {
    const context = await browser.newContext({
      viewport: { width: 1920, height: 1080 }
    });
    const page = await context.newPage();
    const session = await BenchSession.open(page, server, size);
    machine ??= await machineOf(page);
    rows.push(...(await measureData(session, size)));
    rows.push(...(await measureDrag(session, size, null)));
    const backends = BACKENDS ?? machine.backends;
    // Growth is that of the page, which is the same for every backend.
    for (const backend of place === 0 ? backends : backends.slice(0, 1)) {
      const setup = { backend, filters: FILTERS, epochs: 3, batch: 64 };
      rows.push(...(await measureTraining(session, size, setup)));
      rows.push(...(await measureDrag(session, size, setup)));
    }
    await context.close();
  }
  writeResults(machine!.machine, rows);
});
