/** The heavy parts of a panel, in a chunk of their own that loads with the first one. */
import type { ILink } from '../kernel/types';
import { BrowserLocks } from '../model/checkpoints/browser-locks';
import { BrowserStore } from '../model/checkpoints/browser-store';
import type { IWorkspaceSettings } from '../model/settings';
import { Workspace } from '../model/workspace';
import { NetworkClient } from '../network/client';
import {
  readCheckpointFile,
  writeCheckpointFile
} from '../network/checkpoint-file';
import { readModelFile, writeModelFile } from '../network/model-file';
import { createNetworkWorker } from '../network/worker-factory';
import { writeWorkspace, writeWorkspaceFile } from '../network/workspace-file';
import { readWorkspaceFile } from '../network/workspace-file-read';

export { createPanel as makePanel } from '../views/panel';

/** One for the page: an open database stays open, whoever opened it. */
const CHECKPOINTS = {
  store: new BrowserStore(),
  locks: new BrowserLocks(),
  files: { write: writeCheckpointFile, read: readCheckpointFile }
};

/** A workspace with a network client of its own. */
export function makeWorkspace(
  id: string,
  link: ILink | null,
  settings: IWorkspaceSettings
): Workspace {
  return new Workspace({
    id,
    link,
    network: new NetworkClient(createNetworkWorker),
    files: { read: readModelFile, write: writeModelFile },
    workspaceFiles: {
      read: readWorkspaceFile,
      write: writeWorkspaceFile,
      writeNow: writeWorkspace
    },
    settings,
    checkpoints: CHECKPOINTS
  });
}
