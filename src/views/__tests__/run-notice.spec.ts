/** @jest-environment jsdom */
import './browser-globals';
import { all, open, settle } from './panel-page';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

/** Elements of the strip that say just this; optional parts go where the panel is narrow. */
function said(text: string): HTMLElement[] {
  return all('.jp-Eelscape-stripRow span').filter(
    element =>
      element.textContent === text && !element.closest('.jp-mod-optional')
  );
}

describe('what is said of a run that did not go as asked', () => {
  it('[B2] stands in the strip while it trains, in a panel of any width', async () => {
    const notice = 'GPU was reset; resumed from epoch 36.';
    const workspace = open({ status: 'training', latents: [2] });
    Object.assign(workspace.training, { notice });
    await settle();
    expect(said(notice)).toHaveLength(1);
  });

  it('[B6] stands in the strip when it has ended, in place of the epochs', async () => {
    const notice =
      'Loss became NaN at epoch 4 (learning rate 0.1?): restored epoch 3.';
    const workspace = open({ status: 'done', latents: [2] });
    Object.defineProperty(workspace.models.active!, 'notice', {
      value: notice
    });
    await settle();
    expect(said(notice)).toHaveLength(1);
  });
});
