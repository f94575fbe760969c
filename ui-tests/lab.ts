/** A Jupyter server of its own for the tests, and the few things tests do with a notebook. */
import { test as base, expect, type Page } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { removeFolder } from './remove-folder';

const ROOT = path.resolve(__dirname, '..');

export type Shell = 'lab' | 'notebook';

export interface IServer {
  readonly url: string;
  /** The server's root folder, where notebooks are written. */
  readonly folder: string;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function start(
  shell: Shell,
  options: readonly string[] = []
): Promise<{ server: IServer; stop: () => Promise<void> }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'eelscape-ui-'));
  // No question about news over the screenshots.
  const quiet = path.join(folder, '.settings/@jupyterlab/apputils-extension');
  fs.mkdirSync(quiet, { recursive: true });
  fs.writeFileSync(
    path.join(quiet, 'notification.jupyterlab-settings'),
    JSON.stringify({ fetchNews: 'false', checkForUpdates: false })
  );
  const port = await freePort();
  const bin = path.join(ROOT, '.venv', 'bin');
  const log = fs.openSync(path.join(folder, 'server.log'), 'w');
  const child: ChildProcess = spawn(
    path.join(bin, 'jupyter'),
    [
      shell,
      '--no-browser',
      '--allow-root',
      '--ServerApp.ip=127.0.0.1',
      `--ServerApp.port=${port}`,
      '--ServerApp.port_retries=0',
      '--IdentityProvider.token=',
      '--ServerApp.password=',
      '--ServerApp.disable_check_xsrf=True',
      `--ServerApp.root_dir=${folder}`,
      '--LabApp.expose_app_in_browser=True',
      '--JupyterNotebookApp.expose_app_in_browser=True',
      `--LabApp.user_settings_dir=${path.join(folder, '.settings')}`,
      `--LabApp.workspaces_dir=${path.join(folder, '.workspaces')}`,
      ...options
    ],
    {
      cwd: folder,
      stdio: ['ignore', log, log],
      env: {
        ...process.env,
        PATH: `${bin}:${process.env.PATH}`,
        JUPYTER_CONFIG_DIR: path.join(folder, '.config'),
        IPYTHONDIR: path.join(folder, '.ipython')
      }
    }
  );
  const url = `http://127.0.0.1:${port}`;
  let up = false;
  for (let attempt = 0; attempt < 240 && !up; attempt++) {
    up = await fetch(`${url}/api/status`).then(
      reply => reply.ok,
      () => false
    );
    if (!up) {
      await new Promise(resolve => setTimeout(resolve, 250));
    }
  }
  const text = () => fs.readFileSync(path.join(folder, 'server.log'), 'utf8');
  if (!up) {
    child.kill('SIGKILL');
    throw new Error(`The Jupyter server did not start:\n${text()}`);
  }
  return {
    server: { url, folder },
    stop: async () => {
      const ended = new Promise(resolve => child.once('exit', resolve));
      child.kill('SIGTERM');
      // A kernel that hangs would keep the server waiting.
      const force = setTimeout(() => child.kill('SIGKILL'), 8000);
      await ended;
      clearTimeout(force);
      await removeFolder(folder);
    }
  };
}

/**
 * `server` runs JupyterLab, `notebookServer` Notebook 7, `isolatedServer` JupyterLab
 * with cross-origin isolation; each starts when first asked for.
 */
export const test = base.extend<
  object,
  { server: IServer; notebookServer: IServer; isolatedServer: IServer }
>({
  isolatedServer: [
    async ({}, use) => {
      const { server, stop } = await start('lab', [
        '--EelscapeServer.cross_origin_isolation=True'
      ]);
      await use(server);
      await stop();
    },
    { scope: 'worker', timeout: 120_000 }
  ],
  server: [
    async ({}, use) => {
      const { server, stop } = await start('lab');
      await use(server);
      await stop();
    },
    { scope: 'worker', timeout: 120_000 }
  ],
  notebookServer: [
    async ({}, use) => {
      const { server, stop } = await start('notebook');
      await use(server);
      await stop();
    },
    { scope: 'worker', timeout: 120_000 }
  ]
});

export { expect };

/** Writes a notebook of code cells into the server's folder and returns its name. */
export function writeNotebook(
  server: IServer,
  name: string,
  cells: readonly string[]
): string {
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: {
        name: 'python3',
        display_name: 'Python 3',
        language: 'python'
      },
      language_info: { name: 'python' }
    },
    cells: cells.map((source, index) => ({
      id: `cell-${index}`,
      cell_type: 'code',
      metadata: {},
      execution_count: null,
      outputs: [],
      source
    }))
  };
  const file = `${name}.ipynb`;
  fs.writeFileSync(path.join(server.folder, file), JSON.stringify(notebook));
  return file;
}

