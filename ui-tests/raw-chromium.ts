/**
 * Chromium by its own protocol. Playwright tells each of its pages that it has the focus, so that
 * none of them is ever hidden; tabs of this browser hide each other as they do for users.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { removeFolder } from './remove-folder';

interface IAnswer {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

interface IEvaluated {
  readonly result: { readonly value: unknown };
  readonly exceptionDetails?: {
    readonly text: string;
    readonly exception?: { readonly description?: string };
  };
}

export class RawChromium {
  static start(): RawChromium {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'eelscape-chromium-'));
    const child = spawn(
      process.env.CHROMIUM ?? '/usr/bin/chromium',
      [
        '--headless=new',
        '--no-sandbox',
        '--no-first-run',
        '--disable-background-networking',
        '--remote-debugging-pipe',
        // As after five minutes in the background: timers once a minute.
        '--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1',
        `--user-data-dir=${folder}`,
        'about:blank'
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] }
    );
    return new RawChromium(child, folder);
  }

  private constructor(
    private readonly _child: ChildProcess,
    private readonly _folder: string
  ) {
    const output = _child.stdio[4] as Readable;
    output.setEncoding('utf8');
    let rest = '';
    output.on('data', (text: string) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop()!;
      for (const message of messages) {
        const answer = JSON.parse(message) as IAnswer;
        this._waiting.get(answer.id ?? -1)?.(answer);
      }
    });
  }

  /** Opens a tab in front of the others. */
  async open(address: string): Promise<RawTab> {
    const { targetId } = await this.send<{ targetId: string }>(
      'Target.createTarget',
      { url: address }
    );
    const { sessionId } = await this.send<{ sessionId: string }>(
      'Target.attachToTarget',
      { targetId, flatten: true }
    );
    return new RawTab(this, targetId, sessionId);
  }

  async send<T>(
    method: string,
    params: object = {},
    sessionId?: string
  ): Promise<T> {
    const id = ++this._last;
    const answer = await new Promise<IAnswer>(resolve => {
      this._waiting.set(id, resolve);
      const message = JSON.stringify({ id, method, params, sessionId });
      (this._child.stdio[3] as Writable).write(`${message}\0`);
    });
    this._waiting.delete(id);
    if (answer.error) {
      throw new Error(`${method}: ${answer.error.message}`);
    }
    return answer.result as T;
  }

  async close(): Promise<void> {
    const ended = new Promise(resolve => this._child.once('exit', resolve));
    this._child.kill();
    await ended;
    // Its helpers outlive it by some moments and still write into the folder.
    await removeFolder(this._folder);
  }

  private readonly _waiting = new Map<number, (answer: IAnswer) => void>();
  private _last = 0;
}

export class RawTab {
  constructor(
    private readonly _browser: RawChromium,
    private readonly _target: string,
    private readonly _session: string
  ) {}

  /** As Playwright's: what a function of the page returns for an argument. */
  async evaluate<T, A>(
    work: (argument: A) => T | Promise<T>,
    argument?: A
  ): Promise<T> {
    const { result, exceptionDetails } = await this._browser.send<IEvaluated>(
      'Runtime.evaluate',
      {
        expression: `(${String(work)})(${JSON.stringify(argument) ?? ''})`,
        awaitPromise: true,
        returnByValue: true
      },
      this._session
    );
    if (exceptionDetails) {
      const { text, exception } = exceptionDetails;
      throw new Error(exception?.description ?? text);
    }
    return result.value as T;
  }

  async toFront(): Promise<void> {
    await this._browser.send('Target.activateTarget', {
      targetId: this._target
    });
  }
}
