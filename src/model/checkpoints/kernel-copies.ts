/** Checkpoints that the kernel keeps, for pages that know nothing of their runs. */
import type { JSONObject } from '@lumino/coreutils';
import { hasFields, isList, isText, isWhole } from '../../kernel/checks';
import { isSetup } from '../../kernel/protocol';
import type { ILink } from '../../kernel/types';
import type { IRunCheckpoint } from '../../network/types';
import { MAX_NAME, MAX_REPORT } from '../../signal/limits';
import type { IPair } from '../../signal/types';
import { messageOf } from '../message-of';
import { dataKey } from '../shelf';
import type { IKeptRun } from './kept-run';

/** The file of a checkpoint; network/checkpoint-file.ts in the product. */
export interface ICheckpointFiles {
  write(run: IRunCheckpoint): Promise<Uint8Array>;
  /** @throws Error with a sentence for the user; null where the file is of other data. */
  read(file: Uint8Array, data: string): IRunCheckpoint | null;
}

export interface IKernelCopiesOptions {
  /** Without it nothing goes to the kernel. */
  readonly files?: ICheckpointFiles;
  link(): ILink | null;
  /** Show a message in the strip. */
  report(message: string): void;
}

/** Runs that are fetched at most: no more are offered. */
const MOST = 3;

const FOUND = {
  checkpoints: isList(1000, item =>
    hasFields(item, { run: isText(MAX_NAME), saved_at: isWhole(0) })
  ),
  problems: isList(1000, isText(MAX_REPORT))
};

export class KernelCopies {
  constructor(options: IKernelCopiesOptions) {
    this._options = options;
  }

  /** Let the kernel keep this when the line has time for it. */
  keep(kept: IKeptRun, pair: IPair): void {
    const { files, link } = this._options;
    const { sha256, channels } = pair;
    if (files) {
      link()?.sendCheckpoint?.({
        run: kept.run,
        file: () => files.write({ ...kept, dataSha256: sha256, channels })
      });
    }
  }

  /** Nothing more of this run is sent; the kernel forgets it when its model arrives. */
  end(run: string): void {
    this._options.link()?.forgetCheckpoint?.(run);
  }

  /** No model comes of this run. */
  discard(run: string): void {
    const link = this._options.link();
    this.end(run);
    if (link && link.state !== 'gone') {
      link.runTask('checkpoint-end', { run }).catch(error => {
        console.warn('eelscape: the kernel keeps a checkpoint.', error);
      });
    }
  }

  /** Runs over these data that the kernel, or its folder, knows better than this browser. */
  async found(
    pair: IPair,
    here: readonly IKeptRun[]
  ): Promise<readonly IKeptRun[]> {
    const { files, link: linkNow } = this._options;
    const link = linkNow();
    if (!link || !files || link.state === 'gone') {
      return [];
    }
    try {
      await rests(link);
      const { fields } = await link.runTask('checkpoints', {});
      const wanted = this._wanted(fields, here);
      const found: IKeptRun[] = [];
      for (const run of wanted) {
        const kept = await this._fetch(link, files, run, dataKey(pair));
        found.push(...(kept ? [kept] : []));
      }
      return found;
    } catch (error) {
      // It stays where it is; a line that breaks says so itself.
      console.warn('eelscape: checkpoints could not be fetched.', error);
      return [];
    }
  }

  /** Ids of runs that are not here, or not as far. */
  private _wanted(
    fields: JSONObject,
    here: readonly IKeptRun[]
  ): readonly string[] {
    if (!hasFields(fields, FOUND)) {
      return [];
    }
    const [problem] = fields.problems as string[];
    if (problem) {
      this._refuse(problem);
    }
    return (fields.checkpoints as { run: string; saved_at: number }[])
      .filter(
        ({ run, saved_at }) =>
          !here.some(kept => kept.run === run && kept.savedAt >= saved_at)
      )
      .slice(0, MOST)
      .map(({ run }) => run);
  }

  private async _fetch(
    link: ILink,
    files: ICheckpointFiles,
    run: string,
    data: string
  ): Promise<IKeptRun | null> {
    try {
      const { arrays } = await link.runTask('checkpoint', { run });
      const kept = files.read(arrays.file.values as Uint8Array, data);
      if (kept && !isSetup(kept.setup)) {
        throw new Error('Its setup is not one that can be trained.');
      }
      return kept?.run === run ? kept : null;
    } catch (error) {
      this._refuse(messageOf(error));
      return null;
    }
  }

  private _refuse(why: string): void {
    this._options.report(
      `A checkpoint in the folder .eelscape-checkpoints is not offered. ${why} ` +
        'Delete that file, or leave it; everything else works.'
    );
  }

  private _options: IKernelCopiesOptions;
}

/** Waits while another tab trains: its runs are not for this one. A tab that is gone says nothing. */
function rests(link: ILink): Promise<void> {
  return new Promise(resolve => {
    const look = (): void => {
      if (!link.elsewhere?.training) {
        link.stateChanged.disconnect(look);
        resolve();
      }
    };
    link.stateChanged.connect(look);
    look();
  });
}
