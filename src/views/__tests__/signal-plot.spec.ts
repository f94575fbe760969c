/** @jest-environment jsdom */
import './browser-globals';
import type { IWorkspace } from '../../model/types';
import { draftWindows, withWindow } from '../draft-windows';
import { SignalPlot } from '../signal-plot';
import type { IViewContext } from '../view';
import { figureOf } from './figures';
import {
  contextOf,
  drag,
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
  view: SignalPlot;
}

async function open(
  part: Parameters<typeof workspaceOf>[0] = {},
  inset = 0
): Promise<IOpened> {
  const workspace = workspaceOf(part);
  const context = contextOf(workspace);
  const view = show(new SignalPlot(context));
  view.setInset(inset);
  await settle(context);
  return { workspace, context, view };
}

const texts = (view: SignalPlot, selector: string): string[] =>
  within(view, selector).map(node => node.textContent!);
const legend = (view: SignalPlot): string[] =>
  texts(view, '.jp-Eelscape-legendText');
const paths = (view: SignalPlot, group = 'lines'): string[] =>
  within(view, `[data-layer=${group}] path[stroke]`).map(node =>
    node.getAttribute('d')!
  );
const numbersOf = (path: string): number[] =>
  (path.match(/-?[\d.]+/g) ?? []).map(Number);

describe('regions', () => {
  it('show their means with bands of a standard error, named with their pixels', async () => {
    const { workspace, view } = await open({ regions: true });
    const items = workspace.regions.items;
    expect(legend(view)).toEqual([
      'measured',
      ...items.map(item => `${item.name}, ${item.pixels} px`)
    ]);
    expect(texts(view, '.jp-Eelscape-lineLabel').length).toBeGreaterThan(0);
    const bands = within(view, '.jp-Eelscape-spread');
    expect(bands).toHaveLength(3);
    // The band of a region: its upper edge stands two standard errors over the lower one.
    const [, second] = items;
    const band = numbersOf(bands[1].getAttribute('d')!);
    const line = numbersOf(paths(view)[2]);
    const channels = second.mean!.length;
    const at = 120;
    const scale =
      (line[1] - line[2 * at + 1]) / (second.mean![at] - second.mean![0]);
    const top = band[2 * at + 1];
    const bottom = band[2 * (2 * channels - 1 - at) + 1];
    expect(Math.abs(bottom - top)).toBeCloseTo(
      2 * second.standardError![at] * scale,
      0
    );
    expect((bottom + top) / 2).toBeCloseTo(line[2 * at + 1], 0);
  });

  it('can be hidden, and come back', async () => {
    const { context, view } = await open({ regions: true });
    tool(view, 'Regions').click();
    await settle(context);
    expect(legend(view)).toEqual(['measured']);
    expect(within(view, '.jp-Eelscape-spread')).toEqual([]);
    expect(tool(view, 'Regions').getAttribute('aria-pressed')).toBe('false');
    tool(view, 'Regions').click();
    await settle(context);
    expect(legend(view)).toHaveLength(4);
  });

  it('bring their button with the first one', async () => {
    const { workspace, context, view } = await open();
    expect(tool(view, 'Regions')).toBeUndefined();
    workspace.regions.add('rectangle', [
      [1, 1],
      [5, 5]
    ]);
    await settle(context);
    expect(tool(view, 'Regions')).toBeDefined();
    expect(legend(view)).toContain('R1, 16 px');
  });

  it('without a spectrum draw nothing and break nothing', async () => {
    const { workspace, context, view } = await open();
    workspace.regions.add('rectangle', [
      [1.1, 1.1],
      [1.2, 1.2]
    ]);
    await settle(context);
    expect(legend(view)).toEqual(['measured']);
  });

  it('have one pixel without a band', async () => {
    const { workspace, context, view } = await open();
    workspace.regions.add('rectangle', [
      [1, 1],
      [2, 2]
    ]);
    await settle(context);
    expect(legend(view)).toContain('R1, 1 px');
    expect(within(view, '.jp-Eelscape-spread')).toEqual([]);
  });

  it('are part of the exported picture', async () => {
    const { view } = await open({ regions: true });
    const { svg } = figureOf(view);
    expect(svg.textContent).toContain('R2, ');
    const fills = Array.from(svg.querySelectorAll('path[fill]'));
    expect(
      fills.filter(path => path.getAttribute('fill') !== 'none').length
    ).toBe(3);
  });
});

