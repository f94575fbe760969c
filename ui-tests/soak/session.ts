/** A notebook with a panel whose page, kernel, workers and network can be made to fail. */
import type { Locator, Page } from '@playwright/test';
import {
  expect,
  openNotebook,
  panel,
  writeNotebook,
  type IServer
} from '../lab';
import { runInKernel } from '../leaks';

const OPEN = [
  'import hashlib, json, os, numpy as np, eelscape',
  'values = np.random.default_rng(0)',
  'shape = globals().get("shape", (24, 36, 48))',
  's = values.random(shape, dtype=np.float32)',
  'haadf = values.random(shape[:2], dtype=np.float32)',
  'ex = eelscape.explore(s, haadf, title="soak")'
].join('\n');

interface IPageApp {
  commands: { execute(id: string, args?: object): Promise<unknown> };
  shell: {
    activateById(id: string): void;
    widgets(area: string): Iterable<INotebook>;
  };
}

interface INotebook {
  readonly id: string;
  readonly sessionContext?: {
    session?: {
      kernel?: { status: string; restart(): Promise<void> } | null;
    } | null;
  };
}

/** What the page keeps for faults; set before anything else runs there. */
interface IBreakable {
  soakWorkers: Set<Worker>;
  soakSockets: Set<WebSocket>;
}

/** Remembers the page's workers and sockets, so that a fault can end them. */
function installHandles(): void {
  const scope = globalThis as unknown as IBreakable;
  scope.soakWorkers = new Set();
  scope.soakSockets = new Set();
  const { Worker: PageWorker, WebSocket: PageSocket } = globalThis;
  globalThis.Worker = class extends PageWorker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      scope.soakWorkers.add(this);
    }
    terminate(): void {
      scope.soakWorkers.delete(this);
      super.terminate();
    }
  };
  globalThis.WebSocket = class extends PageSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      scope.soakSockets.add(this);
      this.addEventListener('close', () => scope.soakSockets.delete(this));
    }
  };
}

/** What ipykernel tells the cell that runs when a subshell ended with its page and left messages undone. */
const OF_SUBSHELLS =
  /^(Task was destroyed but it is pending!\n.*|Exception ignored in: <coroutine object Kernel\.[\s\S]*?\n\w*Error: .*)\n?/gm;

export class SoakSession {
  static async open(page: Page, server: IServer): Promise<SoakSession> {
    await page.addInitScript(installHandles);
    const file = writeNotebook(server, 'soak', [OPEN]);
    const session = new SoakSession(page, server, file);
    await page.addLocatorHandler(session._said, () => session.dismiss());
    await openNotebook(page, server, file);
    await session.explore();
    return session;
  }

  private constructor(
    readonly page: Page,
    readonly server: IServer,
    private readonly _file: string
  ) {}

  get root(): Locator {
    return panel(this.page);
  }

  private get _said(): Locator {
    return this.page.locator('.jp-Dialog', {
      hasText:
        /Kernel Restarting|Connection Error|Server Connection|Cannot open\s*Failed to fetch/
    });
  }

  /** Outlines on the navigator. */
  get regions(): Locator {
    return this.view('navigator').locator(
      '.jp-Eelscape-outlineName:not(.jp-mod-second)'
    );
  }

  view(name: string): Locator {
    return this.root.locator(`[data-eelscape-view="${name}"]`);
  }

  /** Runs code in the notebook's kernel; throws where it raised. */
  async python(code: string): Promise<string> {
    // IPython keeps what a cell shows as its result: models, and data with their explorer.
    const all = await runInKernel(this.page, `${code}\nNone`);
    const text = all.replace(OF_SUBSHELLS, '');
    if (/^\w*(Error|NotNow): /m.test(text)) {
      throw new Error(`Python raised:\n${text}\nfrom\n${code}`);
    }
    return text.trim();
  }

  /** Runs the cell with `explore`, as a user does after a kernel was lost. */
  async explore(): Promise<void> {
    await this.command('notebook:run-cell');
    await this.ready();
  }

  /** Waits for a panel that shows data and rests. */
  async ready(): Promise<void> {
    await expect(this.root).toHaveCount(1, { timeout: 60_000 });
    await expect(this.root).toHaveAttribute(
      'data-eelscape-status',
      /ready|done/,
      { timeout: 120_000 }
    );
  }

  /** Waits until no data are on their way. */
  async settled(): Promise<void> {
    // The panel has taken every request, and so has begun to receive.
    await expect
      .poll(() => this.python('print(len(ex._line._requests.open))'), {
        timeout: 60_000
      })
      .toBe('0');
    await this.ready();
  }

  /** Waits until the kernel has heard what the user did last: panels speak four times a second. */
  async told(): Promise<void> {
    await this.page.waitForTimeout(500);
  }

  /** Ends the panel and opens another over the same data. */
  async fresh(): Promise<void> {
    await this.closePanel();
    await this.python('ex.close()');
    await this.explore();
  }

