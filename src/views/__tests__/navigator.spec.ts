/** @jest-environment jsdom */
import './browser-globals';
import type { IWorkspace } from '../../model/types';
import type { IPair, RegionKind } from '../../signal/types';
import { LiveRegion } from '../live-region';
import { Navigator } from '../navigator';
import type { IViewContext } from '../view';
import { figureOf } from './figures';
import {
  contextOf,
  drag,
  mouse,
  press,
  settle,
  show,
  tool,
  within,
  workspaceOf
} from './single-view';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

interface IOpened {
  workspace: IWorkspace;
  context: IViewContext;
  view: Navigator;
}

async function open(
  part: Parameters<typeof workspaceOf>[0] = {},
  change: (workspace: IWorkspace) => void = () => undefined
): Promise<IOpened> {
  const workspace = workspaceOf(part);
  change(workspace);
  const context = contextOf(workspace);
  const view = show(new Navigator(context));
  await settle(context);
  return { workspace, context, view };
}

/** Place on screen of a point of the scan; the picture begins at (36, 1), a pixel is 6 px. */
const at = (x: number, y: number): [number, number] => [36 + 6 * x, 1 + 6 * y];

const shapes = ({ workspace }: IOpened): unknown[] =>
  workspace.regions.items.map(({ name, kind, points }) => [name, kind, points]);

const names = (view: Navigator): string[] =>
  within(view, '.jp-Eelscape-outlineName').map(node => node.textContent!);

/** Excludes a block of pixels. */
function excluding(workspace: IWorkspace): void {
  const pair = workspace.data.pair!;
  const mask = new Uint8Array(pair.ny * pair.nx);
  mask[10 * pair.nx + 20] = 1;
  mask[10 * pair.nx + 21] = 1;
  Object.assign(workspace.data, { pair: { ...pair, mask } satisfies IPair });
}

describe('region tools', () => {
  it.each(['rectangle', 'ellipse'] as const)(
    'draw a %s by a drag, on whole pixels, and select it',
    async kind => {
      const opened = await open();
      const { workspace, view, context } = opened;
      const pointer = workspace.navigation.pointer;
      workspace.regions.setTool(kind);
      drag(view, at(30.2, 19.9), at(12.1, 8.3));
      expect(shapes(opened)).toEqual([
        [
          'R1',
          kind,
          [
            [30, 20],
            [12, 8]
          ]
        ]
      ]);
      expect(workspace.regions.selected).toBe('R1');
      expect(workspace.navigation.pointer).toEqual(pointer);
      await settle(context);
      expect(names(view)).toEqual(['R1']);
      expect(within(view, '.jp-Eelscape-handle')).toHaveLength(8);
    }
  );

  it('draw nothing by a click: it moves the pointer', async () => {
    const opened = await open();
    opened.workspace.regions.setTool('rectangle');
    drag(opened.view, at(10.5, 12.5), at(10.6, 12.5));
    expect(shapes(opened)).toEqual([]);
    expect(opened.workspace.navigation.pointer).toEqual([12, 10]);
  });

  it('draw a polygon by clicks and close it by a double click', async () => {
    const opened = await open();
    const { workspace, view, context } = opened;
    workspace.regions.setTool('polygon');
    for (const point of [at(10, 10), at(20, 12), at(14, 22), at(14, 22)]) {
      drag(view, point, point);
    }
    await settle(context);
    expect(shapes(opened)).toEqual([]);
    expect(within(view, '.jp-Eelscape-handle')).toHaveLength(3);
    mouse(view, 'dblclick', at(14, 22));
    expect(shapes(opened)).toEqual([
      [
        'R1',
        'polygon',
        [
          [10, 10],
          [20, 12],
          [14, 22]
        ]
      ]
    ]);
  });

  it('close a polygon at its first vertex and by Enter, but not below three vertices', async () => {
    const opened = await open();
    const { workspace, view } = opened;
    workspace.regions.setTool('polygon');
    const click = (x: number, y: number): void =>
      drag(view, at(x, y), at(x, y));
    click(10, 10);
    click(20, 12);
    press(view, 'Enter');
    expect(shapes(opened)).toEqual([]);
    click(14, 22);
    click(10.4, 10.2);
    expect(workspace.regions.items).toHaveLength(1);
    click(40, 10);
    click(50, 12);
    click(44, 22);
    press(view, 'Enter');
    expect(workspace.regions.items.map(item => item.points.length)).toEqual([
      3, 3
    ]);
  });

  it('drop a polygon that is begun by Escape, then the tool, then the selection', async () => {
    const opened = await open({ regions: true });
    const { workspace, view } = opened;
    workspace.regions.select('R2');
    workspace.regions.setTool('polygon');
    drag(view, at(60, 50), at(60, 50));
    press(view, 'Escape');
    expect(workspace.regions.tool).toBe('polygon');
    press(view, 'Enter');
    press(view, 'Escape');
    expect(workspace.regions.tool).toBeNull();
    expect(workspace.regions.selected).not.toBeNull();
    press(view, 'Escape');
    expect(workspace.regions.selected).toBeNull();
  });

  it('work by keys alone: Enter draws at the pointer, Space sets vertices', async () => {
    const opened = await open();
    const { workspace, view } = opened;
    const { navigation, regions } = workspace;
    navigation.setPointer(20, 30);
    regions.setTool('ellipse');
    press(view, 'Enter');
    regions.setTool('polygon');
    for (const [row, column] of [
      [40, 40],
      [40, 50],
      [50, 45]
    ]) {
      navigation.setPointer(row, column);
      press(view, ' ');
    }
    press(view, 'Enter');
    expect(shapes(opened)).toEqual([
      [
        'R1',
        'ellipse',
        [
          [26, 16],
          [34, 24]
        ]
      ],
      [
        'R2',
        'polygon',
        [
          [40.5, 40.5],
          [50.5, 40.5],
          [45.5, 50.5]
        ]
      ]
    ]);
  });
});

