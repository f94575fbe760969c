/** Puts bytes into a file of the server; where that fails they are offered as a download. */
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { toBase64 } from '../base64';

/** What a server takes in one message: 512 MB of text by default. */
const MOST_BYTES = 380e6;

export interface ISaveOptions {
  readonly contents: Contents.IManager;
  readonly trans: TranslationBundle;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** True where there is a file of this path. */
export async function fileExists(
  contents: Contents.IManager,
  path: string
): Promise<boolean> {
  try {
    await contents.get(path, { content: false });
    return true;
  } catch {
    return false;
  }
}

/** @throws Error for the user where the server takes no file of this size. */
export function checkSize(bytes: Uint8Array, trans: TranslationBundle): void {
  if (bytes.length > MOST_BYTES) {
    throw new Error(
      trans.__(
        'The file has %1 MB, more than the server takes in one message (%2 MB).',
        megabytes(bytes.length),
        megabytes(MOST_BYTES)
      )
    );
  }
}

/** Saves the bytes; tells the user what came of it. True where they are on the server. */
export async function saveBytes(options: ISaveOptions): Promise<boolean> {
  const { contents, trans, path, bytes } = options;
  const name = PathExt.basename(path);
  try {
    checkSize(bytes, trans);
    const saved = await contents.save(path, {
      type: 'file',
      format: 'base64',
      content: toBase64(bytes)
    });
    if (typeof saved.size === 'number' && saved.size !== bytes.length) {
      throw new Error(
        trans.__('%1 of %2 bytes are on the server.', saved.size, bytes.length)
      );
    }
  } catch (error) {
    await offerDownload(options, name, (error as Error).message);
    return false;
  }
  Notification.success(
    trans.__('Saved %1 (%2 MB).', name, megabytes(bytes.length)),
    { autoClose: 5000 }
  );
  return true;
}

async function offerDownload(
  { trans, bytes }: ISaveOptions,
  name: string,
  reason: string
): Promise<void> {
  const reply = await showDialog({
    title: trans.__('Could not save: %1', name),
    body: trans.__(
      '%1 Everything is kept in the panel. Choose another folder or name, or download the file.',
      asSentence(reason)
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Close') }),
      Dialog.okButton({ label: trans.__('Download') })
    ]
  });
  if (reply.button.accept) {
    download(bytes, name);
  }
}

export function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Hands bytes to the browser as a file. */
export function download(bytes: Uint8Array, name: string): void {
  const type = 'application/octet-stream';
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes as BlobPart], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** "0.4", "12". */
export function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}
