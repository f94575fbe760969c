/** A panel as a file: saved, opened without a kernel, connected to its spectra. */
import { UUID } from '@lumino/coreutils';
import { Signal, type ISignal } from '@lumino/signaling';
import { isPanelState } from '../../kernel/state-check';
import type { ILink } from '../../kernel/types';
import type {
  IWorkspaceContents,
  IWorkspaceFiles
} from '../../network/workspace-file';
import type { BackendName, IPair } from '../../signal/types';
import type { DataExchange } from '../data-exchange';
import type { DataModel } from '../data-model';
import type { FactorisationModel } from '../factorisation-model';
import { messageOf } from '../message-of';
import type { IModelFiles } from '../model-files';
import { readSnakeSetup } from '../model-metadata';
import type { ModelsModel } from '../models-model';
import type { NavigationModel } from '../navigation-model';
import type { RunResults } from '../run-results';
import type { Sessions } from '../sessions';
import { placeState, type IPlaces } from '../state-placing';
import { stateOf } from '../state-report';
import { LAYERS, type Layer } from '../navigation-types';
import { collect } from './collect';
import {
  decodePredictions,
  openStored,
  type IOpenedModel
} from './stored-models';
import type { IWantedData, IWorkspaceFile } from './types';

export interface IWorkspaceFileOptions extends IPlaces {
  readonly data: DataModel;
  readonly navigation: NavigationModel;
  readonly models: ModelsModel;
  readonly factorisation: FactorisationModel;
  readonly exchange: DataExchange;
  readonly results: RunResults;
  readonly sessions: Sessions;
  readonly files: IModelFiles;
  /** null where workspace files are not to be had. */
  readonly workspaceFiles: IWorkspaceFiles | null;
  readonly backend: BackendName | 'auto';
  readonly versions: Readonly<Record<string, string>>;
  link(): ILink | null;
  /** Show a message in the strip. */
  report(message: string): void;
}

/** Milliseconds that a busy kernel gets to say what it did to the data. */
const PATIENCE = 5000;

/** Puts the parts of a panel into a file, and those of a file into the panel. */
export class WorkspaceFileModel implements IWorkspaceFile {
  constructor(options: IWorkspaceFileOptions) {
    this._options = options;
    options.data.pairChanged.connect(() => this._changed.emit());
  }

  get name(): string {
    return this._name;
  }

  get spectraBytes(): number {
    return this._options.data.pair?.spectra.byteLength ?? 0;
  }

  get wanted(): IWantedData | null {
    const { pair } = this._options.data;
    if (!pair?.absent) {
      return null;
    }
    const { name, title, sha256, ny, nx, channels } = pair;
    return { name: name || title, sha256, shape: [ny, nx, channels] };
  }

  get changed(): ISignal<IWorkspaceFile, void> {
    return this._changed;
  }

  async save(withSpectra: boolean): Promise<Uint8Array> {
    const recipe = await this._recipe();
    const { contents, files } = this._collect(withSpectra, recipe);
    return files.write(contents);
  }

  saveNow(withSpectra: boolean): Uint8Array {
    const { contents, files } = this._collect(withSpectra, this._recipeOfFile);
    return files.writeNow(contents);
  }

  async open(bytes: Uint8Array, name: string): Promise<void> {
    const { workspaceFiles, files, backend } = this._options;
    if (!workspaceFiles) {
      throw new Error('Workspace files cannot be read here.');
    }
    const contents = await workspaceFiles.read(bytes);
    const pair: IPair = { ...contents.pair, id: UUID.uuid4() };
    // All of it is read before anything is shown.
    const opened: IOpenedModel[] = [];
    for (const stored of contents.models) {
      const model = await files.read(stored.file);
      opened.push(openStored(stored, model, pair, backend));
    }
    if (this._disposed) {
      return;
    }
    this._recipeOfFile = contents.recipe;
    this._name = name;
    this._place(contents, pair, opened);
    this._changed.emit();
    void this._decode(opened);
  }

