/** What the parts of the explorer are made of. */
import type { ILink } from '../../kernel/types';
import type { ISession } from '../../network/types';
import type {
  IDataModel,
  IModelsModel,
  INavigationModel,
  IRegionsModel
} from '../types';
import type { ITrainingModel } from '../training-types';
import type { IModelLibrary } from './model-library';

/** The trained networks by model id, opened when they are used. */
export interface INetworks {
  /** True where the network of a model can be used. */
  has(id: string): boolean;
  /** True while the network of a model trains: it decodes, and nothing else. */
  trains(id: string): boolean;
  /** (n, latentDims) to (n, length of a target), data units. */
  decode(id: string, latents: Float32Array, n: number): Promise<Float32Array>;
  /** Use a network that is trained; rejects for unknown ids. */
  use<T>(id: string, task: (session: ISession) => Promise<T>): Promise<T>;
}

export interface IExplorerOptions {
  readonly data: IDataModel;
  readonly navigation: INavigationModel;
  readonly models: IModelsModel;
  readonly training: ITrainingModel;
  readonly regions: IRegionsModel;
  readonly networks: INetworks;
  /** Models beside those that are shown. */
  readonly library: IModelLibrary;
  /** The line to Python; null without one. */
  link(): ILink | null;
}
