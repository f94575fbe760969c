/** The machine, the table, and the file of results. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Page } from '@playwright/test';

const FILE =
  process.env.EELSCAPE_BENCH_OUTPUT ??
  path.resolve(__dirname, '../../benchmarks/results/page.json');

/** One figure. */
export interface IRow {
  /** ny x nx x channels. */
  readonly size: string;
  /** That of the training; none where nothing trains. */
  readonly backend?: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
}

/** Device, cpu and cores tell machines apart, as in the other files of results. */
export interface IMachine {
  readonly device: string;
  readonly driver: string;
  readonly cpu: string;
  readonly cores: number;
  readonly system: string;
  readonly date: string;
  readonly browser: string;
  readonly webgpu: string;
  readonly webgl: string;
  readonly node: string;
  readonly load: number;
}

interface IResults {
  readonly machine: IMachine;
  readonly results: readonly IRow[];
}

/** What the page runs on, and the backends worth measuring there. */
export async function machineOf(
  page: Page
): Promise<{ machine: IMachine; backends: string[] }> {
  const gpu = await page.evaluate(async () => {
    const adapter = await (
      navigator as unknown as {
        gpu?: {
          requestAdapter(): Promise<{
            info: { [key: string]: string };
            isFallbackAdapter?: boolean;
          } | null>;
        };
      }
    ).gpu?.requestAdapter();
    const { vendor, architecture, device, description } = adapter?.info ?? {};
    const webgl = new OffscreenCanvas(1, 1).getContext('webgl2');
    const names = webgl?.getExtension('WEBGL_debug_renderer_info');
    return {
      webgpu: [vendor, architecture, device, description]
        .filter(Boolean)
        .join(' '),
      webgl: names
        ? String(webgl!.getParameter(names.UNMASKED_RENDERER_WEBGL))
        : ''
    };
  });
  const software = (name: string) =>
    !name || /swiftshader|llvmpipe|lavapipe|software/i.test(name);
  const [card, driver] = nvidia();
  const renderer = software(gpu.webgl) ? '' : gpu.webgl;
  return {
    machine: {
      device: card || renderer || 'no GPU',
      driver,
      cpu: os.cpus()[0]?.model ?? os.arch(),
      cores: os.availableParallelism(),
      system: `${os.type()} ${os.release()}`,
      date: new Date().toISOString().slice(0, 10),
      browser: `Chromium ${page.context().browser()!.version()}`,
      ...gpu,
      node: process.version,
      load: Math.round(10 * os.loadavg()[0]) / 10
    },
    backends: [
      'wasm',
      ...(software(gpu.webgpu) ? [] : ['webgpu']),
      ...(software(gpu.webgl) ? [] : ['webgl'])
    ]
  };
}

/** Name and driver of the first NVIDIA card; two times '' where there is none. */
function nvidia(): [string, string] {
  const { stdout } = spawnSync(
    'nvidia-smi',
    ['--query-gpu=name,driver_version', '--format=csv,noheader'],
    { encoding: 'utf8', timeout: 30_000 }
  );
  const [name = '', version = ''] = (stdout ?? '').split('\n')[0].split(',');
  return [name.trim(), version.trim()];
}

/** Prints the table and puts the figures into the file, beside those of other devices. */
export function writeResults(machine: IMachine, rows: readonly IRow[]): void {
  print(machine, rows);
  const rounded = rows.map(row => ({
    ...row,
    value: Number.isFinite(row.value) ? Math.round(100 * row.value) / 100 : null
  }));
  const entries: IResults[] = fs.existsSync(FILE)
    ? [JSON.parse(fs.readFileSync(FILE, 'utf8'))].flat()
    : [];
  const same = entries.findIndex(
    ({ machine: other }) =>
      other.device === machine.device &&
      other.cpu === machine.cpu &&
      other.cores === machine.cores
  );
  const measured = (row: IRow) => `${row.size} ${row.backend} ${row.figure}`;
  const now = new Set(rows.map(measured));
  const kept = (entries[same]?.results ?? []).filter(
    row => !now.has(measured(row))
  );
  const entry = { machine, results: [...kept, ...rounded] };
  if (same < 0) {
    entries.push(entry as IResults);
  } else {
    entries[same] = entry as IResults;
  }
  fs.mkdirSync(path.dirname(FILE), { recursive: true });
  fs.writeFileSync(FILE, JSON.stringify(entries, null, 1) + '\n');
}

function print(machine: IMachine, rows: readonly IRow[]): void {
  const lines = [
    `\n${machine.device}, ${machine.cpu}, ${machine.cores} cores, ${machine.browser}, ` +
      `load ${machine.load}, ${machine.date}`
  ];
  const keyOf = (row: IRow) => `${row.size} ${row.backend ?? ''}`.trim();
  const columns = [...new Set(rows.map(keyOf))];
  const figures = [...new Set(rows.map(row => row.figure))];
  const wide = Math.max(...figures.map(figure => figure.length)) + 8;
  const cells = columns.map(column => Math.max(12, column.length + 2));
  const line = (first: string, rest: readonly string[]) =>
    lines.push(
      first.padEnd(wide) + rest.map((t, i) => t.padStart(cells[i])).join('')
    );
  line('', columns);
  for (const figure of figures) {
    const found = columns.map(column =>
      rows.find(row => row.figure === figure && keyOf(row) === column)
    );
    const { unit } = found.find(Boolean)!;
    line(
      `${figure} (${unit})`,
      found.map(row => (row ? shown(row.value) : ''))
    );
  }
  console.log(lines.join('\n'));
}

function shown(value: number): string {
  return !Number.isFinite(value)
    ? 'n/a'
    : value < 10
      ? value.toFixed(2)
      : value < 100
        ? value.toFixed(1)
        : value.toFixed(0);
}