  connect(pair: IPair): boolean {
    const { data, navigation, factorisation, exchange } = this._options;
    const old = data.pair;
    const { spectra } = pair;
    if (
      !old?.absent ||
      pair.absent ||
      pair.sha256 !== old.sha256 ||
      spectra.length !== old.ny * old.nx * old.channels
    ) {
      return false;
    }
    const state = stateOf(this._options, old.energy);
    const { layer } = navigation;
    const { result } = factorisation;
    exchange.replace({ ...old, spectra, absent: undefined });
    placeState(this._options, state);
    factorisation.restore(result);
    navigation.setLayer(layer);
    return true;
  }

  dispose(): void {
    this._disposed = true;
    Signal.clearData(this);
  }

  private _collect(
    withSpectra: boolean,
    recipe: Record<string, unknown> | null
  ): { contents: IWorkspaceContents; files: IWorkspaceFiles } {
    const { data, workspaceFiles: files, results } = this._options;
    const { pair } = data;
    if (!pair || !files) {
      throw new Error('There are no data to save.');
    }
    const file = (id: string) => results.file(id);
    const parts = { ...this._options, file };
    return { contents: collect(parts, pair, withSpectra, recipe), files };
  }

  private _place(
    contents: IWorkspaceContents,
    pair: IPair,
    opened: readonly IOpenedModel[]
  ): void {
    const { data, navigation, models, results, sessions } = this._options;
    const { factorisation, exchange } = this._options;
    exchange.replace(pair);
    data.change(readSnakeSetup(contents.setup));
    opened.forEach(({ model, network }, i) => {
      sessions.add(model.id, network);
      results.keepFile(model.id, contents.models[i].file);
      models.add(model);
    });
    if (contents.active !== null) {
      models.activate(contents.active);
    }
    factorisation.restore(contents.factorisation);
    if (isPanelState(contents.state)) {
      placeState(this._options, contents.state);
    }
    navigation.setEnergyRange(...contents.summary.range);
    if ((LAYERS as readonly string[]).includes(contents.layer)) {
      navigation.setLayer(contents.layer as Layer);
    }
  }

  /** Predictions come one model after the other, the shown one first. */
  private async _decode(opened: readonly IOpenedModel[]): Promise<void> {
    const { models, sessions, report } = this._options;
    const shown = models.active;
    const list = opened.map(({ model }) => model);
    list.sort((a, b) => Number(b === shown) - Number(a === shown));
    const goesOn = (id: string) =>
      !this._disposed && models.items.some(item => item.id === id);
    for (const model of list) {
      try {
        await decodePredictions(model, sessions, () => goesOn(model.id));
      } catch (error) {
        if (goesOn(model.id)) {
          report(messageOf(error));
        }
      }
      // Data may have been connected meanwhile: the model is then another over the same values.
      const now = models.items.find(({ id }) => id === model.id);
      if (now && !this._disposed) {
        if (now !== model) {
          now.takePredictions(model.predictions);
        }
        models.refresh(now);
      }
    }
  }

  /** What the kernel did to the data; what the file said where there is no kernel. */
  private async _recipe(): Promise<Record<string, unknown> | null> {
    const link = this._options.link();
    if (!link || link.state === 'gone') {
      return this._recipeOfFile;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), PATIENCE);
    try {
      const { fields } = await link.runTask(
        'recipe',
        {},
        { abort: abort.signal }
      );
      const { recipe } = fields;
      return typeof recipe === 'object' && !Array.isArray(recipe)
        ? recipe
        : null;
    } catch (error) {
      // The file is complete but for the recipe, which `ex.recipe()` gives.
      console.warn('eelscape: the kernel gave no recipe.', error);
      return this._recipeOfFile;
    } finally {
      clearTimeout(timer);
    }
  }

  private _options: IWorkspaceFileOptions;
  private _name = '';
  private _recipeOfFile: Record<string, unknown> | null = null;
  private _disposed = false;
  private _changed = new Signal<IWorkspaceFile, void>(this);
}