describe('components', () => {
  it('take the place of the predictions on their layer, the shown one strong', async () => {
    const { workspace, context, view } = await open({
      status: 'done',
      components: 4
    });
    expect(legend(view)).toEqual(['measured', '2L', '10L']);
    workspace.navigation.setLayer('abundance');
    workspace.navigation.setComponent(2);
    await settle(context);
    expect(legend(view)).toEqual(['measured', 'C3, endmember']);
    const lines = within(view, '[data-layer=lines] path[stroke]');
    expect(lines).toHaveLength(5);
    const widths = lines.map(line => Number(line.getAttribute('stroke-width')));
    expect(widths.filter(width => width > 2)).toHaveLength(1);
    expect(widths[4]).toBeGreaterThan(2);
    expect(paths(view, 'residual')).toEqual([]);
  });
});

describe('a step that is prepared', () => {
  it('shows before, background and after with its text, warnings and residual', async () => {
    const { workspace, context, view } = await open({ raw: true });
    workspace.preprocessing.edit({ step: 'remove_zero_loss' });
    await settle(context);
    const preview = workspace.preprocessing.preview!;
    expect(legend(view)).toEqual([
      'before',
      'background',
      'after',
      'data \u2212 fit'
    ]);
    expect(paths(view)).toHaveLength(3);
    expect(paths(view, 'residual')).toHaveLength(1);
    const note = texts(view, '.jp-Eelscape-note').join(' ');
    expect(note).toContain(preview.text.slice(0, 40));
    expect(note).toContain(preview.warnings[0].slice(0, 30));
    expect(texts(view, '.jp-Eelscape-bandName')).toEqual([
      'fit: tail 0.055\u20130.105 eV',
      'fit: rise 0.160\u20130.190 eV'
    ]);
    workspace.preprocessing.edit(null);
    await settle(context);
    expect(legend(view)).toEqual(['measured']);
    expect(texts(view, '.jp-Eelscape-bandName')).toEqual(['energy range']);
  });

  it('can be seen on the mean of the scan', async () => {
    const { workspace, context, view } = await open({ raw: true });
    workspace.preprocessing.edit({ step: 'remove_zero_loss' });
    await settle(context);
    const pixel = paths(view);
    tool(view, 'Mean').click();
    await settle(context);
    expect(paths(view)).not.toEqual(pixel);
    expect(texts(view, '.jp-Eelscape-subtitle')).toEqual(['mean of the scan']);
  });

  it('lets its windows be dragged: an edge, the whole, in meV as in eV', async () => {
    const { workspace, context, view } = await open({ raw: true });
    const { preprocessing, navigation } = workspace;
    navigation.setEnergyUnit('meV');
    preprocessing.edit({ step: 'remove_zero_loss' });
    await settle(context);
    const edges = (): number[] =>
      within(view, '.jp-Eelscape-bandEdge.jp-mod-tail').map(node =>
        Number(node.getAttribute('x1'))
      );
    const [from, to] = edges();
    const perElectronVolt = (to - from) / 0.05;
    drag(view, [to, 100], [to + 10, 100]);
    await settle(context);
    const tail = preprocessing.draft!.tail as number[];
    expect(tail[0]).toBeCloseTo(0.055, 4);
    expect(tail[1]).toBeCloseTo(0.105 + 10 / perElectronVolt, 3);
    expect(preprocessing.draft!.rise).toBeUndefined();
    const [left, right] = edges();
    expect(right - to).toBeCloseTo(10, 0);
    drag(view, [(left + right) / 2, 100], [(left + right) / 2 - 8, 100]);
    const moved = preprocessing.draft!.tail as number[];
    expect(moved[1] - moved[0]).toBeCloseTo(tail[1] - tail[0], 3);
    expect(moved[0]).toBeCloseTo(0.055 - 8 / perElectronVolt, 3);
    // The energy range is not dragged meanwhile.
    expect(navigation.energyRange).toEqual([108, 132]);
  });

  it('asks for the window once a frame while it is dragged', async () => {
    const { workspace, context, view } = await open({ raw: true });
    workspace.preprocessing.edit({ step: 'remove_zero_loss' });
    await settle(context);
    const edit = jest.spyOn(workspace.preprocessing, 'edit');
    const [, to] = within(view, '.jp-Eelscape-bandEdge.jp-mod-tail').map(node =>
      Number(node.getAttribute('x1'))
    );
    drag(view, [to, 100], [to + 6, 100]);
    expect(edit).toHaveBeenCalledTimes(1);
    await settle(context);
    expect(edit).toHaveBeenCalledTimes(1);
  });

  it('keeps a window at least a channel wide', async () => {
    const { workspace, context, view } = await open({ raw: true });
    workspace.preprocessing.edit({ step: 'remove_zero_loss' });
    await settle(context);
    const [from, to] = within(view, '.jp-Eelscape-bandEdge.jp-mod-tail').map(
      node => Number(node.getAttribute('x1'))
    );
    drag(view, [to, 100], [from - 40, 100]);
    const [low, high] = workspace.preprocessing.draft!.tail as number[];
    const { scale } = workspace.data.pair!.energy;
    expect(high - low).toBeCloseTo(scale, 4);
  });

  it('moves and resizes its windows by keys; W takes the next one', async () => {
    const { workspace, context, view } = await open({ raw: true });
    const { preprocessing } = workspace;
    const { scale } = workspace.data.pair!.energy;
    preprocessing.edit({ step: 'remove_zero_loss' });
    await settle(context);
    press(view, 'ArrowRight');
    const tail = preprocessing.draft!.tail as number[];
    expect(tail[0]).toBeCloseTo(0.055 + scale, 4);
    expect(tail[1]).toBeCloseTo(0.105 + scale, 4);
    await settle(context);
    press(view, 'w');
    press(view, 'ArrowLeft', { altKey: true, shiftKey: true });
    const rise = preprocessing.draft!.rise as number[];
    expect(rise[0]).toBeCloseTo(0.16, 4);
    expect(rise[1]).toBeLessThan(0.19);
    expect(preprocessing.draft!.tail).toEqual(tail);
    expect(workspace.navigation.energyRange).toEqual([108, 132]);
  });

  it('has its own energy axis where the step changes it', async () => {
    const { workspace, context, view } = await open();
    workspace.preprocessing.edit({
      step: 'crop_energy',
      start: 0.5,
      stop: 0.8
    });
    await settle(context);
    const [before, after] = paths(view).map(numbersOf);
    const x = (points: number[]): number[] =>
      points.filter((_, i) => i % 2 === 0);
    const [all, kept] = [x(before), x(after)];
    const share = (value: number): number =>
      (value - all[0]) / (all[all.length - 1] - all[0]);
    // The axis runs from 0.2 to 1.1975 eV.
    expect(share(kept[0])).toBeCloseTo(0.3 / 0.9975, 2);
    expect(share(kept[kept.length - 1])).toBeCloseTo(0.5975 / 0.9975, 2);
    expect(texts(view, '.jp-Eelscape-bandName')).toEqual([
      'kept 0.500\u20130.800 eV'
    ]);
  });

  it('sets start and stop of a cropping by its window', () => {
    const draft = { step: 'crop_energy', start: 0.5, stop: null };
    expect(withWindow(draft, 'kept', 0.51234, 0.9)).toEqual({
      step: 'crop_energy',
      start: 0.5123,
      stop: 0.9
    });
    const workspace = workspaceOf();
    workspace.preprocessing.edit(draft);
    const [window] = draftWindows(
      workspace.preprocessing,
      contextOf(workspace).trans
    );
    expect(window.from).toBe(0.5);
    // An open end is the end of the last channel.
    expect(window.to).toBeCloseTo(1.2, 6);
  });
});

