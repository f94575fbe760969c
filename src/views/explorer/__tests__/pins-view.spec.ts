/** @jest-environment jsdom */
import '../../__tests__/browser-globals';
import {
  contextOf,
  settle,
  show,
  tool,
  within,
  workspaceOf
} from '../../__tests__/single-view';
import { figureOf } from '../../__tests__/figures';
import type { IWorkspace } from '../../../model/types';
import type { IViewContext } from '../../view';
import { imagesLayout, spectraLayout } from '../pins-layout';
import { PinsView } from '../pins-view';

jest.mock(
  '../../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

interface IOpened {
  workspace: IWorkspace;
  context: IViewContext;
  view: PinsView;
}

async function open(
  part: Parameters<typeof workspaceOf>[0] = {}
): Promise<IOpened> {
  const workspace = workspaceOf({ status: 'done', ...part });
  const context = contextOf(workspace);
  const view = show(new PinsView(context));
  await settle(context);
  return { workspace, context, view };
}

const cells = (view: PinsView): HTMLElement[] =>
  within(view, '.jp-Eelscape-pinCell');
const words = (view: PinsView): string[] =>
  within(view, '[data-layer=words] text').map(node => node.textContent!);
const paths = (view: PinsView): Element[] =>
  within(view, '[data-layer=lines] path');

function press(node: Element, key: string): void {
  node.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  );
}

