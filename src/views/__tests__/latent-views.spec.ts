/** @jest-environment jsdom */
import './browser-globals';
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
import { spreadNote, latentSpread, nodeWindows } from '../grid-words';
import { colourChoices, cssColour, pointColours } from '../latent-colours';
import { LatentGrid } from '../latent-grid';
import { LatentPlot } from '../latent-plot';
import { readPalette } from '../marks/palette';
import type { IViewContext } from '../view';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

const DONE = { status: 'done' } as const;

/** A latent plot over trained mock models, with its context. */
async function plot(): Promise<{ context: IViewContext; view: LatentPlot }> {
  const context = contextOf(workspaceOf(DONE));
  const view = show(new LatentPlot(context));
  await settle(context);
  return { context, view };
}

/** Where a window is drawn: its encoding on the fitted axes, px. */
function placeOf(context: IViewContext, index: number): [number, number] {
  const active = context.shown.active!;
  const grid = context.shown.grid!;
  const z = active.setup.latentDims;
  const side = 20 * grid.size;
  const share = (axis: number): number => {
    const { min, max } = grid.ranges[axis];
    const step = (max - min) / (grid.size - 1);
    const value = active.latents[index * z + axis];
    return (value - min + step / 2) / (max - min + step);
  };
  return [
    42 + side * share(grid.axes[0]),
    6 + side * (1 - share(grid.axes[1]))
  ];
}

function note(view: LatentPlot): string {
  return within(view, '[data-layer="axes"] .jp-Eelscape-label')
    .map(item => item.textContent)
    .join();
}

function ticks(view: LatentPlot): string[] {
  return within(view, '.tick text').map(item => item.textContent ?? '');
}

describe('selection in the latent plot', () => {
  it('takes the windows inside a lasso, and Escape gives them back', async () => {
    const { context, view } = await plot();
    const { selection } = context.workspace.explorer;
    const { positions } = context.shown.active!;
    // Events hold whole pixels.
    const [x, y] = placeOf(context, 100).map(Math.round);
    const at = { shiftKey: true };
    mouse(view, 'pointerdown', [x - 9, y - 9], at);
    for (const [dx, dy] of [
      [9, -9],
      [9, 9],
      [-9, 9]
    ] as const) {
      mouse(view, 'pointermove', [x + dx, y + dy], at);
    }
    await settle(context);
    expect(within(view, '.jp-Eelscape-lasso')).toHaveLength(1);
    mouse(view, 'pointerup', [x - 9, y + 9], at);
    await settle(context);
    expect(within(view, '.jp-Eelscape-lasso')).toHaveLength(0);
    const inside = Array.from(positions).filter((_, i) => {
      const [px, py] = placeOf(context, i);
      return Math.abs(px - x) < 9 && Math.abs(py - y) < 9;
    });
    expect(inside).toContain(positions[100]);
    expect(selection.count).toBe(inside.length);
    inside.forEach(pixel => expect(selection.mask![pixel]).toBe(1));
    expect(note(view)).toContain(`${inside.length} of`);
    press(view, 'Escape');
    await settle(context);
    expect(selection.mask).toBeNull();
    expect(note(view)).not.toContain('selected');
  });

  it('takes the windows in a box with Ctrl', async () => {
    const { context, view } = await plot();
    const { selection } = context.workspace.explorer;
    drag(view, [42, 6], [42 + 320, 6 + 160], { shiftKey: true, ctrlKey: true });
    const upper = Array.from(context.shown.active!.positions).filter(
      (_, i) => placeOf(context, i)[1] <= 6 + 160
    );
    expect(upper.length).toBeGreaterThan(0);
    expect(selection.count).toBe(upper.length);
  });

  it('grows and shrinks around the cursor by keys', async () => {
    const { context, view } = await plot();
    const { selection } = context.workspace.explorer;
    press(view, 's');
    const first = selection.count;
    expect(first).toBeGreaterThan(0);
    press(view, 'g');
    const second = selection.count;
    expect(second).toBeGreaterThan(first);
    press(view, 'G', { shiftKey: true });
    expect(selection.count).toBe(first);
    const { latentCursor } = context.workspace.navigation;
    const { ranges, size } = context.shown.grid!;
    const { latents, positions } = context.shown.active!;
    positions.forEach((pixel, i) => {
      const distance = [0, 1].map(axis => {
        const step = (ranges[axis].max - ranges[axis].min) / (size - 1);
        return (latents[2 * i + axis] - latentCursor![axis]) / step;
      });
      expect(selection.mask![pixel]).toBe(Math.hypot(...distance) <= 1 ? 1 : 0);
    });
  });

  it('shows what another view selects', async () => {
    const { context, view } = await plot();
    const { positions } = context.shown.active!;
    const pair = context.shown.pair!;
    const mask = new Uint8Array(pair.ny * pair.nx);
    positions.slice(0, 7).forEach(pixel => (mask[pixel] = 1));
    context.workspace.explorer.selection.set(mask);
    await settle(context);
    expect(note(view)).toContain('7 of');
  });
});