describe('the energy range', () => {
  it('that is dragged on the image alone brings the energy map', async () => {
    const { workspace, view } = await open();
    const { navigation } = workspace;
    expect(navigation.layer).toBe('haadf');
    drag(view, [400, 100], [400, 100]);
    expect(navigation.layer).toBe('haadf');
    drag(view, [400, 100], [450, 100]);
    expect(navigation.layer).toBe('energy');
    expect(navigation.energyRange[0]).toBeGreaterThan(132);
  });

  it('leaves another layer as it is', async () => {
    const { workspace, view } = await open({ status: 'done' });
    workspace.navigation.setLayer('error');
    drag(view, [400, 100], [450, 100]);
    expect(workspace.navigation.layer).toBe('error');
  });

  it('set by another than a person leaves the layer', async () => {
    const { workspace, context } = await open();
    workspace.navigation.setEnergyRange(10, 20);
    await settle(context);
    expect(workspace.navigation.layer).toBe('haadf');
  });
});

describe('the logarithmic scale', () => {
  it('is switched by L and leaves values that are not positive out', async () => {
    const { context, view } = await open();
    const pair = context.shown.pair!;
    const [row, column] = context.shown.pointer;
    const spectrum = context.shown.spectrumAt(row, column)!;
    const places = (): number =>
      numbersOf(paths(view)[0]).filter((_, i) => i % 2 === 0).length;
    expect(places()).toBe(pair.channels);
    press(view, 'l');
    await settle(context);
    expect(tool(view, 'Log').getAttribute('aria-pressed')).toBe('true');
    expect(places()).toBe(spectrum.filter(value => value > 0).length);
    expect(paths(view)[0]).not.toContain('NaN');
    const ticks = texts(view, '[data-layer=intensities] .tick text');
    expect(ticks).toContain('10');
    expect(ticks).toContain('100');
    press(view, 'l');
    await settle(context);
    expect(places()).toBe(pair.channels);
  });
});