  /** Models that wait in the panel go to Python. */
  async sendToPython(): Promise<void> {
    const button = this.root.getByRole('button', {
      name: /^Send to Python/
    });
    if (await button.isEnabled()) {
      await button.click();
    }
  }

  /** Loads the page anew; the panel comes back from the kernel. */
  async reload(): Promise<void> {
    await openNotebook(this.page, this.server, this._file);
    await this.ready();
  }

  /** Closes the panel by its tab; where it asks, what it asks is confirmed. */
  async closePanel(): Promise<void> {
    await this.page
      .locator('.lm-TabBar-tab', { hasText: /^soak$/ })
      .locator('.lm-TabBar-tabCloseIcon')
      .click();
    const sure = this.page.locator('.jp-Dialog .jp-mod-warn');
    await expect(async () => {
      if (await sure.isVisible()) {
        await sure.click();
      }
      expect(await this.root.count()).toBe(0);
    }).toPass({ timeout: 30_000 });
  }

  /** Brings the panel to the front; it may lie beside the notebook or behind it. */
  async focusPanel(): Promise<void> {
    await this.root.evaluate(node => {
      const { jupyterapp } = window as unknown as { jupyterapp: IPageApp };
      jupyterapp.shell.activateById(node.id);
    });
  }

  async restartKernel(): Promise<void> {
    await this.page.evaluate(async () => {
      const { jupyterapp } = window as unknown as { jupyterapp: IPageApp };
      await [...jupyterapp.shell.widgets('main')]
        .map(widget => widget.sessionContext?.session?.kernel)
        .find(Boolean)!
        .restart();
    });
    await this._kernelIdle();
  }

  /** Ends the kernel as the system does that runs out of memory; the server starts another. */
  async killKernel(): Promise<void> {
    const pid = Number(await this.python('print(os.getpid())'));
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => this._alive(pid), { timeout: 60_000 }).toBe(false);
    await this._kernelIdle();
  }

  /** Ends the page's workers, and reports it as the browser reports one that fails. */
  async crashWorkers(): Promise<number> {
    return this.page.evaluate(() => {
      const { soakWorkers } = globalThis as unknown as IBreakable;
      const workers = [...soakWorkers];
      for (const worker of workers) {
        worker.terminate();
        worker.dispatchEvent(
          new ErrorEvent('error', { message: 'The worker was ended.' })
        );
      }
      return workers.length;
    });
  }

  /** Cuts every socket, and refuses every request for some time, in which a user may go on. */
  async dropNetwork(ms: number, act?: () => Promise<void>): Promise<void> {
    const { page } = this;
    await page.route('**/api/**', route => route.abort());
    await page.evaluate(() => {
      const { soakSockets } = globalThis as unknown as IBreakable;
      soakSockets.forEach(socket => socket.close());
    });
    await act?.();
    await page.waitForTimeout(ms);
    await page.unroute('**/api/**');
    await this._kernelIdle();
  }

  /** The furthest epoch that the browser's database holds of a run that is under way; 0 without one. */
  async keptEpoch(): Promise<number> {
    return this.page.evaluate(async () => {
      const name = 'eelscape-checkpoints';
      // Opening one that is not there would make it, without its store.
      const known = await indexedDB.databases();
      if (!known.some(database => database.name === name)) {
        return 0;
      }
      return new Promise<number>((resolve, reject) => {
        const asked = indexedDB.open(name);
        asked.onerror = () => reject(asked.error);
        asked.onsuccess = () => {
          const database = asked.result;
          const all = database.transaction('runs').objectStore('runs').getAll();
          all.onerror = () => reject(all.error);
          all.onsuccess = () => {
            database.close();
            const runs = all.result as { checkpoint: { epoch: number } }[];
            resolve(Math.max(0, ...runs.map(run => run.checkpoint.epoch)));
          };
        };
      });
    });
  }

  /** Takes note of what JupyterLab says of a kernel or server that was lost. */
  async dismiss(): Promise<void> {
    while (await this._said.first().isVisible()) {
      // It may go by itself, or by the handler of a step that it stands before.
      await this._said
        .first()
        .getByRole('button', { name: /^(Ok|Close|Dismiss)$/i })
        .click({ timeout: 1000 })
        .catch(() => undefined);
    }
  }

  /** Runs a command of the application. */
  async command(id: string): Promise<void> {
    await this.page.evaluate(async command => {
      const { jupyterapp } = window as unknown as { jupyterapp: IPageApp };
      await jupyterapp.commands.execute(command);
    }, id);
  }

  /** Waits until the kernel answers again. */
  private async _kernelIdle(): Promise<void> {
    await expect(async () => {
      await this.dismiss();
      const answered = await Promise.race([
        runInKernel(this.page, 'print("here")').catch(() => ''),
        this.page.waitForTimeout(5000).then(() => '')
      ]);
      expect(answered).toBe('here\n');
    }).toPass({ timeout: 90_000 });
  }

  private _alive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }
}