describe('the gallery of pinned locations', () => {
  it('says what to do while it is empty', async () => {
    const { context, view } = await open();
    expect(view.node.textContent).toContain('No pinned locations yet');
    expect(view.table()).toBeNull();
    tool(view, 'Suggest four').click();
    await settle(context);
    expect(cells(view)).toHaveLength(4);
    expect(within(view, '.jp-Eelscape-pinsEmpty')[0].hidden).toBe(true);
  });

  it('draws spectra of every model on one scale, with part and errors by the measure shown', async () => {
    const { workspace, context, view } = await open();
    const { pins, display } = workspace.explorer;
    pins.add(30, 30, 'void');
    pins.add(20, 60, 'gap');
    await settle(context);
    // Measured, 2L and 10L of two locations.
    expect(paths(view)).toHaveLength(6);
    const [two, ten] = context.shown.models;
    const texts = words(view);
    expect(texts).toContain('voidtrain');
    expect(texts).toContain('gaptest');
    const error = two.error[30 * 75 + 30];
    expect(texts).toContain(`2L ${(100 * error).toFixed(1)} %`);
    display.setMetric('rmse');
    await settle(context);
    const rmse = ten.errorBy('rmse')[20 * 75 + 60];
    expect(words(view)).toContain(`10L ${(100 * rmse).toFixed(1)} %`);
    expect(words(view).some(text => text.endsWith('RMSE'))).toBe(true);
  });

  it('shows the same intensity at the same height in every row', async () => {
    const { workspace, context, view } = await open({ status: 'ready' });
    const { pins } = workspace.explorer;
    const pair = workspace.data.pair!;
    pins.add(30, 30);
    pins.add(20, 60);
    await settle(context);
    const heights = paths(view).map(path =>
      (path.getAttribute('d')!.match(/-?[\d.]+/g) ?? [])
        .map(Number)
        .filter((_, i) => i % 2 === 1)
    );
    const spectra = [30 * 75 + 30, 20 * 75 + 60].map(pixel =>
      pair.spectra.subarray(pixel * pair.channels, (pixel + 1) * pair.channels)
    );
    const scale = (k: number): number =>
      (heights[k][0] - heights[k][130]) / (spectra[k][130] - spectra[k][0]);
    expect(scale(0)).toBeCloseTo(scale(1), 1);
  });

  it('puts images below spectra for spec2im', async () => {
    const { workspace, context, view } = await open();
    workspace.explorer.pins.add(30, 30, 'void');
    await settle(context);
    const clipped = () => within(view, '[data-layer=lines][clip-path]').length;
    expect(clipped()).toBe(1);
    workspace.data.change({ kind: 'spec2im' });
    await settle(context);
    expect(paths(view)).toHaveLength(1);
    // Spectra that stand where the other gallery had none are not cut off.
    expect(clipped()).toBe(0);
    // The window and the images of both models.
    expect(
      within(view, '[data-layer=windows] .jp-Eelscape-frame')
    ).toHaveLength(3);
    const [two] = context.shown.models;
    expect(words(view)).toEqual(
      expect.arrayContaining([
        'void',
        'train',
        'spectrum',
        'measured',
        '2L',
        '10L',
        `${(100 * two.error[30 * 75 + 30]).toFixed(1)} %`
      ])
    );
  });

  it('hatches what lies beyond the image and predicts nothing there', async () => {
    const { workspace, context, view } = await open();
    workspace.explorer.pins.add(2, 74);
    await settle(context);
    expect(paths(view)).toHaveLength(1);
    expect(words(view)).toContain('(74, 2)no window fits');
    expect(
      within(view, '[data-layer=windows] rect[fill^="url("]')
    ).toHaveLength(2);
  });

  it('goes to a location that is clicked, and by keys', async () => {
    const { workspace, context, view } = await open();
    const { navigation, explorer } = workspace;
    explorer.pins.add(30, 30);
    explorer.pins.add(20, 60);
    await settle(context);
    cells(view)[1].click();
    expect(navigation.pointer).toEqual([20, 60]);
    expect(cells(view)[1].getAttribute('aria-selected')).toBe('true');
    const list = within(view, '[role=listbox]')[0];
    press(list, 'ArrowUp');
    expect(navigation.pointer).toEqual([30, 30]);
    expect(list.getAttribute('aria-activedescendant')).toBe(cells(view)[0].id);
    expect(cells(view)[0].getAttribute('aria-label')).toContain(
      'a, pixel 30, 30, train, relative error 2L'
    );
    press(list, 'End');
    expect(navigation.pointer).toEqual([20, 60]);
    navigation.setPointer(1, 1);
    expect(list.hasAttribute('aria-activedescendant')).toBe(false);
  });

  it('renames and removes by keys', async () => {
    const { workspace, context, view } = await open();
    const { navigation, explorer } = workspace;
    explorer.pins.add(30, 30);
    explorer.pins.add(20, 60);
    navigation.setPointer(30, 30);
    await settle(context);
    const list = within(view, '[role=listbox]')[0];
    list.focus();
    press(list, 'F2');
    const input = within(view, 'input')[0] as HTMLInputElement;
    expect(document.activeElement).toBe(input);
    input.value = 'particle';
    press(input, 'Enter');
    expect(explorer.pins.items[0].name).toBe('particle');
    expect(document.activeElement).toBe(list);
    await settle(context);
    press(list, 'F2');
    input.value = 'other';
    press(input, 'Escape');
    expect(explorer.pins.items[0].name).toBe('particle');
    press(list, 'Delete');
    expect(explorer.pins.items.map(({ letter }) => letter)).toEqual(['b']);
    expect(navigation.pointer).toEqual([20, 60]);
  });

  it('pins the pointer by its button and by P', async () => {
    const { workspace, context, view } = await open();
    const { navigation, explorer } = workspace;
    navigation.setPointer(25, 40);
    await settle(context);
    within(view, '[aria-label="Pin pointer"]')[0].click();
    navigation.setPointer(26, 40);
    press(view.body.node, 'p');
    expect(explorer.pins.items.map(({ row }) => row)).toEqual([25, 26]);
    within(view, '[aria-label="Pin by clicks"]')[0].click();
    expect(explorer.pins.collecting).toBe(true);
  });

  it('gives its numbers as a table', async () => {
    const { workspace, context, view } = await open();
    workspace.explorer.pins.add(20, 60, 'gap');
    await settle(context);
    const [two, ten] = context.shown.models;
    expect(view.table()).toMatchObject({
      columns: [
        'letter',
        'name',
        'x (px)',
        'y (px)',
        'part',
        '2L, Relative error (%)',
        '10L, Relative error (%)'
      ],
      rows: [
        [
          'a',
          'gap',
          60,
          20,
          'test',
          100 * two.error[20 * 75 + 60],
          100 * ten.error[20 * 75 + 60]
        ]
      ]
    });
  });

  it('is exported as one figure without its controls', async () => {
    const { workspace, context, view } = await open();
    workspace.explorer.pins.add(30, 30, 'void');
    workspace.explorer.pins.add(20, 60, 'gap');
    await settle(context);
    const { svg } = figureOf(view);
    const text = svg.textContent!;
    expect(text).toContain('void');
    expect(text).toContain('gap');
    expect(text).toContain('Energy loss (eV)');
    expect(text).not.toContain('Pin pointer');
  });
});

describe('the layout of the gallery', () => {
  it.each([1, 4, 9, 14, 26])('keeps %i locations apart and inside', count => {
    for (const [width, height] of [
      [392, 404],
      [560, 310],
      [1600, 900]
    ]) {
      for (const layout of [
        spectraLayout(width, height, count, 16),
        imagesLayout(width, height, count, 2, 16)
      ]) {
        expect(layout.cells).toHaveLength(count);
        layout.cells.forEach((a, i) => {
          expect(a.left).toBeGreaterThanOrEqual(0);
          expect(a.left + a.width).toBeLessThanOrEqual(width);
          expect(a.top + a.height).toBeLessThanOrEqual(height);
          expect(layout.side).toBeLessThanOrEqual(a.width);
          expect(layout.side).toBeLessThanOrEqual(a.height);
          for (const b of layout.cells.slice(i + 1)) {
            const apart =
              a.left + a.width <= b.left + 1e-9 ||
              b.left + b.width <= a.left + 1e-9 ||
              a.top + a.height <= b.top + 1e-9 ||
              b.top + b.height <= a.top + 1e-9;
            expect(apart).toBe(true);
          }
        });
      }
    }
  });
});
