/** Preprocessing in the kernel: applied steps, the draft of the next, its preview. */
import type { JSONArray } from '@lumino/coreutils';
import { Signal, type ISignal } from '@lumino/signaling';
import { readPreprocessing, readPreview } from './kernel-answers';
import type { ILink } from '../kernel/types';
import { MAX_STEPS } from '../signal/limits';
import type { IPair } from '../signal/types';
import { isCancelled, kernelProblem, KernelWork } from './kernel-work';
import { messageOf } from './message-of';
import type {
  IAppliedStep,
  IBusy,
  IDataModel,
  INavigationModel,
  IPreprocessingModel,
  ISourceSummary,
  IStepPreview,
  ITrainingModel,
  StepParams
} from './types';

/** Milliseconds of rest before a preview is asked for. */
const REST = 120;

export interface IPreprocessingOptions {
  readonly data: IDataModel;
  readonly navigation: INavigationModel;
  readonly training: ITrainingModel;
  link(): ILink | null;
}

/**
 * The kernel is asked for the whole list of steps at each change; the new data
 * then come as a reload. Of previews one is under way at a time: a newer draft
 * ends it, a moved pointer waits for it.
 */
export class PreprocessingModel implements IPreprocessingModel {
  constructor(options: IPreprocessingOptions) {
    this._options = options;
    options.navigation.pointerChanged.connect(this._onPointer, this);
    options.training.changed.connect(this.refreshBlocked, this);
    this._blocked = this._blockedNow();
  }

  get source(): ISourceSummary | null {
    return this._source;
  }

  get steps(): readonly IAppliedStep[] {
    return this._steps;
  }

  get undone(): readonly IAppliedStep[] {
    return this._undone;
  }

  get draft(): StepParams | null {
    return this._draft;
  }

  get preview(): IStepPreview | null {
    return this._preview;
  }

  get busy(): IBusy | null {
    return this._busy;
  }

  get error(): string {
    return this._error;
  }

  get blocked(): string {
    return this._blocked;
  }

  get changed(): ISignal<IPreprocessingModel, void> {
    return this._changed;
  }

  edit(draft: StepParams | null): void {
    if (draft === this._draft) {
      return;
    }
    if (draft?.step !== this._draft?.step) {
      this._preview = null;
    }
    this._draft = draft;
    this._error = '';
    this._endPreview();
    this._previewLater();
    this._changed.emit();
  }

  apply(): void {
    const draft = this._draft;
    if (draft) {
      // What the kernel chose for the preview is what the user has seen.
      const params = this._shown === draft ? this._preview?.params : undefined;
      const steps = [...this._params(), params ?? draft];
      if (steps.length > MAX_STEPS) {
        this.report(
          `There are ${MAX_STEPS} preprocessing steps, the most that are carried out. ` +
            'Undo some, or process the data before you open them.'
        );
        return;
      }
      void this._apply(steps, 'Applying the step', () => {
        this._undone = [];
        if (this._draft === draft) {
          this._draft = null;
          this._preview = null;
        }
      });
    }
  }

  undo(): void {
    const last = this._steps[this._steps.length - 1];
    if (last) {
      const undone = [...this._undone, last];
      void this._apply(this._params().slice(0, -1), 'Undoing', () => {
        this._undone = undone;
      });
    }
  }

  redo(): void {
    const next = this._undone[this._undone.length - 1];
    if (next) {
      const undone = this._undone.slice(0, -1);
      void this._apply([...this._params(), next.params], 'Redoing', () => {
        this._undone = undone;
      });
    }
  }

  cancel(): void {
    this._error = '';
    this._work.cancel();
    this._endPreview();
    this._busy = null;
    this._changed.emit();
  }

  /** Data have come: ask which steps made them, and preview the draft anew. */
  refresh(): void {
    this._previewLater();
    void this._fetchState();
  }

  /** Say something that the user should know about the data. */
  report(message: string): void {
    if (message && message !== this._error) {
      this._error = message;
      this._changed.emit();
    }
  }

  /**
   * The kernel has other data.
   * @returns true where steps applied here made them: unlike data of a cell,
   *   they leave the models in Python and the undone steps as they are.
   */
  takeReload(): boolean {
    const mine = this._reloads;
    this._reloads = false;
    if (!mine && this._undone.length > 0) {
      this._undone = [];
      this._changed.emit();
    }
    return mine;
  }

  /** The line or the training has changed. */
  refreshBlocked(): void {
    const blocked = this._blockedNow();
    if (blocked !== this._blocked) {
      this._blocked = blocked;
      this._changed.emit();
    }
  }

  dispose(): void {
    this._disposed = true;
    this._work.cancel();
    this._asking.cancel();
    this._endPreview();
    Signal.clearData(this);
  }

  private _params(): StepParams[] {
    return this._steps.map(({ params }) => params);
  }