describe('a region', () => {
  const add = (
    { workspace }: IOpened,
    kind: RegionKind = 'rectangle',
    selected = true
  ): void => {
    workspace.regions.add(kind, [
      [10, 12],
      [20, 22]
    ]);
    workspace.regions.select(selected ? 'R1' : null);
  };
  const corners = ({ workspace }: IOpened): unknown =>
    workspace.regions.items[0].points;

  it('moves with a drag inside while it is selected, and stays in the scan', async () => {
    const opened = await open();
    add(opened);
    await settle(opened.context);
    drag(opened.view, at(15, 15), at(18, 14));
    expect(corners(opened)).toEqual([
      [13, 11],
      [23, 21]
    ]);
    drag(opened.view, at(15, 15), at(74, 61));
    expect(corners(opened)).toEqual([
      [65, 52],
      [75, 62]
    ]);
  });

  it('leaves the inside to the pointer while it is not selected, its outline selects and moves it', async () => {
    const opened = await open();
    const { workspace, view } = opened;
    add(opened, 'rectangle', false);
    drag(view, at(15.5, 15.5), at(16.5, 17.5));
    expect(workspace.navigation.pointer).toEqual([17, 16]);
    expect(workspace.regions.selected).toBeNull();
    drag(view, at(10, 17), at(12, 17));
    expect(workspace.regions.selected).toBe('R1');
    expect(corners(opened)).toEqual([
      [12, 12],
      [22, 22]
    ]);
  });

  it('moves with a drag inside while a tool is chosen; with Shift the drag draws', async () => {
    const opened = await open();
    const { workspace, view } = opened;
    add(opened, 'rectangle', false);
    workspace.regions.setTool('ellipse');
    drag(view, at(15, 15), at(17, 15));
    expect(workspace.regions.items).toHaveLength(1);
    workspace.regions.select(null);
    drag(view, at(15, 15), at(19, 19), { shiftKey: true });
    expect(workspace.regions.items.map(item => item.kind)).toEqual([
      'rectangle',
      'ellipse'
    ]);
  });

  it('passes a click that moves nothing on to the pointer', async () => {
    const opened = await open();
    add(opened);
    drag(opened.view, at(15.5, 14.5), at(15.5, 14.5));
    expect(opened.workspace.navigation.pointer).toEqual([14, 15]);
    expect(corners(opened)).toEqual([
      [10, 12],
      [20, 22]
    ]);
  });

  it('is reshaped by its handles', async () => {
    const opened = await open();
    add(opened);
    drag(opened.view, at(20, 22), at(30, 26));
    expect(corners(opened)).toEqual([
      [10, 12],
      [30, 26]
    ]);
    drag(opened.view, at(10, 19), at(70, 19));
    expect(corners(opened)).toEqual([
      [29, 12],
      [30, 26]
    ]);
  });

  it('follows the mouse at once, the model at the end at the latest', async () => {
    const opened = await open();
    const { workspace, view, context } = opened;
    add(opened);
    await settle(context);
    const reshape = jest.spyOn(workspace.regions, 'reshape');
    const path = (): string =>
      within(view, '.jp-Eelscape-outline')[0].getAttribute('d')!;
    const before = path();
    mouse(view, 'pointerdown', at(15, 15));
    for (let x = 16; x <= 20; x++) {
      mouse(view, 'pointermove', at(x, 15));
    }
    // Five moves within a frame are one at most.
    expect(reshape).not.toHaveBeenCalled();
    context.queue.flush();
    expect(path()).not.toBe(before);
    await settle(context);
    expect(reshape).toHaveBeenCalledTimes(1);
    mouse(view, 'pointermove', at(21, 15));
    mouse(view, 'pointerup', at(21, 15));
    expect(reshape).toHaveBeenLastCalledWith('R1', [
      [16, 12],
      [26, 22]
    ]);
  });

  it('goes back where it was when the drag is cancelled', async () => {
    const opened = await open();
    add(opened);
    mouse(opened.view, 'pointerdown', at(15, 15));
    mouse(opened.view, 'pointermove', at(25, 25));
    mouse(opened.view, 'pointercancel', at(25, 25));
    expect(corners(opened)).toEqual([
      [10, 12],
      [20, 22]
    ]);
    const pointer = opened.workspace.navigation.pointer;
    mouse(opened.view, 'pointerdown', at(15, 15));
    mouse(opened.view, 'pointermove', at(25, 25));
    press(opened.view, 'Escape');
    mouse(opened.view, 'pointerup', at(25, 25));
    expect(corners(opened)).toEqual([
      [10, 12],
      [20, 22]
    ]);
    expect(opened.workspace.navigation.pointer).toEqual(pointer);
  });

  it('is moved, resized, left and removed by keys', async () => {
    const opened = await open();
    const { workspace, view } = opened;
    add(opened);
    press(view, 'ArrowRight', { altKey: true });
    press(view, 'ArrowDown', { altKey: true, shiftKey: true });
    expect(corners(opened)).toEqual([
      [11, 20],
      [21, 30]
    ]);
    press(view, 'ArrowRight', { altKey: true, ctrlKey: true });
    press(view, 'ArrowUp', { altKey: true, ctrlKey: true, shiftKey: true });
    expect(corners(opened)).toEqual([
      [11, 20],
      [22, 22]
    ]);
    press(view, 'Escape');
    expect(workspace.regions.selected).toBeNull();
    press(view, 'Delete');
    expect(workspace.regions.items).toHaveLength(1);
    press(view, 'r');
    expect(workspace.regions.selected).toBe('R1');
    press(view, 'Delete');
    expect(workspace.regions.items).toEqual([]);
  });

  it('is chosen in turn by R', async () => {
    const { workspace, view } = await open({ regions: true });
    const chosen: (string | null)[] = [];
    for (let i = 0; i < 4; i++) {
      press(view, 'r');
      chosen.push(workspace.regions.selected);
    }
    const all = workspace.regions.items.map(item => item.name);
    expect(chosen).toEqual([...all, all[0]]);
  });

  it('keeps its colour when another one goes and when it is renamed', async () => {
    const { workspace, context, view } = await open({ regions: true });
    const colour = (name: string): string =>
      within(view, '.jp-Eelscape-outlineName')
        .find(node => node.textContent === name)!
        .getAttribute('fill')!;
    const [first, second, third] = ['R1', 'R2', 'hole'].map(colour);
    expect(new Set([first, second, third]).size).toBe(3);
    workspace.regions.remove('R1');
    await settle(context);
    workspace.regions.rename('hole', 'void');
    await settle(context);
    expect(colour('R2')).toBe(second);
    expect(colour('void')).toBe(third);
    workspace.regions.add('ellipse', [
      [1, 1],
      [9, 9]
    ]);
    await settle(context);
    expect(colour('R1')).toBe(first);
  });

  it('[F4] shows markup in its name as text, in the exported picture too', async () => {
    const markup = '<img src=x onerror=alert(1)>';
    const { view } = await open({ regions: true }, workspace =>
      workspace.regions.rename('R1', markup)
    );
    expect(names(view)).toContain(markup);
    expect(view.node.querySelector('img')).toBeNull();
    const { svg } = figureOf(view);
    expect(svg.querySelector('img')).toBeNull();
    expect(svg.textContent).toContain(markup);
  });

  it('is part of the exported picture with its colour', async () => {
    const { view } = await open({ regions: true });
    const { svg } = figureOf(view);
    expect(svg.textContent).toContain('hole');
    const drawn = within(view, '.jp-Eelscape-outline:not(.jp-mod-halo)');
    const paths = Array.from(svg.querySelectorAll('path'));
    for (const outline of drawn) {
      const copy = paths.find(
        path =>
          path.getAttribute('d') === outline.getAttribute('d') &&
          path.getAttribute('stroke') === outline.getAttribute('stroke')
      );
      expect(copy).toBeDefined();
    }
    expect(drawn).toHaveLength(3);
  });
});

