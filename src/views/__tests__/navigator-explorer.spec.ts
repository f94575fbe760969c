/** @jest-environment jsdom */
import './browser-globals';
import type { IWorkspace } from '../../model/types';
import type { IPair } from '../../signal/types';
import { LiveRegion } from '../live-region';
import { Navigator } from '../navigator';
import { maskOf } from '../selection-drag';
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

interface IOpened {
  workspace: IWorkspace;
  context: IViewContext;
  view: Navigator;
}

async function open(
  part: Parameters<typeof workspaceOf>[0] = { status: 'done' },
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

/** Pixels of the selection as [row, column] of its corners, and how many there are. */
function selected({ workspace }: IOpened): unknown {
  const { mask, count } = workspace.explorer.selection;
  const { nx } = workspace.data.pair!;
  if (!mask) {
    return null;
  }
  const first = mask.indexOf(1);
  const last = mask.lastIndexOf(1);
  return [
    [Math.floor(first / nx), first % nx],
    [Math.floor(last / nx), last % nx],
    count
  ];
}

describe('the selection', () => {
  it('is drawn by a drag with Shift, added to with Ctrl and taken from with Alt', async () => {
    const opened = await open();
    const { view, context, workspace } = opened;
    const pointer = workspace.navigation.pointer;
    drag(view, at(20.5, 12.5), at(29.5, 16.5), { shiftKey: true });
    expect(selected(opened)).toEqual([[12, 20], [16, 29], 50]);
    expect(workspace.navigation.pointer).toEqual(pointer);
    await settle(context);
    const [line] = within(view, '.jp-Eelscape-selection:not(.jp-mod-halo)');
    expect(line.getAttribute('d')).toContain('M156,73H216');
    const add = { shiftKey: true, ctrlKey: true };
    drag(view, at(28.5, 12.5), at(31.5, 12.5), add);
    expect(selected(opened)).toEqual([[12, 20], [16, 29], 52]);
    const remove = { shiftKey: true, altKey: true };
    drag(view, at(20.5, 12.5), at(31.5, 15.5), remove);
    expect(selected(opened)).toEqual([[16, 20], [16, 29], 10]);
  });

  it('holds windows only, and a click with Shift takes it away', async () => {
    const opened = await open();
    drag(opened.view, at(0.5, 0.5), at(9.5, 8.5), { shiftKey: true });
    // The first window stands at row 8, column 8.
    expect(selected(opened)).toEqual([[8, 8], [8, 9], 2]);
    drag(opened.view, at(20.5, 20.5), at(20.5, 20.5), { shiftKey: true });
    expect(selected(opened)).toBeNull();
  });

  it('is outlined whoever made it', async () => {
    const { view, context, workspace } = await open();
    const { nx, ny } = workspace.data.pair!;
    const mask = new Uint8Array(nx * ny);
    mask[10 * nx + 10] = 1;
    workspace.explorer.selection.set(mask);
    await settle(context);
    expect(within(view, '.jp-Eelscape-selection')).toHaveLength(2);
    workspace.explorer.selection.set(null);
    await settle(context);
    expect(within(view, '.jp-Eelscape-selection')).toEqual([]);
  });

  it('is drawn by keys between the place of S and the pointer', async () => {
    const opened = await open();
    const { view, context, workspace } = opened;
    workspace.navigation.setPointer(20, 30);
    press(view, 's');
    press(view, 'ArrowRight');
    press(view, 'ArrowDown');
    press(view, 'ArrowDown');
    press(view, 'Enter');
    expect(selected(opened)).toEqual([[20, 30], [22, 31], 6]);
    press(view, 'ArrowDown');
    expect(selected(opened)).toEqual([[20, 30], [22, 31], 6]);
    // Escape takes back the one that is being drawn, then the selection.
    press(view, 's');
    press(view, 'ArrowLeft');
    await settle(context);
    expect(within(view, '.jp-Eelscape-rubberBand')).toHaveLength(1);
    press(view, 'Escape');
    expect(selected(opened)).toEqual([[20, 30], [22, 31], 6]);
    press(view, 'Escape');
    expect(selected(opened)).toBeNull();
  });

  it('leaves a drag with Shift to a region tool', async () => {
    const opened = await open();
    opened.workspace.regions.setTool('ellipse');
    drag(opened.view, at(20, 12), at(30, 20), { shiftKey: true });
    expect(selected(opened)).toBeNull();
    expect(opened.workspace.regions.items).toHaveLength(1);
  });

  it('without windows counts the pixels that are not excluded', () => {
    const mask = Uint8Array.of(0, 1, 0, 0, 0, 0);
    const pair = { ny: 2, nx: 3, mask } as unknown as IPair;
    const found = maskOf(pair, null, [0, 0, 0, 5], null, 'replace');
    expect(Array.from(found)).toEqual([1, 0, 1, 0, 0, 0]);
  });
});

describe('the second pointer', () => {
  it('is put down by E, dragged, exchanged by X and removed by Escape', async () => {
    const { view, context, workspace } = await open();
    const { navigation } = workspace;
    navigation.setPointer(20, 30);
    press(view, 'e');
    expect(navigation.secondPointer).toEqual([20, 30]);
    press(view, 'ArrowDown');
    await settle(context);
    drag(view, at(30.5, 20.5), at(40.5, 24.5));
    expect(navigation.secondPointer).toEqual([24, 40]);
    expect(navigation.pointer).toEqual([21, 30]);
    press(view, 'x');
    expect(navigation.secondPointer).toEqual([21, 30]);
    expect(navigation.pointer).toEqual([24, 40]);
    await settle(context);
    const lines = within(view, '.jp-Eelscape-plateText');
    // 10 and 3 pixels of 2 nm.
    expect(lines[0].textContent).toBe('2 at (30, 21), 20.9 nm away');
    expect(lines[1].textContent).toMatch(/^1: \d+\.?\d* %, 2: \d+\.?\d* %$/);
    press(view, 'Escape');
    expect(navigation.secondPointer).toBeNull();
    await settle(context);
    expect(within(view, '.jp-mod-second')).toEqual([]);
  });
});

describe('pins', () => {
  it('are put down by P, drawn with their letters and moved to by a click', async () => {
    const { view, context, workspace } = await open();
    const { navigation, explorer } = workspace;
    navigation.setPointer(20, 30);
    press(view, 'p');
    navigation.setPointer(30, 40);
    press(view, 'p');
    press(view, 'p');
    expect(
      explorer.pins.items.map(({ letter, row, column }) => [
        letter,
        row,
        column
      ])
    ).toEqual([
      ['a', 20, 30],
      ['b', 30, 40]
    ]);
    await settle(context);
    expect(
      within(view, '.jp-Eelscape-pinLetter').map(node => node.textContent)
    ).toEqual(['a', 'b']);
    // Beside its middle: the click is meant for the pin.
    const beside: [number, number] = [at(30.5, 20.5)[0] + 6, at(0, 20.5)[1]];
    drag(view, beside, beside);
    expect(navigation.pointer).toEqual([20, 30]);
    mouse(view, 'pointermove', at(30.5, 20.5));
    expect(context.tooltip.node.textContent).toContain('a');
    explorer.pins.clear();
    await settle(context);
    expect(within(view, '.jp-Eelscape-pin')).toEqual([]);
  });
});

describe('windows that another view points at', () => {
  it('are ringed as long as it does', async () => {
    const { view, context, workspace } = await open();
    const { nx } = workspace.data.pair!;
    context.highlight.set([20 * nx + 30, 21 * nx + 10]);
    await settle(context);
    const [, ring] = within(view, '.jp-mod-highlight');
    expect(ring.getAttribute('d')!.match(/M/g)).toHaveLength(2);
    context.highlight.set([]);
    await settle(context);
    expect(within(view, '.jp-mod-highlight')).toEqual([]);
  });
});

describe('zoom', () => {
  const zoom = (view: Navigator): number =>
    Number(view.node.dataset.eelscapeZoom);
  const wheel = (
    view: Navigator,
    [clientX, clientY]: readonly [number, number],
    deltaY: number
  ): void => {
    view.body.node.dispatchEvent(
      new WheelEvent('wheel', { clientX, clientY, deltaY, cancelable: true })
    );
  };

  it('follows the wheel at the mouse; a double click shows the whole scan', async () => {
    const { view, context, workspace } = await open();
    wheel(view, at(20.5, 10.5), -400);
    await settle(context);
    expect(zoom(view)).toBeCloseTo(Math.exp(0.8), 1);
    // The pixel under the mouse has kept its place.
    drag(view, at(20.5, 10.5), at(20.5, 10.5));
    expect(workspace.navigation.pointer).toEqual([10, 20]);
    const over = view.node.querySelector('[data-layer=over]')!;
    expect(over.getAttribute('clip-path')).toMatch(/^url\(#/);
    expect(within(view, '.jp-mod-over')[0].hidden).toBe(false);
    mouse(view, 'dblclick', at(20.5, 10.5));
    await settle(context);
    expect(zoom(view)).toBe(1);
    expect(over.getAttribute('clip-path')).toBeNull();
    expect(within(view, '.jp-mod-over')[0].hidden).toBe(true);
  });

  it('keeps the pointer in sight with the keys, and axes and scale bar are those of what is seen', async () => {
    const { view, context, workspace } = await open();
    workspace.navigation.setPointer(10, 10);
    const scale = (): string =>
      within(view, '.jp-Eelscape-scaleText')[0].textContent!;
    const whole = scale();
    for (let i = 0; i < 4; i++) {
      press(view, '+');
    }
    await settle(context);
    expect(zoom(view)).toBeCloseTo(1.5 ** 4, 1);
    expect(parseFloat(scale())).toBeLessThan(parseFloat(whole));
    const ticks = within(view, '[data-layer=axes] .tick text');
    expect(
      Math.max(...ticks.map(tick => Number(tick.textContent)))
    ).toBeLessThan(70);
    for (let i = 0; i < 7; i++) {
      press(view, 'ArrowRight', { shiftKey: true });
    }
    await settle(context);
    const [, box] = within(view, '[data-layer=pointer] path').slice(-2);
    const x = Number(/M([\d.]+),/.exec(box.getAttribute('d')!)![1]);
    expect(x).toBeGreaterThan(36);
    expect(x).toBeLessThan(486);
    press(view, '0');
    await settle(context);
    expect(zoom(view)).toBe(1);
    expect(scale()).toBe(whole);
  });

  it('pans with Ctrl and a drag, without moving the pointer', async () => {
    const { view, context, workspace } = await open();
    wheel(view, at(37, 31), -400);
    await settle(context);
    const { pointer } = workspace.navigation;
    const first = (): string =>
      within(view, '[data-layer=axes] .tick text')[0].textContent!;
    const before = first();
    drag(view, at(40, 30), at(60, 30), { ctrlKey: true });
    await settle(context);
    expect(workspace.navigation.pointer).toEqual(pointer);
    expect(Number(first())).toBeLessThan(Number(before));
  });
});

describe('the display settings', () => {
  const form = (): HTMLElement =>
    document.querySelector<HTMLElement>('.jp-Eelscape-popover')!;
  const field = (name: string): HTMLInputElement & HTMLSelectElement => {
    const found =
      form().querySelector(`[aria-label="${name}"]`) ??
      Array.from(form().querySelectorAll('label')).find(
        label => label.textContent === name
      )!;
    return (
      found instanceof HTMLLabelElement
        ? document.getElementById(found.htmlFor)
        : found
    ) as HTMLInputElement & HTMLSelectElement;
  };
  const type = (name: string, value: string): void => {
    const element = field(name);
    const proto =
      element instanceof HTMLSelectElement
        ? HTMLSelectElement.prototype
        : HTMLInputElement.prototype;
    // React overrides the setter of the element itself.
    Object.getOwnPropertyDescriptor(proto, 'value')!.set!.call(element, value);
    element.dispatchEvent(new Event('input', { bubbles: true }));
    element.dispatchEvent(new Event('change', { bubbles: true }));
    element.dispatchEvent(new FocusEvent('focusout', { bubbles: true }));
  };

  it('set colours and limits of the layer, by percentiles and by values', async () => {
    const { view, context, workspace } = await open();
    press(view, 'c');
    await settle(context);
    expect(form().getAttribute('role')).toBe('dialog');
    expect(form().textContent).toContain('Relative error, 2L (%)');
    const whole = context.shown.errorLimits();
    type('From, to (%), lowest', '20');
    await settle(context);
    expect(context.shown.errorLimits()[0]).toBeGreaterThan(whole[0]);
    type('Colours', 'cividis');
    type('Contrast', 'value');
    await settle(context);
    type('From, to (%), highest', '30');
    await settle(context);
    expect(workspace.navigation.look('error:relative')).toMatchObject({
      colours: 'cividis',
      limits: { by: 'value', high: 0.3 }
    });
    expect(context.shown.errorLimits()[1]).toBeCloseTo(0.3, 9);
    const ticks = within(view, '[data-layer=bar] .tick text');
    expect(ticks.at(-1)!.textContent).toBe('30');
    // The image has limits of its own.
    expect(workspace.navigation.look('haadf').limits).toBeNull();
  });

  it('take the focus, and give it back with Escape', async () => {
    const { view, context } = await open();
    const [button] = within(view, '[data-eelscape-display]');
    button.click();
    await settle(context);
    expect(button.getAttribute('aria-expanded')).toBe('true');
    expect(form().contains(document.activeElement)).toBe(true);
    document.activeElement!.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })
    );
    expect(form()).toBeNull();
    expect(document.activeElement).toBe(button);
  });

  it('close by a press elsewhere', async () => {
    const { view, context } = await open();
    press(view, 'c');
    await settle(context);
    mouse(view, 'pointerdown', at(20, 20));
    expect(form()).toBeNull();
  });

  it('make the pointer larger: its square is drawn', async () => {
    const { view, context, workspace } = await open();
    workspace.navigation.setPointer(20, 30);
    press(view, '.');
    await settle(context);
    expect(workspace.navigation.pointerSize).toBe(3);
    const paths = within(view, '[data-layer=pointer] path').map(path =>
      path.getAttribute('d')
    );
    expect(paths).toContain('M210,115H228V133H210Z');
    press(view, ',');
    press(view, ',');
    expect(workspace.navigation.pointerSize).toBe(1);
  });
});

