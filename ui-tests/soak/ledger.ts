/** What was acknowledged, and whether it is still there. */
import { expect } from '../lab';
import type { SoakSession } from './session';

interface IKeptModel {
  readonly file: string;
  /** sha256 of its bytes. */
  readonly sha256: string;
  /** False where steps made the data that it was trained on. */
  readonly ofSource: boolean;
}

/** A line of Python that prints JSON. */
const json = async <T>(session: SoakSession, value: string): Promise<T> =>
  JSON.parse(await session.python(`print(json.dumps(${value}))`)) as T;

export class Ledger {
  /** What was missing when it was looked for, in words. */
  readonly lost: string[] = [];

  /** How many models, states and checkpoints were acknowledged. */
  get counts(): { models: number; states: number; checkpoints: number } {
    return {
      models: this._files.length,
      states: this._states,
      checkpoints: this._checkpoints
    };
  }

  /** Preprocessing steps that the kernel has. */
  get steps(): number {
    return this._steps;
  }

  /** Python has models: they are saved, and must be in `ex.models` as long as this kernel lives. */
  async keepModels(session: SoakSession): Promise<void> {
    const count = await json<number>(session, 'len(ex.models)');
    if (count < this._inKernel) {
      this.lost.push(
        `${this._inKernel - count} of ${this._inKernel} models in Python`
      );
    }
    for (let i = this._inKernel; i < count; i++) {
      const file = `soak-${this._files.length}.safetensors`;
      const sha256 = await json<string>(
        session,
        `(ex.models[${i}].save("${file}"), hashlib.sha256(open("${file}", "rb").read()).hexdigest())[1]`
      );
      this._files.push({ file, sha256, ofSource: this._steps === 0 });
    }
    this._inKernel = count;
  }

  /** The kernel has said what it knows of the panel's pins and steps. */
  async keepState(session: SoakSession): Promise<void> {
    this._pins = await json<string[]>(session, 'sorted(ex.pins)');
    this._steps = await json<number>(
      session,
      'len(ex.recipe()["preprocessing"])'
    );
    this._states += 1;
  }

  /** A checkpoint was written: a page that is loaded anew must offer this epoch or a later one. */
  keepCheckpoint(): void {
    this._checkpoints += 1;
  }

  /** Another kernel, or another `explore`: what was only in the kernel went with it. */
  forgetKernel(): void {
    this._inKernel = 0;
    this._steps = 0;
  }

  /** The panel went, and the kernel with it: only files outlive both. */
  forgetPanel(): void {
    this.forgetKernel();
    this._pins = [];
  }

  /** Looks for everything that was acknowledged. */
  async check(session: SoakSession, after: string): Promise<void> {
    const models = await json<number>(session, 'len(ex.models)');
    if (models < this._inKernel) {
      this.lost.push(
        `after ${after}: ${this._inKernel - models} of ${this._inKernel} models in Python`
      );
    }
    const steps = await json<number>(
      session,
      'len(ex.recipe()["preprocessing"])'
    );
    if (steps !== this._steps) {
      this.lost.push(`after ${after}: ${steps} of ${this._steps} steps`);
    }
    // A page that came back shows its pins once the kernel's word has arrived, and says them again.
    const pins = async () => json<string[]>(session, 'sorted(ex.pins)');
    await expect
      .poll(pins, { timeout: 20_000 })
      .toEqual(this._pins)
      .catch(async () =>
        this.lost.push(`after ${after}: pins ${await pins()} of ${this._pins}`)
      );
    await expect
      .poll(
        () => session.view('navigator').locator('.jp-Eelscape-pin').count(),
        { timeout: 20_000 }
      )
      .toBe(this._pins.length)
      .catch(() =>
        this.lost.push(`after ${after}: pins ${this._pins} on the navigator`)
      );
  }

  /** Every saved model is read again, and holds what it held. */
  async checkFiles(session: SoakSession): Promise<void> {
    for (const { file, sha256, ofSource } of this._files) {
      const data = ofSource ? ', s, haadf' : '';
      const found = await json<string>(
        session,
        `(eelscape.load("${file}"${data}), hashlib.sha256(open("${file}", "rb").read()).hexdigest())[1]`
      ).catch(error => String(error));
      if (found !== sha256) {
        this.lost.push(`the model in ${file}: ${found}`);
      }
    }
  }

  private _files: IKeptModel[] = [];
  private _inKernel = 0;
  private _pins: string[] = [];
  private _steps = 0;
  private _states = 0;
  private _checkpoints = 0;
}