describe('the latent plot', () => {
  it('zooms about the mouse, moves with a drag, and fits again', async () => {
    const { context, view } = await plot();
    const fitted = ticks(view);
    const wheel = (deltaY: number): void => {
      view.body.node.dispatchEvent(
        new WheelEvent('wheel', { clientX: 202, clientY: 166, deltaY })
      );
    };
    wheel(-400);
    await settle(context);
    const zoomed = ticks(view);
    expect(zoomed).not.toEqual(fitted);
    const pointer = [...context.shown.pointer];
    drag(view, [200, 160], [120, 100]);
    mouse(view, 'click', [120, 100]);
    await settle(context);
    expect(ticks(view)).not.toEqual(zoomed);
    // The end of a drag chooses nothing.
    expect([...context.shown.pointer]).toEqual(pointer);
    mouse(view, 'dblclick', [120, 100]);
    await settle(context);
    expect(ticks(view)).toEqual(fitted);
    press(view, '+');
    await settle(context);
    expect(ticks(view)).not.toEqual(fitted);
    press(view, '0');
    await settle(context);
    expect(ticks(view)).toEqual(fitted);
  });

  it('takes pointer and cursor to the window that is clicked', async () => {
    const { context, view } = await plot();
    const { positions, latents } = context.shown.active!;
    // The farthest point to the left stands alone.
    const i = Array.from(positions.keys()).reduce((best, at) =>
      latents[2 * at] < latents[2 * best] ? at : best
    );
    const place = placeOf(context, i);
    mouse(view, 'pointerdown', place);
    mouse(view, 'pointerup', place);
    mouse(view, 'click', place);
    const { nx } = context.shown.pair!;
    const [row, column] = context.shown.pointer;
    expect(row * nx + column).toBe(positions[i]);
    expect(context.workspace.navigation.latentCursor![0]).toBeCloseTo(
      latents[2 * i],
      5
    );
  });

  it('points at the window under the mouse', async () => {
    const { context, view } = await plot();
    const { positions, latents } = context.shown.active!;
    const i = Array.from(positions.keys()).reduce((best, at) =>
      latents[2 * at] < latents[2 * best] ? at : best
    );
    mouse(view, 'pointermove', placeOf(context, i));
    expect(context.highlight.pixels).toEqual([positions[i]]);
    expect(context.tooltip.node.hidden).toBe(false);
    mouse(view, 'pointerleave', [0, 0]);
    expect(context.highlight.pixels).toEqual([]);
    expect(context.tooltip.node.hidden).toBe(true);
  });

  it('draws the letters of pins', async () => {
    const { context, view } = await plot();
    const { nx } = context.shown.pair!;
    const pixel = context.shown.active!.positions[5];
    context.workspace.explorer.pins.add(Math.floor(pixel / nx), pixel % nx);
    await settle(context);
    expect(
      within(view, '.jp-Eelscape-pinText').map(item => item.textContent)
    ).toEqual(['a']);
  });

  it('lists its windows', async () => {
    const { context, view } = await plot();
    const { positions, latents } = context.shown.active!;
    const table = view.table()!;
    expect(table.rows).toHaveLength(positions.length);
    expect(table.columns.slice(-2)).toEqual(['L1', 'L2']);
    expect(table.rows[3].slice(-2)).toEqual([latents[6], latents[7]]);
  });
});

