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

/** Where the user has put something, and what is measured, as Python has it. */
interface IPlaces {
  readonly pins: readonly (readonly [string, number, number])[];
  readonly regions: readonly {
    readonly name: string;
    readonly kind: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
  readonly metric: string;
}

/** The measure of errors, in Python. */
export const METRIC = 'ex.recipe()["analyses"]["metric"]';
const PLACES = [
  '{"pins": sorted((name, pin.row, pin.column) for name, pin in ex.pins.items())',
  '"regions": [ex.regions[name].to_dict() for name in sorted(ex.regions)]',
  `"metric": ${METRIC}}`
].join(', ');
/** Of a panel that nobody has touched. */
const NOWHERE: IPlaces = { pins: [], regions: [], metric: 'relative' };

/** How many pins and regions the panel shows. */
async function shownIn(session: SoakSession): Promise<number[]> {
  const pins = session.view('navigator').locator('.jp-Eelscape-pin');
  return Promise.all([pins.count(), session.regions.count()]);
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

  /** The kernel has said what it knows of the panel's pins, regions, measure and steps. */
  async keepState(session: SoakSession): Promise<void> {
    this._places = await json<IPlaces>(session, PLACES);
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
    this._places = NOWHERE;
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
    // A page that came back shows its places once the kernel's word has arrived, and says them again.
    const places = async () => json<IPlaces>(session, PLACES);
    await expect
      .poll(places, { timeout: 20_000 })
      .toEqual(this._places)
      .catch(async () =>
        this.lost.push(
          `after ${after}: ${JSON.stringify(await places())} of ${JSON.stringify(this._places)}`
        )
      );
    const { pins, regions } = this._places;
    await expect
      .poll(() => shownIn(session), { timeout: 20_000 })
      .toEqual([pins.length, regions.length])
      .catch(async () =>
        this.lost.push(
          `after ${after}: pins and regions ${await shownIn(session)} of ${pins.length},${regions.length} in the panel`
        )
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
  private _places = NOWHERE;
  private _steps = 0;
  private _states = 0;
  private _checkpoints = 0;
}
