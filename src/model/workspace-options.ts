import type { ILink } from '../kernel/types';
import type { INetworkClient } from '../network/types';
import type { IWorkspaceFiles } from '../network/workspace-file';
import type { IKeeperOptions } from './checkpoints/checkpoint-keeper';
import type { IKernelCopiesOptions } from './checkpoints/kernel-copies';
import type { IModelFiles } from './model-files';
import type { IWorkspaceSettings } from './settings';
import type { IMachine } from './slots';

/** The parts a workspace is made of. */
export interface IWorkspaceOptions {
  readonly id: string;
  readonly link: ILink | null;
  /** Disposed with the workspace. */
  readonly network: INetworkClient;
  readonly files: IModelFiles;
  /** Without them no workspace can be saved or opened. */
  readonly workspaceFiles?: IWorkspaceFiles;
  readonly settings?: IWorkspaceSettings;
  /** What runs share; what the browser tells of this machine by default. */
  readonly machine?: IMachine;
  /** Where training runs outlive their page; nowhere by default. */
  readonly checkpoints?: Pick<IKeeperOptions, 'store' | 'locks'> &
    Pick<IKernelCopiesOptions, 'files'>;
  /** Versions of further software that model files name. */
  readonly versions?: Readonly<Record<string, string>>;
}
