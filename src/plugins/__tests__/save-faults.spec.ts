/** @jest-environment jsdom */
/** A server that does not take a file: what the user reads, and that nothing is lost. */
import '../../views/__tests__/browser-globals';
import { Dialog } from '@jupyterlab/apputils';
import type { Contents } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { saveBytes } from '../save-bytes';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

const BYTES = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
const trans = nullTranslator.load('eelscape');

/** What was handed to the browser. */
const downloads: { name: string; blob: Blob }[] = [];

beforeEach(() => {
  let last: Blob;
  URL.createObjectURL = blob => {
    last = blob as Blob;
    return 'blob:test';
  };
  URL.revokeObjectURL = () => undefined;
  jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement
  ) {
    downloads.push({ name: this.download, blob: last });
  });
});

afterEach(() => {
  downloads.splice(0);
  Dialog.flush();
  jest.restoreAllMocks();
});

/** Contents of a server that answers as it is told. */
function server(save: () => Promise<unknown>): Contents.IManager {
  return { save } as unknown as Contents.IManager;
}

async function dialog(): Promise<HTMLElement> {
  for (let i = 0; i < 200; i++) {
    const found = document.querySelector<HTMLElement>('.jp-Dialog');
    // Its title is drawn by React, a moment later.
    if (found?.textContent?.includes('Could not save')) {
      return found;
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  throw new Error('no dialog was opened');
}

const press = (node: HTMLElement, label: string) =>
  Array.from(node.querySelectorAll('button'))
    .find(item => item.textContent === label)!
    .click();

describe('[F7] a file that cannot be saved', () => {
  it.each([
    ['a full disk', () => Promise.reject(new Error('No space left on device'))],
    [
      'a folder that is read-only',
      () => Promise.reject(new Error('Permission denied: scans/a.eelscape'))
    ],
    [
      'a server that keeps half of it',
      () => Promise.resolve({ size: BYTES.length / 2 })
    ],
    ['a server that is gone', () => Promise.reject(new TypeError('Failed'))]
  ])('%s: the reason, and a download with every byte', async (_, save) => {
    const path = 'scans/a.eelscape';
    const contents = server(save);
    const saved = saveBytes({ contents, trans, path, bytes: BYTES });
    saved.catch(() => undefined);
    const node = await dialog();
    const said = node.textContent!;
    expect(said).toContain('Could not save: a.eelscape');
    expect(said).toMatch(
      /No space left on device\.|Permission denied|2500 of 5000 bytes|Failed\./
    );
    expect(said).toContain('Everything is kept in the panel.');
    press(node, 'Download');
    expect(await saved).toBe(false);
    expect(downloads.map(item => item.name)).toEqual(['a.eelscape']);
    expect(downloads[0].blob.size).toBe(BYTES.length);
  });

  it('is saved at the next try, when the server takes it again', async () => {
    let works = false;
    const kept: string[] = [];
    const contents = {
      save: async (_: string, model: { content: string }) => {
        if (!works) {
          throw new Error('No space left on device');
        }
        kept.push(model.content);
        return { size: BYTES.length };
      }
    } as unknown as Contents.IManager;
    const options = { contents, trans, path: 'a.eelscape', bytes: BYTES };
    const first = saveBytes(options);
    press(await dialog(), 'Close');
    expect(await first).toBe(false);
    expect(downloads).toHaveLength(0);
    works = true;
    expect(await saveBytes(options)).toBe(true);
    expect(Buffer.from(kept[0], 'base64').equals(Buffer.from(BYTES))).toBe(
      true
    );
  });
});
