/** @jest-environment jsdom */
import './browser-globals';
import { histogram } from '../../analysis/statistics';
import { DistributionsView } from '../explorer/distributions-view';
import { arrange, roomForCells } from '../explorer/distributions-drawing';
import type { IViewContext } from '../view';
import {
  contextOf,
  drag,
  mouse,
  press,
  settle,
  show,
  within,
  workspaceOf
} from './single-view';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

/** The distributions of a network with that many latents. */
async function open(
  latents: number
): Promise<{ context: IViewContext; view: DistributionsView }> {
  const context = contextOf(workspaceOf({ status: 'done' }));
  context.workspace.models.activate(`im2spec-${latents}`);
  const view = show(new DistributionsView(context));
  await settle(context);
  return { context, view };
}

/** Encodings of the active model along a latent. */
function valuesOf(context: IViewContext, latent: number): number[] {
  const { latents, positions, setup } = context.shown.active!;
  return Array.from(
    positions,
    (_, i) => latents[i * setup.latentDims + latent]
  );
}

function names(view: DistributionsView): (string | null)[] {
  return within(view, '.jp-Eelscape-latentName').map(item => item.textContent);
}

describe('distributions of the latents', () => {
  it('name every latent and its axis', async () => {
    const { view } = await open(2);
    expect(names(view)).toEqual(['L1 \u00b7 x', 'L2 \u00b7 y']);
    expect(view.node.textContent).toContain('train');
    expect(view.node.textContent).toContain('test');
  });

  it('make a latent that is clicked an axis', async () => {
    const { context, view } = await open(10);
    const click = (latent: number, more: MouseEventInit = {}): void => {
      const title = within(view, '.jp-Eelscape-latentName')[latent];
      const place: [number, number] = [
        Number(title.getAttribute('x')) + 5,
        Number(title.getAttribute('y')) + 20
      ];
      mouse(view, 'pointerdown', place, more);
      mouse(view, 'pointerup', place, more);
    };
    click(2);
    await settle(context);
    expect(context.shown.grid!.axes).toEqual([2, 1]);
    expect(names(view)[2]).toBe('L3 \u00b7 x');
    click(4, { shiftKey: true });
    await settle(context);
    expect(context.shown.grid!.axes).toEqual([2, 4]);
    expect(names(view)[4]).toBe('L5 \u00b7 y');
  });

  it('select the windows of bins that are dragged over', async () => {
    const { context, view } = await open(2);
    const { selection } = context.workspace.explorer;
    // From left of the first histogram to beyond its right end.
    drag(view, [60, 100], [5000, 100]);
    const bins = context.shown.active!.positions.length;
    expect(selection.count).toBeGreaterThan(0);
    expect(selection.count).toBeLessThanOrEqual(bins);
    await settle(context);
    expect(view.node.textContent).toContain('selected');
    expect(within(view, 'path.jp-Eelscape-selectedBars')).toHaveLength(2);
  });

  it('select by keys, as many windows as the bins count', async () => {
    const { context, view } = await open(2);
    const { selection } = context.workspace.explorer;
    press(view, 'ArrowRight');
    press(view, 'ArrowRight', { shiftKey: true });
    press(view, 'ArrowRight', { shiftKey: true });
    press(view, 'Enter');
    const { counts } = histogram(valuesOf(context, 0), 32);
    expect(selection.count).toBe(counts[0] + counts[1] + counts[2]);
    press(view, 'ArrowDown');
    press(view, 'Enter');
    expect(selection.count).toBe(histogram(valuesOf(context, 1), 32).counts[2]);
    press(view, 'Escape');
    expect(selection.mask).toBeNull();
  });

  it('make the latent of the keys an axis', async () => {
    const { context, view } = await open(10);
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'y']) {
      press(view, key);
    }
    await settle(context);
    expect(context.shown.grid!.axes).toEqual([0, 2]);
  });

  it('list their counts', async () => {
    const { context, view } = await open(2);
    const { counts, edges } = histogram(valuesOf(context, 1), 32);
    const rows = view.table()!.rows.filter(([name]) => name === 'L2');
    rows.forEach((row, i) => {
      expect(row[1]).toBe(edges[i]);
      expect(Number(row[3]) + Number(row[4]) + Number(row[5])).toBe(counts[i]);
    });
    expect(rows).toHaveLength(32);
  });
});

describe('the histograms', () => {
  it('stand below one another where that is the better use of the room', () => {
    expect(arrange(2, 390, 330)).toEqual({ columns: 1, rows: 2 });
    expect(arrange(10, 390, 330).columns).toBeGreaterThan(1);
    expect(arrange(2, 1500, 330)).toEqual({ columns: 2, rows: 1 });
  });

  it('are left out where they could not be read', () => {
    expect(roomForCells(390, 360)).toBeGreaterThanOrEqual(10);
    expect(roomForCells(200, 120)).toBe(1);
  });
});
