/** The kernel room alone in a page: runs cases in a real kernel and hashes what arrives. */
import { KernelManager, ServerConnection } from '@jupyterlab/services';
import type { Kernel } from '@jupyterlab/services';
import { KernelLinks } from '../../src/kernel/links';
import type { Link } from '../../src/kernel/link';

/** What arrived of one case. */
export interface IArrived {
  readonly shape: readonly number[];
  /** sha256 of the bytes, little-endian float32, C order. */
  readonly spectra: string;
  readonly image: string;
  /** '' without a mask. */
  readonly mask: string;
  /** First and last value of the energy axis. */
  readonly energy: readonly [number, number];
}

class Transfers {
  /** Start a kernel and let it make its cases; resolves with their number. */
  async start(code: string): Promise<number> {
    const serverSettings = ServerConnection.makeSettings({
      baseUrl: `${location.origin}/`,
      wsUrl: `${location.origin.replace('http', 'ws')}/`
    });
    const manager = new KernelManager({ serverSettings });
    this._kernel = await manager.startNew({ name: 'python3' });
    this._links = new KernelLinks(this._kernel);
    this._links.opened.connect((_, link) => this._opened(link));
    return Number(await this._execute(code, 'len(cases)'));
  }

  /** Open case `index` in the kernel and hash what comes. */
  async receive(index: number): Promise<IArrived> {
    const opened = new Promise<Link>(resolve => {
      this._opened = resolve;
    });
    await this._execute(`ex = open_case(cases[${index}])`);
    const link = await opened;
    const abort = new AbortController();
    const pair = await link.receivePair(() => undefined, abort.signal);
    if ('question' in pair) {
      throw new Error(`Case ${index} was asked about: ${pair.question}`);
    }
    const { energy } = pair;
    const last = energy.size - 1;
    const at = (i: number): number =>
      energy.values ? energy.values[i] : energy.offset + energy.scale * i;
    const arrived = {
      shape: [pair.ny, pair.nx, pair.channels],
      spectra: await sha256(pair.spectra),
      image: await sha256(pair.image),
      mask: pair.mask ? await sha256(pair.mask) : '',
      energy: [at(0), at(last)] as const
    };
    link.dispose();
    await this._execute('ex.close()');
    return arrived;
  }

  /** What the kernel expects of each case, and what it is, as JSON. */
  async expected(): Promise<string> {
    return this._execute('', 'expected_json(cases)');
  }

  async stop(): Promise<void> {
    this._links?.dispose();
    await this._kernel?.shutdown();
  }

  /** Run code; the value of an expression that is a string or a number. */
  private async _execute(code: string, expression = '0'): Promise<string> {
    const future = this._kernel!.requestExecute({
      code: `${code}\n_answer = str(${expression})\nprint(_answer)`,
      store_history: false
    });
    let printed = '';
    let failure = '';
    future.onIOPub = message => {
      const content = message.content as {
        text?: string;
        evalue?: string;
        ename?: string;
      };
      if (message.header.msg_type === 'stream') {
        printed += content.text ?? '';
      } else if (message.header.msg_type === 'error') {
        failure = `${content.ename}: ${content.evalue}`;
      }
    };
    await future.done;
    if (failure) {
      throw new Error(`${code}\n${failure}`);
    }
    return printed.trim().split('\n').at(-1) ?? '';
  }

  private _kernel: Kernel.IKernelConnection | null = null;
  private _links: KernelLinks | null = null;
  private _opened: (link: Link) => void = () => undefined;
}

async function sha256(values: Float32Array | Uint8Array): Promise<string> {
  const bytes = new Uint8Array(
    values.buffer,
    values.byteOffset,
    values.byteLength
  );
  const digest = await crypto.subtle.digest('SHA-256', bytes.slice());
  return [...new Uint8Array(digest)]
    .map(byte => byte.toString(16).padStart(2, '0'))
    .join('');
}

Object.assign(window, { transfers: new Transfers() });
