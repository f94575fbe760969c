/** @jest-environment jsdom */
import './browser-globals';
import { contextOf, settle, show, within, workspaceOf } from './single-view';
import { LatentPlot } from '../latent-plot';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

const OUTLINES = '[data-layer="ellipses"] path:not(.jp-mod-halo)';

describe('Clusters over the latent plot', () => {
  it('are ellipses of 1 and 2 deviations, which can be hidden', async () => {
    const workspace = workspaceOf({ status: 'done' });
    const context = contextOf(workspace);
    const view = show(new LatentPlot(context));
    await settle(context);
    const { clusters, display } = workspace.explorer;
    // Nobody asked for clusters yet.
    expect(within(view, OUTLINES)).toHaveLength(0);
    clusters.setK(3);
    clusters.want();
    for (let i = 0; i < 100 && !clusters.result; i++) {
      await settle(context);
    }
    await settle(context);
    const outlines = within(view, OUTLINES);
    expect(outlines).toHaveLength(6);
    // The second is twice the first about the same middle.
    const size = (path: Element): [number, number] => {
      const xs = path
        .getAttribute('d')!
        .slice(1, -1)
        .split('L')
        .map(point => Number(point.split(',')[0]));
      const [low, high] = [Math.min(...xs), Math.max(...xs)];
      return [(low + high) / 2, high - low];
    };
    const [inner, outer] = outlines.map(size);
    expect(outer[0]).toBeCloseTo(inner[0], 0);
    expect(outer[1] / inner[1]).toBeCloseTo(2, 1);
    display.setEllipses(false);
    await settle(context);
    expect(within(view, OUTLINES)).toHaveLength(0);
    display.setEllipses(true);
    await settle(context);
    expect(within(view, OUTLINES)).toHaveLength(6);
    workspace.models.setAxes(1, 0);
    await settle(context);
    expect(size(within(view, OUTLINES)[0])[1]).not.toBeCloseTo(inner[1], 0);
  });
});
