/** Models that Python asks the panel to show over its data. */
import { UUID } from '@lumino/coreutils';
import type { ILink, ITaskResult } from '../kernel/types';
import type { BackendName, IPair } from '../signal/types';
import type { DataModel } from './data-model';
import type { IModelFiles } from './model-files';
import type { ModelsModel } from './models-model';
import type { NavigationModel } from './navigation-model';
import type { RunResults } from './run-results';
import type { Sessions } from './sessions';
import { OtherEnergies, showModel } from './show-model';
import { messageOf } from './message-of';
import type { IWorkspace } from './types';

export interface IShownModelsOptions {
  readonly data: DataModel;
  readonly models: ModelsModel;
  readonly navigation: NavigationModel;
  readonly results: RunResults;
  readonly sessions: Sessions;
  readonly files: IModelFiles;
  readonly backend: BackendName | 'auto';
  readonly workspace: Pick<
    IWorkspace,
    'status' | 'error' | 'changed' | 'disposed'
  >;
  link(): ILink | null;
  /** Show a message in the strip. */
  report(message: string): void;
}

/** Reads the files, evaluates the networks, and adds the models. */
export class ShownModels {
  constructor(options: IShownModelsOptions) {
    this._options = options;
    options.results.library.setShow((id, file) => this.show(id, file));
    options.workspace.disposed.connect(() => {
      this._disposed = true;
    });
  }

  /** Show a model, or the one of this id that is shown already. */
  async show(id: string, file: Uint8Array): Promise<void> {
    const { data, models, navigation, results, link, report } = this._options;
    if (models.items.some(item => item.id === id)) {
      models.activate(id);
      return;
    }
    try {
      const pair = data.pair ?? (await this._pairArrived());
      const model = await showModel({
        id,
        file,
        pair,
        sessions: this._options.sessions,
        files: this._options.files,
        backend: this._options.backend,
        label: (kind, latents) => models.freeLabel(kind, latents)
      });
      if (!this._disposed) {
        results.keepFile(id, file);
        models.add(model);
        models.activate(id);
        navigation.setLayer('error');
      }
    } catch (error) {
      if (error instanceof OtherEnergies && !this._disposed) {
        // It cannot stand beside the others: it is applied by itself.
        results.library.apply(error.title, file);
      } else if (!this._disposed) {
        report(messageOf(error));
        link()?.sendFailure(id, messageOf(error));
      }
    }
  }

  /** Show again what Python holds of these data: in a page that was loaded anew nothing else knows it. */
  async restore(from: ILink): Promise<void> {
    const { data, models } = this._options;
    const pair = data.pair;
    if (models.items.length > 0) {
      return;
    }
    let found: ITaskResult;
    try {
      found = await from.runTask('models', {});
    } catch (error) {
      // They stay in the kernel; a line that breaks says so itself.
      console.warn('eelscape: models could not be fetched.', error);
      return;
    }
    for (let i = 0; found.arrays[`model-${i}`]; i++) {
      const { values } = found.arrays[`model-${i}`];
      if (this._disposed || data.pair !== pair) {
        return;
      }
      await this.show(UUID.uuid4(), values as Uint8Array);
    }
    if (models.active && data.pair === pair) {
      // What a user had set up before the page went.
      data.change(models.active.setup);
    }
  }

  /** The data, when they have come; rejects where they do not. */
  private _pairArrived(): Promise<IPair> {
    const { data, workspace } = this._options;
    return new Promise((resolve, reject) => {
      const check = () => {
        const { pair } = data;
        const { status } = workspace;
        const waits = status === 'loading' || status === 'question';
        if (!pair && waits && !this._disposed) {
          return;
        }
        workspace.changed.disconnect(check);
        if (pair) {
          resolve(pair);
        } else {
          reject(
            new Error(workspace.error || 'There are no data to show it over.')
          );
        }
      };
      workspace.changed.connect(check);
      check();
    });
  }

  private _options: IShownModelsOptions;
  private _disposed = false;
}
