/** @jest-environment jsdom */
/** Faults of the kernel, as they stand on the screen. */
import './browser-globals';
import type { IWorkspace } from '../../model/types';
import { canSend } from '../send-button';
import { all, button, one, open, page, settle } from './panel-page';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

const text = (): string => page.panel!.node.textContent ?? '';

const note = (): string | undefined =>
  one('.jp-Eelscape-provenance [role=status]')?.textContent ?? undefined;

/** Waits until something stands on the screen. */
async function until(check: () => boolean): Promise<void> {
  for (let i = 0; i < 50 && !check(); i++) {
    await settle();
  }
  expect(check()).toBe(true);
}

/** Changes what a mock says, as a signal would announce it. */
async function change(
  workspace: IWorkspace,
  part: Partial<Record<keyof IWorkspace, unknown>>
): Promise<void> {
  Object.assign(workspace, part);
  (workspace.changed as unknown as { emit(): void }).emit();
  await settle();
}

describe('a kernel that is gone', () => {
  it('[K1] leaves the message, the view and the models', async () => {
    const message =
      'Kernel restarted: 3 of 12 blocks received, discarded. ' +
      'Run the cell that defines `s`, then Reload.';
    open({ status: 'done', error: message, link: 'gone' });
    await settle();
    expect(one('[role=alert]').textContent).toContain(message);
    expect(all('[data-eelscape-view]').length).toBeGreaterThan(3);
    expect(one('.jp-Eelscape-chips').textContent).toContain('2L');
  });

  it('[K1] says without data what to do, since Reload has nobody to ask', async () => {
    open({ status: 'error', link: 'gone' });
    await settle();
    expect(button('Reload').disabled).toBe(true);
    expect(button('Reload').title).toBe(
      'The kernel is gone: run the cell with explore again.'
    );
  });

  it('[K2] disables the return to Python with the reason, and not the export', async () => {
    const workspace = open({ status: 'done', link: 'gone' });
    await settle();
    const send = button('Send to Python');
    expect(send.disabled).toBe(true);
    expect(send.title).toBe(
      'The kernel is gone, results are kept in the browser: save them with ' +
        'Export, or run the cell with explore again, then send them.'
    );
    await until(() =>
      text().includes('Kernel not connected. Results are kept in the browser.')
    );
    const save = all('button').find(item => item.textContent === 'Export');
    expect((save as HTMLButtonElement).disabled).toBe(false);

    await change(workspace, { linkState: 'connected' });
    expect(button('Send to Python').disabled).toBe(false);
    await until(() => !text().includes('Kernel not connected'));
  });
});

describe('a busy kernel without a subshell', () => {
  it('[K3] is said where data wait for it, with a way out', async () => {
    const workspace = open({ status: 'loading', link: 'busy' });
    const cancelled = jest.fn();
    Object.assign(workspace, { cancelTransfer: cancelled });
    await settle();
    expect(one('.jp-Eelscape-state h2').textContent).toBe(
      'Kernel busy, queued'
    );
    expect(text()).toContain(
      '3 of 12 blocks, 4.1 of 16.2 MB. The rest comes when the running cell has ended.'
    );
    button('Cancel').click();
    expect(cancelled).toHaveBeenCalledTimes(1);
    await change(workspace, { linkState: 'connected' });
    expect(text()).not.toContain('Kernel busy');
  });

  it('[K3] is said below the views where other data wait, with a way out', async () => {
    const workspace = open({ status: 'done', link: 'busy' });
    await change(workspace, {
      unsent: 0,
      transfer: { done: 0, total: 12, bytes: 0, totalBytes: 1 }
    });
    const cancelled = jest.fn();
    Object.assign(workspace, { cancelTransfer: cancelled });
    await until(() => note() === 'Kernel busy, queued');
    one('.jp-Eelscape-provenance button').click();
    expect(cancelled).toHaveBeenCalledTimes(1);
    await change(workspace, { linkState: 'connected' });
    await until(() => note() === 'Receiving 0 of 12 blocks');
    await change(workspace, { transfer: null, linkState: 'busy' });
    // Nothing waits: a cell that runs is no news.
    await until(() => note() === undefined);
  });

  it.each([
    ['connected', 0, 1, true],
    ['connected', 1, 0, true],
    ['connected', 0, 0, false],
    ['gone', 0, 1, false]
  ])(
    '[K2] where it is %s, with %i models shown and %i that Python lacks, sending is %s',
    (linkState, shown, unsent, possible) => {
      const models = { items: Array(shown).fill({}) };
      const workspace = { linkState, models, unsent } as unknown as IWorkspace;
      expect(canSend(workspace)).toBe(possible);
    }
  );

  it('[K3] holds models that wait for it until they are cancelled', async () => {
    const workspace = open({ status: 'done', link: 'busy' });
    const ends: AbortSignal[] = [];
    Object.assign(workspace, {
      sendToPython: (abort: AbortSignal) => {
        ends.push(abort);
        return new Promise<void>(resolve =>
          abort.addEventListener('abort', () => resolve())
        );
      }
    });
    await settle();
    await until(() => note() === 'Kernel busy, queued');
    button('Send to Python').click();
    await settle();
    const queued = button('Queued: cancel');
    expect(queued.title).toMatch(/^Kernel busy, queued: sent when/);
    queued.click();
    await settle();
    expect(ends[0].aborted).toBe(true);
    expect(button('Send to Python').disabled).toBe(false);
  });
});