  private async _apply(
    steps: readonly StepParams[],
    text: string,
    done: () => void
  ): Promise<void> {
    const link = this._options.link();
    this.refreshBlocked();
    if (!link || this._blocked || this._work.running || this._disposed) {
      return;
    }
    this._endPreview();
    this._error = '';
    this._busy = { text, fraction: null };
    this._reloads = true;
    const work = this._work.run(
      link,
      'preprocess-apply',
      { steps: steps as unknown as JSONArray },
      ({ fraction, message }) => {
        this._busy = { text: message || text, fraction };
        this._changed.emit();
      }
    );
    this._changed.emit();
    try {
      const { source, steps: applied } = readPreprocessing(await work);
      this._reloads &&= !sameSteps(applied, this._steps);
      this._source = source;
      this._steps = applied;
      done();
    } catch (error) {
      this._reloads = false;
      if (!isCancelled(error)) {
        this._error = messageOf(error);
      }
    }
    if (!this._disposed) {
      this._busy = null;
      this._changed.emit();
      this._previewLater();
    }
  }

  private async _fetchState(): Promise<void> {
    const link = this._options.link();
    if (!link || kernelProblem(link) || this._disposed) {
      return;
    }
    try {
      const work = this._asking.run(link, 'preprocess-state', {}, () => {});
      const { source, steps } = readPreprocessing(await work);
      if (!sameSteps(steps, this._steps)) {
        // A cell changed them: what was undone before does not belong to these.
        this._undone = [];
      }
      this._source = source;
      this._steps = steps;
    } catch (error) {
      if (isCancelled(error)) {
        return;
      }
      this._error = messageOf(error);
    }
    if (!this._disposed) {
      this._changed.emit();
    }
  }

  private _onPointer(): void {
    if (this._draft) {
      this._previewLater();
    }
  }

  private _endPreview(): void {
    clearTimeout(this._timer);
    this._again = false;
    this._previewing.cancel();
  }

  private _previewLater(): void {
    clearTimeout(this._timer);
    if (this._draft && !this._disposed) {
      this._timer = setTimeout(() => void this._ask(), REST);
    }
  }

  private async _ask(): Promise<void> {
    const { data, navigation, link: getLink } = this._options;
    const { pair } = data;
    const link = getLink();
    const draft = this._draft;
    if (!pair || !link || !draft || kernelProblem(link) || this._work.running) {
      return;
    }
    if (this._previewing.running) {
      this._again = true;
      return;
    }
    const pixel = [...navigation.pointer];
    // Another draft or other data have taken its place where these differ.
    const current = () => this._draft === draft && data.pair === pair;
    try {
      const work = this._previewing.run(
        link,
        'preprocess-preview',
        { step: draft, pixel },
        ({ fraction, message }) => {
          this._busy = { text: message || 'Computing the preview', fraction };
          this._changed.emit();
        }
      );
      const preview = readPreview(await work);
      // The kernel may have other data by now, which are on their way.
      if (current() && fitsScan(preview, pair)) {
        this._preview = preview;
        this._shown = draft;
        this._error = '';
      }
    } catch (error) {
      if (!isCancelled(error) && current()) {
        this._preview = null;
        this._error = messageOf(error);
      }
    }
    if (this._disposed) {
      return;
    }
    if (!this._work.running && !this._previewing.running) {
      this._busy = null;
    }
    this._changed.emit();
    if (this._again) {
      this._again = false;
      void this._ask();
    }
  }

  private _blockedNow(): string {
    const { training, link } = this._options;
    return training.running
      ? 'A network trains on these data: stop it, or wait until it is done.'
      : kernelProblem(link());
  }

  private _options: IPreprocessingOptions;
  private _source: ISourceSummary | null = null;
  private _steps: readonly IAppliedStep[] = [];
  private _undone: readonly IAppliedStep[] = [];
  private _draft: StepParams | null = null;
  private _preview: IStepPreview | null = null;
  /** The draft that `_preview` shows. */
  private _shown: StepParams | null = null;
  private _busy: IBusy | null = null;
  private _error = '';
  private _blocked = '';
  /** Applying; asking for the state; previewing. */
  private _work = new KernelWork();
  private _asking = new KernelWork();
  private _previewing = new KernelWork();
  private _timer: ReturnType<typeof setTimeout> | undefined;
  /** Steps were applied, and the reload that follows has not come. */
  private _reloads = false;
  /** The pointer moved while a preview was under way. */
  private _again = false;
  private _disposed = false;
  private _changed = new Signal<IPreprocessingModel, void>(this);
}

function fitsScan({ residualMap, flags }: IStepPreview, pair: IPair): boolean {
  const pixels = pair.ny * pair.nx;
  return [residualMap, flags].every(map => !map || map.length === pixels);
}

function sameSteps(
  a: readonly IAppliedStep[],
  b: readonly IAppliedStep[]
): boolean {
  const text = (steps: readonly IAppliedStep[]) =>
    JSON.stringify(steps.map(({ params }) => params));
  return text(a) === text(b);
}
