/** @jest-environment jsdom */
import './browser-globals';
import type { IWorkspace } from '../../model/types';
import { SignalPlot } from '../signal-plot';
import type { IViewContext } from '../view';
import {
  contextOf,
  mouse,
  press,
  settle,
  show,
  tool,
  within,
  workspaceOf
} from './single-view';

jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

async function open(): Promise<{
  workspace: IWorkspace;
  context: IViewContext;
  view: SignalPlot;
}> {
  const workspace = workspaceOf({ status: 'done' });
  const context = contextOf(workspace);
  const view = show(new SignalPlot(context));
  await settle(context);
  return { workspace, context, view };
}

const legend = (view: SignalPlot): string[] =>
  within(view, '.jp-Eelscape-legendText').map(node => node.textContent!);

/** Of the table's columns by name. */
function column(view: SignalPlot, name: string): number[] {
  const { columns, rows } = view.table()!;
  return rows.map(row => row[columns.indexOf(name)] as number);
}

describe('the second pointer', () => {
  it('shows what is measured and predicted there, thin, with residuals', async () => {
    const { workspace, context, view } = await open();
    expect(legend(view)).toEqual(['measured', '2L', '10L']);
    workspace.navigation.setSecondPointer([30, 30]);
    await settle(context);
    expect(legend(view)).toEqual([
      'measured',
      '2L',
      '10L',
      'measured at 2',
      '2L at 2',
      '10L at 2'
    ]);
    const second = within(view, '[data-layer=lines] .jp-mod-second');
    expect(second.map(node => node.getAttribute('stroke-width'))).toEqual([
      '1',
      '1',
      '1'
    ]);
    expect(within(view, '[data-layer=residual] path')).toHaveLength(4);
    const pair = workspace.data.pair!;
    expect(column(view, 'measured at 2 (counts)')).toEqual(
      Array.from(context.shown.spectrumAt(30, 30)!)
    );
    const [two] = context.shown.models;
    const predicted = two.predictionAt(30, 30)!;
    const residual = column(view, '2L at 2, residual (counts)');
    expect(residual).toHaveLength(pair.channels);
    expect(residual[150]).toBeCloseTo(
      predicted[150] - context.shown.spectrumAt(30, 30)![150],
      4
    );
    workspace.navigation.setSecondPointer(null);
    await settle(context);
    expect(legend(view)).toEqual(['measured', '2L', '10L']);
  });
});

describe('the selection', () => {
  it('shows mean and standard deviation of its windows', async () => {
    const { workspace, context, view } = await open();
    const pair = workspace.data.pair!;
    const mask = new Uint8Array(pair.ny * pair.nx);
    const pixels = [1500, 1501, 1502, 2600];
    pixels.forEach(pixel => {
      mask[pixel] = 1;
    });
    workspace.explorer.selection.set(mask);
    await settle(context);
    await settle(context);
    const name = 'selection of 4, mean \u00b1 sd';
    expect(legend(view)).toContain(name);
    expect(within(view, '.jp-Eelscape-spread')).toHaveLength(1);
    const at = (channel: number): number[] =>
      pixels.map(pixel => pair.spectra[pixel * pair.channels + channel]);
    const values = at(120);
    const mean = values.reduce((sum, value) => sum + value, 0) / 4;
    const deviation = Math.sqrt(
      values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3
    );
    expect(column(view, `${name} (counts)`)[120]).toBeCloseTo(mean, 3);
    expect(column(view, `${name}, spread (counts)`)[120]).toBeCloseTo(
      deviation,
      3
    );
    workspace.explorer.selection.set(null);
    await settle(context);
    expect(legend(view)).not.toContain(name);
  });
});

describe('a larger pointer', () => {
  it('shows means over its square, measured and predicted', async () => {
    const { workspace, context, view } = await open();
    workspace.navigation.setPointer(20, 60);
    workspace.navigation.setPointerSize(3);
    await settle(context);
    expect(legend(view)[0]).toBe('measured, 3 \u00d7 3 px');
    const mean = (value: (row: number, column: number) => number): number => {
      let sum = 0;
      for (let row = 19; row <= 21; row++) {
        for (let x = 59; x <= 61; x++) {
          sum += value(row, x);
        }
      }
      return sum / 9;
    };
    expect(column(view, 'measured, 3 \u00d7 3 px (counts)')[130]).toBeCloseTo(
      mean((row, x) => context.shown.spectrumAt(row, x)![130]),
      3
    );
    const [two] = context.shown.models;
    expect(column(view, '2L (counts)')[130]).toBeCloseTo(
      mean((row, x) => two.predictionAt(row, x)![130]),
      3
    );
  });
});

describe('the energy under the mouse', () => {
  it('is marked on every curve and goes with the mouse', async () => {
    const { context, view } = await open();
    mouse(view, 'pointermove', [300, 120]);
    expect(within(view, '.jp-Eelscape-energyCursor')).toHaveLength(1);
    expect(within(view, '.jp-Eelscape-energyDot')).toHaveLength(3);
    const lines = Array.from(context.tooltip.node.children).map(
      node => node.textContent!
    );
    expect(lines[0]).toMatch(/^0\.\d+ eV$/);
    expect(lines[1]).toMatch(/^measured: [\d.]+ counts$/);
    expect(lines[2]).toMatch(/^2L: [\d.]+ counts \([+\u2212]?[\d.]+\)$/);
    mouse(view, 'pointerleave', [0, 0]);
    expect(within(view, '.jp-Eelscape-energyCursor')).toHaveLength(0);
    expect(context.tooltip.node.hidden).toBe(true);
  });
});

describe('the curves', () => {
  it('are chosen in a form that C opens', async () => {
    const { context, view } = await open();
    press(view, 'c');
    await settle(context);
    expect(tool(view, 'Curves').getAttribute('aria-expanded')).toBe('true');
    const boxes = (): HTMLInputElement[] =>
      Array.from(document.querySelectorAll('.jp-Eelscape-curveChoice input'));
    expect(boxes().map(box => [box.checked, box.disabled])).toEqual([
      [true, false],
      [true, false],
      [false, true],
      [false, true]
    ]);
    boxes()[1].click();
    await settle(context);
    expect(within(view, '[data-layer=residual] path')).toHaveLength(0);
    boxes()[0].click();
    await settle(context);
    expect(legend(view)).toEqual(['measured']);
    expect(boxes()[1].disabled).toBe(true);
  });

  it('are copied as CSV by Ctrl C, which says so', async () => {
    const { context, view } = await open();
    const writeText = jest.fn().mockResolvedValue(undefined);
    Object.assign(navigator, { clipboard: { writeText } });
    press(view, 'c', { ctrlKey: true });
    await settle(context);
    const text = String(writeText.mock.calls[0][0]);
    const [head, first] = text.split('\n');
    expect(head).toBe(
      'Energy loss (eV),measured (counts),2L (counts),10L (counts),"2L, residual (counts)","10L, residual (counts)"'
    );
    const [row, x] = context.shown.pointer;
    expect(Number(first.split(',')[1])).toBe(
      context.shown.spectrumAt(row, x)![0]
    );
    expect(within(view, '.jp-Eelscape-copied')[0].textContent).toBe(
      'Copied, 400 rows'
    );
  });
});
