/** Models beside those that are shown: put aside with their data, or read from files. */
import type { IModelContents } from '../../network/model-file';
import type { Kind } from '../../signal/types';
import type { IModelFiles } from '../model-files';
import type { RunResults } from '../run-results';
import type { INetworkSource, Sessions } from '../sessions';
import type { Shelf } from '../shelf';

export interface IKeptModel {
  readonly id: string;
  /** "2L". */
  readonly label: string;
  readonly kind: Kind;
}

export interface IModelLibrary {
  /** Models of data that are not shown now. */
  readonly kept: readonly IKeptModel[];
  /** safetensors bytes of a model, shown or kept; null where there are none. */
  file(id: string): Uint8Array | null;
  /** Rejects with a sentence for the user where a file is damaged. */
  read(file: Uint8Array): Promise<IModelContents>;
  /** Make a network known under an id; it is opened when used. */
  open(id: string, source: INetworkSource): void;
  close(id: string): void;
  /** Add a model to those that are shown, over the present data. */
  show(id: string, file: Uint8Array): Promise<void>;
  /** Whoever applies models to other data is given those that cannot be shown. */
  setApply(apply: ApplyModel): void;
}

/** Applies the model in a file, called `name`, to the present data. */
export type ApplyModel = (name: string, file: Uint8Array) => void;

export interface IModelLibraryOptions {
  readonly shelf: Shelf;
  readonly results: Pick<RunResults, 'file'>;
  readonly files: IModelFiles;
  readonly sessions: Sessions;
}

export class ModelLibrary implements IModelLibrary {
  constructor(options: IModelLibraryOptions) {
    this._options = options;
  }

  get kept(): readonly IKeptModel[] {
    return this._options.shelf.models
      .map(({ options }) => options)
      .filter(({ id }) => this.file(id) !== null)
      .map(({ id, label, setup }) => ({ id, label, kind: setup.kind }));
  }

  file(id: string): Uint8Array | null {
    return this._options.results.file(id);
  }

  read(file: Uint8Array): Promise<IModelContents> {
    return this._options.files.read(file);
  }

  open(id: string, source: INetworkSource): void {
    this._options.sessions.add(id, source);
  }

  close(id: string): void {
    this._options.sessions.remove(id);
  }

  /** Let whoever shows models in all views know of those that `show` is asked for. */
  setShow(show: IModelLibrary['show']): void {
    this._show = show;
  }

  async show(id: string, file: Uint8Array): Promise<void> {
    await this._show?.(id, file);
  }

  setApply(apply: ApplyModel): void {
    this._apply = apply;
  }

  /** Apply a model whose energies are not those of the present data. */
  apply(name: string, file: Uint8Array): void {
    this._apply?.(name, file);
  }

  private _show: IModelLibrary['show'] | null = null;
  private _apply: ApplyModel | null = null;
  private _options: IModelLibraryOptions;
}