describe('layers of a trained model', () => {
  const title = (view: Navigator): string =>
    within(view, '[data-layer=bar] .jp-Eelscape-axisTitle')
      .map(node => node.textContent)
      .join();

  it('show latents in turn, differences and the split', async () => {
    const { view, context } = await open();
    const titles: string[] = [];
    for (const key of ['6', '6', '6', 'd', '5']) {
      press(view, key);
      await settle(context);
      titles.push(title(view));
    }
    expect(titles).toEqual([
      'Latent L1, 2L',
      'Latent L2, 2L',
      'Latent L1, 2L',
      'Predicted \u2212 measured, 2L (counts)',
      'Split'
    ]);
    expect(
      within(view, '[data-layer=bar] .jp-Eelscape-label').map(
        node => node.textContent
      )
    ).toEqual(['train', 'guard', 'test']);
  });

  it('have the measure of errors in their title, and their list holds them all', async () => {
    const { view, context, workspace } = await open();
    workspace.explorer.display.setMetric('rmse');
    await settle(context);
    expect(title(view)).toBe('RMSE, 2L (%)');
    const [list] = within(
      view,
      'select[aria-label="More layers"]'
    ) as HTMLSelectElement[];
    const values = Array.from(list.options, option => option.value);
    expect(values).toEqual(
      expect.arrayContaining(['difference', 'latent:0', 'latent:1', 'split'])
    );
    list.value = 'latent:1';
    list.dispatchEvent(new Event('change', { bubbles: true }));
    await settle(context);
    expect(title(view)).toBe('Latent L2, 2L');
  });

  it('hatch windows without a value, and leave the frame without windows alone', async () => {
    const { view, context } = await open({ status: 'done' }, workspace => {
      const active = workspace.models.active!;
      const { nx } = workspace.data.pair!;
      const error = active.errorBy('relative').slice();
      error[20 * nx + 30] = NaN;
      const changed = { ...active, errorBy: () => error, error };
      Object.assign(workspace.models, { active: changed, items: [changed] });
    });
    await settle(context);
    const [line] = within(
      view,
      '.jp-Eelscape-flagLine.jp-mod-missing:not(.jp-mod-halo)'
    );
    expect(line.getAttribute('d')).toContain('M216,121H222');
    // One pixel: two edges along x and two along y.
    expect(line.getAttribute('d')!.match(/M/g)).toHaveLength(4);
  });

  it('give their values as a table', async () => {
    const { view, workspace } = await open();
    const table = view.table()!;
    const { nx, ny } = workspace.data.pair!;
    expect(table.rows).toHaveLength(nx * ny);
    expect(table.columns.at(-1)).toBe('Relative error, 2L (%)');
    const row = table.rows[20 * nx + 30];
    expect(row.slice(0, 4)).toEqual([30, 20, 60, 40]);
    expect(row[5]).toBeCloseTo(
      100 * workspace.models.active!.error[20 * nx + 30],
      6
    );
  });
});

describe('the live region', () => {
  it('tells of layers, pointers, pins and the selection', async () => {
    jest.useFakeTimers();
    try {
      const workspace = workspaceOf({ status: 'done' });
      const { navigation, explorer } = workspace;
      const region = new LiveRegion(contextOf(workspace));
      const said = (): string => {
        jest.advanceTimersByTime(400);
        return region.node.textContent!;
      };
      navigation.setLayer('energy');
      expect(said()).toBe('Layer Energy map');
      navigation.setPointer(20, 30);
      navigation.setSecondPointer([20, 33]);
      expect(said()).toMatch(/^Second pointer, 2 at \(33, 20\), 6 nm away, /);
      navigation.setPointerSize(5);
      expect(said()).toBe('Pointer of 5 by 5 pixels');
      explorer.pins.add(20, 30);
      expect(said()).toBe('Pin a at 30, 20');
      const mask = new Uint8Array(62 * 75);
      mask.fill(1, 900, 907);
      explorer.selection.set(mask);
      expect(said()).toBe('7 windows selected');
      region.dispose();
    } finally {
      jest.useRealTimers();
    }
  });
});