interface IApp {
  started: Promise<void>;
  restored?: Promise<void>;
  commands: { execute(id: string, args?: object): Promise<unknown> };
  shell: { widgets(area: string): Iterable<INotebook> };
}

interface INotebook {
  sessionContext?: {
    session?: { path: string; kernel?: { status: string } | null } | null;
  };
}

/** Opens a notebook and waits until its kernel answers. */
export async function openNotebook(
  page: Page,
  server: IServer,
  file: string,
  shell: Shell = 'lab'
): Promise<void> {
  const where =
    shell === 'lab'
      ? `/lab/workspaces/${file.replace(/\W/g, '-')}/tree/${file}`
      : `/notebooks/${file}`;
  await page.goto(server.url + where);
  await page.waitForSelector('.jp-Notebook .jp-Cell', { timeout: 90_000 });
  await page.waitForFunction(
    () =>
      'jupyterapp' in window && !document.querySelector('#jupyterlab-splash')
  );
  // On a slow start JupyterLab may not know the kernels yet and asks for one.
  const accept = page.locator('.jp-Dialog .jp-mod-accept');
  const idle = page.locator(
    '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
  );
  await expect(async () => {
    if (await accept.isVisible()) {
      await accept.click();
    }
    const connected = await page.evaluate(path => {
      const app = (window as unknown as { jupyterapp: IApp }).jupyterapp;
      // A panel that came back with its notebook may be the current widget.
      return [...app.shell.widgets('main')].some(
        ({ sessionContext }) =>
          sessionContext?.session?.path === path &&
          sessionContext.session.kernel?.status === 'idle'
      );
    }, file);
    expect(connected && (await idle.count()) > 0).toBe(true);
  }).toPass({ timeout: 90_000 });
  await expect(accept).toHaveCount(0);
}

/** Runs a command of the application, `notebook:run-all-cells` for example. */
export async function execute(
  page: Page,
  id: string,
  args: object = {}
): Promise<void> {
  await page.evaluate(
    async ([command, options]) => {
      const app = (window as unknown as { jupyterapp: IApp }).jupyterapp;
      await app.commands.execute(command as string, options as object);
    },
    [id, args] as const
  );
}

/** Starts all cells without waiting for their end. */
export async function runAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    const app = (window as unknown as { jupyterapp: IApp }).jupyterapp;
    void app.commands.execute('notebook:run-all-cells');
  });
}

/** Starts the selected cell and selects the next. */
export async function runNext(page: Page): Promise<void> {
  await page.evaluate(() => {
    const app = (window as unknown as { jupyterapp: IApp }).jupyterapp;
    void app.commands.execute('notebook:run-cell-and-select-next');
  });
}

/** Saves the notebook and returns the text that each code cell printed, errors included. */
export async function outputs(
  page: Page,
  server: IServer,
  file: string
): Promise<string[]> {
  await execute(page, 'docmanager:save');
  const notebook = JSON.parse(
    fs.readFileSync(path.join(server.folder, file), 'utf8')
  ) as {
    cells: {
      cell_type: string;
      outputs?: {
        output_type: string;
        text?: string | string[];
        data?: Record<string, string | string[]>;
        ename?: string;
        evalue?: string;
        traceback?: string[];
      }[];
    }[];
  };
  const join = (text: string | string[] | undefined) =>
    Array.isArray(text) ? text.join('') : (text ?? '');
  return notebook.cells
    .filter(cell => cell.cell_type === 'code')
    .map(cell =>
      (cell.outputs ?? [])
        .map(
          output =>
            join(output.text) +
            join(output.data?.['text/plain']) +
            (output.ename ? `${output.ename}: ${output.evalue}` : '')
        )
        .join('\n')
    );
}

/** Waits until the cell with this index has run; fails at once where it raised. */
export async function waitForCell(
  page: Page,
  index: number,
  timeout: number
): Promise<void> {
  const prompt = page
    .locator('.jp-Notebook .jp-CodeCell')
    .nth(index)
    .locator('.jp-InputPrompt');
  const raised = page.locator(
    '.jp-Notebook [data-mime-type="application/vnd.jupyter.error"]'
  );
  const end = Date.now() + timeout;
  while (!/\[\d+\]/.test((await prompt.textContent()) ?? '')) {
    if ((await raised.count()) > 0) {
      throw new Error(`A cell raised:\n${await raised.first().innerText()}`);
    }
    if (Date.now() > end) {
      throw new Error(`Cell ${index} has not run within ${timeout} ms.`);
    }
    await page.waitForTimeout(250);
  }
}

/** The panel of an explorer. */
export function panel(page: Page) {
  return page.locator('[data-eelscape-id]');
}

/** Puts a file of this folder beside the notebooks, so that a cell can import it. */
export function provide(server: IServer, relative: string): void {
  fs.copyFileSync(
    path.join(__dirname, relative),
    path.join(server.folder, path.basename(relative))
  );
}