describe('colours of the points', () => {
  it('are offered for errors of every model, maps, places and latents', async () => {
    const { context } = await plot();
    const names = colourChoices(context).map(([name]) => name);
    for (const name of [
      'error',
      'error:im2spec-10',
      'energy',
      'haadf',
      'split',
      'x',
      'y',
      'latent:0',
      'latent:1'
    ]) {
      expect(names).toContain(name);
    }
  });

  it('are the values of their maps', async () => {
    const { context, view } = await plot();
    const { shown } = context;
    const active = shown.active!;
    const palette = readPalette(view.node);
    const pixel = active.positions[40];
    const { nx, x } = shown.pair!;
    const value = (choice: string): number =>
      pointColours(context, choice, palette)!.values[pixel];
    expect(value('error')).toBe(active.error[pixel]);
    expect(value('error:im2spec-10')).toBe(shown.models[1].error[pixel]);
    expect(value('latent:1')).toBe(active.latents[81]);
    expect(value('x')).toBeCloseTo(x.offset + x.scale * (pixel % nx), 4);
    expect(value('split')).toBe(active.split[pixel]);
    const split = pointColours(context, 'split', palette)!;
    expect(cssColour(split, pixel, 'none')).toBe(
      [palette.train, palette.guard, palette.test][active.split[pixel]]
    );
    expect(cssColour(split, 0, 'none')).toBe('none');
  });
});

describe('the latent grids', () => {
  it('ring the windows of the tile under the mouse', async () => {
    const context = contextOf(workspaceOf(DONE));
    const view = show(new LatentGrid(context, 'projected'));
    await settle(context);
    const { active, grid } = context.shown;
    // Third tile of the second row from below.
    mouse(view, 'pointermove', [42 + 2.5 * 20, 6 + (grid!.size - 1.5) * 20]);
    const node = grid!.size + 2;
    expect(context.highlight.pixels).toEqual(nodeWindows(active!, grid!, node));
    expect(context.highlight.pixels).toHaveLength(3);
    expect(context.tooltip.node.querySelector('canvas')).not.toBeNull();
    mouse(view, 'pointerleave', [0, 0]);
    expect(context.highlight.pixels).toEqual([]);
  });

  it('offer other sizes and means', async () => {
    const context = contextOf(workspaceOf(DONE));
    const { models } = context.workspace;
    const views = (['decoded', 'projected'] as const).map(source =>
      show(new LatentGrid(context, source))
    );
    await settle(context);
    const choose = (i: number, value: string): void => {
      const select = views[i].node.querySelector('select')!;
      select.value = value;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    };
    choose(0, '8');
    await settle(context);
    expect(context.shown.grid!.size).toBe(8);
    choose(1, '1');
    await settle(context);
    expect(models.k).toBe(1);
    const note = spreadNote(
      context,
      context.shown.active!,
      context.shown.grid!,
      3,
      false
    );
    expect(note).toMatch(/^distance in latent \d/);
  });

  it('say how far apart the windows of a node lie in latent', async () => {
    const context = contextOf(workspaceOf(DONE));
    const { active, grid } = context.shown;
    const points = Array.from(grid!.neighbours.subarray(9, 12), i => [
      active!.latents[2 * i],
      active!.latents[2 * i + 1]
    ]);
    const middle = [0, 1].map(
      axis => points.reduce((sum, point) => sum + point[axis], 0) / 3
    );
    const squares = points.map(
      point => (point[0] - middle[0]) ** 2 + (point[1] - middle[1]) ** 2
    );
    expect(latentSpread(active!, grid!, 3)).toBeCloseTo(
      Math.sqrt(squares.reduce((a, b) => a + b) / 3),
      5
    );
  });
});
