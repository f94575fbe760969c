/** What a page and its kernel still hold: nodes, listeners, workers, tensors, comms. */
import type { CDPSession, Page } from '@playwright/test';

export interface IHeld {
  /** Nodes of the document, shadow roots included. */
  readonly attached: number;
  /** Nodes that live on outside of it. */
  readonly detached: number;
  readonly listeners: number;
  readonly workers: number;
  /** Of TF.js, in the page and in all of its workers. */
  readonly tensors: number;
  /** Comms that the page's kernel connection knows. */
  readonly comms: number;
}

interface IKernel {
  _comms?: Map<string, unknown>;
  requestExecute(content: object): {
    onIOPub: (message: {
      header: { msg_type: string };
      content: { text?: string; ename?: string; evalue?: string };
    }) => void;
    done: Promise<unknown>;
    dispose(): void;
  };
}

interface IPageApp {
  shell: {
    widgets(area: string): Iterable<{
      sessionContext?: { session?: { kernel?: IKernel | null } | null };
    }>;
  };
}

export class Holdings {
  static async of(page: Page): Promise<Holdings> {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    return new Holdings(page, session);
  }

  private constructor(page: Page, session: CDPSession) {
    this._page = page;
    this._session = session;
  }

  /** Counts after collecting garbage. */
  async count(): Promise<IHeld> {
    // What the first collection frees may hold what only the next one sees.
    for (let i = 0; i < 3; i++) {
      await this._session.send('HeapProfiler.collectGarbage');
    }
    const { metrics } = await this._session.send('Performance.getMetrics');
    const metric = (name: string) =>
      metrics.find(item => item.name === name)?.value ?? NaN;
    const [attached, comms] = await this._page.evaluate(() => {
      const nodesOf = (root: Node): number => {
        let count = 1;
        const walker = document.createTreeWalker(root);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const shadow = (node as Element).shadowRoot;
          count += 1 + (shadow ? nodesOf(shadow) : 0);
        }
        return count;
      };
      const app = (window as unknown as { jupyterapp: IPageApp }).jupyterapp;
      const kernels = [...app.shell.widgets('main')].map(
        widget => widget.sessionContext?.session?.kernel
      );
      return [
        nodesOf(document),
        kernels.reduce((sum, kernel) => sum + (kernel?._comms?.size ?? 0), 0)
      ];
    });
    const workers = this._page.workers();
    const tensors = await Promise.all(
      // A worker that ends while it is asked holds nothing.
      [this._page, ...workers].map(where =>
        where.evaluate(countTensors).catch(() => 0)
      )
    );
    return {
      attached,
      detached: metric('Nodes') - attached,
      listeners: metric('JSEventListeners'),
      workers: workers.length,
      tensors: tensors.reduce((sum, count) => sum + count, 0),
      comms
    };
  }

  private readonly _page: Page;
  private readonly _session: CDPSession;
}

/** TF.js keeps its engine in the global scope. */
function countTensors(): number {
  const { _tfengine } = globalThis as unknown as {
    _tfengine?: { state: { numTensors: number } };
  };
  return _tfengine?.state.numTensors ?? 0;
}

/** Runs code in the kernel of the page's notebook without a cell; what it printed. */
export function runInKernel(page: Page, code: string): Promise<string> {
  return page.evaluate(async source => {
    const app = (window as unknown as { jupyterapp: IPageApp }).jupyterapp;
    const kernel = [...app.shell.widgets('main')]
      .map(widget => widget.sessionContext?.session?.kernel)
      .find(Boolean)!;
    const future = kernel.requestExecute({
      code: source,
      store_history: false
    });
    let printed = '';
    future.onIOPub = ({ header, content }) => {
      if (header.msg_type === 'stream') {
        printed += content.text;
      } else if (header.msg_type === 'error') {
        printed += `${content.ename}: ${content.evalue}`;
      }
    };
    await future.done;
    future.dispose();
    return printed;
  }, code);
}