describe('the live region', () => {
  it('tells of regions', async () => {
    jest.useFakeTimers();
    try {
      const workspace = workspaceOf();
      const region = new LiveRegion(contextOf(workspace));
      const said = (): string => {
        jest.advanceTimersByTime(400);
        return region.node.textContent!;
      };
      workspace.regions.setTool('ellipse');
      expect(said()).toBe('Ellipse tool');
      workspace.regions.add('rectangle', [
        [10, 12],
        [20, 18]
      ]);
      expect(said()).toMatch(
        /^R1, rectangle, 10 by 6 at 10, 12, 60 pixels, mean \d+\.?\d* \u00b1 \d+\.?\d* counts$/
      );
      workspace.regions.reshape('R1', [
        [11, 12],
        [21, 18]
      ]);
      expect(said()).toContain('10 by 6 at 11, 12');
      workspace.navigation.setPointer(13, 12);
      expect(said()).toContain('in R1');
      workspace.regions.remove('R1');
      expect(said()).toBe('R1 removed');
      region.dispose();
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('layers', () => {
  const label = (view: Navigator): string =>
    within(view, '[data-layer=bar] .jp-Eelscape-axisTitle')
      .map(node => node.textContent)
      .join();

  it('are chosen by the keys 1 to 4', async () => {
    const { workspace, context, view } = await open({
      status: 'done',
      components: 2
    });
    const titles: string[] = [];
    for (const name of ['1', '2', '3', '4']) {
      press(view, name);
      await settle(context);
      titles.push(label(view));
    }
    expect(titles).toEqual([
      '',
      'Intensity (counts)',
      'Relative error, 2L (%)',
      'Abundance of C1'
    ]);
    workspace.navigation.setComponent(1);
    await settle(context);
    expect(label(view)).toBe('Abundance of C2');
  });

  it('without a factorisation show the image', async () => {
    const { workspace, context, view } = await open();
    workspace.navigation.setLayer('abundance');
    await settle(context);
    expect(label(view)).toBe('');
    expect(tool(view, 'HAADF').getAttribute('aria-checked')).toBe('true');
  });

  it('are buttons up to three models and components, a list above', async () => {
    const few = await open({ components: 3 });
    expect(tool(few.view, 'C3')).toBeDefined();
    const lists = (view: Navigator): HTMLSelectElement[] =>
      within(view, 'select:not([aria-label="More layers"])') as never;
    expect(lists(few.view)).toEqual([]);
    const { workspace, context, view } = await open({
      status: 'done',
      components: 4
    });
    expect(tool(view, 'C3')).toBeUndefined();
    tool(view, 'Abundance').click();
    await settle(context);
    expect(workspace.navigation.layer).toBe('abundance');
    const [list] = lists(view);
    expect(Array.from(list.options, option => option.text)).toEqual([
      'C1',
      'C2',
      'C3',
      'C4'
    ]);
    list.value = 'abundance:2';
    list.dispatchEvent(new Event('change', { bubbles: true }));
    await settle(context);
    expect(workspace.navigation.component).toBe(2);
    expect(label(view)).toBe('Abundance of C3');
  });

  it('offer the residual of a zero-loss draft in units of the noise, as long as it is open', async () => {
    const { workspace, context, view } = await open({ raw: true });
    workspace.preprocessing.edit({ step: 'remove_zero_loss' });
    await settle(context);
    expect(label(view)).toBe('Residual of the fit (\u03c3)');
    expect(tool(view, 'Residual').getAttribute('aria-checked')).toBe('true');
    press(view, '1');
    await settle(context);
    expect(label(view)).toBe('');
    // A new preview must not take the choice back.
    workspace.navigation.setPointer(5, 5);
    await settle(context);
    expect(label(view)).toBe('');
    press(view, '5');
    await settle(context);
    expect(label(view)).toBe('Residual of the fit (\u03c3)');
    workspace.preprocessing.edit(null);
    await settle(context);
    expect(label(view)).toBe('');
    expect(tool(view, 'Residual')).toBeUndefined();
  });
});

describe('pixels', () => {
  it('[D3] that are excluded are hatched on every layer and named', async () => {
    const { workspace, context, view } = await open(
      { status: 'done', components: 4 },
      excluding
    );
    for (const layer of ['haadf', 'energy', 'error', 'abundance'] as const) {
      workspace.navigation.setLayer(layer);
      await settle(context);
      const [line] = within(
        view,
        '.jp-Eelscape-flagLine.jp-mod-excluded:not(.jp-mod-halo)'
      );
      // Two pixels side by side at column 20 of row 10.
      expect(line.getAttribute('d')).toContain('M156,61H168');
      const hatch = line.parentElement!.querySelector('path')!;
      expect(hatch.getAttribute('fill')).toMatch(/^url\(#/);
      expect(hatch.getAttribute('d')).toContain('M156,61');
    }
    mouse(view, 'pointermove', at(20.5, 10.5));
    expect(context.tooltip.node.textContent).toContain('excluded');
    mouse(view, 'pointermove', at(22.5, 10.5));
    expect(context.tooltip.node.textContent).not.toContain('excluded');
  });

  it('[D3] that are excluded have no value on the energy map', async () => {
    const { context } = await open({}, excluding);
    const map = context.shown.energyMap()!;
    const { nx } = context.shown.pair!;
    expect(map[10 * nx + 20]).toBeNaN();
    expect(map[10 * nx + 22]).toBeGreaterThan(0);
    expect(context.shown.excludedAt(10, 20)).toBe(true);
  });

  it('that a step would change are hatched while it is prepared', async () => {
    const { workspace, context, view } = await open();
    const flagged = '.jp-Eelscape-flagLine.jp-mod-flagged';
    workspace.preprocessing.edit({ step: 'mend_spikes' });
    await settle(context);
    expect(within(view, flagged)).toHaveLength(2);
    const first = workspace.preprocessing.preview!.flags!.indexOf(1);
    const { nx } = context.shown.pair!;
    mouse(
      view,
      'pointermove',
      at((first % nx) + 0.5, Math.floor(first / nx) + 0.5)
    );
    expect(context.tooltip.node.textContent).toContain('changed by the step');
    workspace.preprocessing.edit(null);
    await settle(context);
    expect(within(view, flagged)).toEqual([]);
  });

  it('that cropping the scan keeps are framed', async () => {
    const { workspace, context, view } = await open();
    workspace.preprocessing.edit({
      step: 'crop_scan',
      rows: [10, 20],
      columns: null
    });
    await settle(context);
    const [kept] = within(view, '.jp-Eelscape-kept');
    expect(kept.getAttribute('d')).toBe('M36,61H486V121H36Z');
  });
});
