/** @jest-environment jsdom */
import '../../__tests__/browser-globals';
import type { IWorkspace } from '../../../model/types';
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
} from '../../__tests__/single-view';
import type { IViewContext } from '../../view';
import { InverseView } from '../inverse-view';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

interface IScene {
  readonly workspace: IWorkspace;
  readonly context: IViewContext;
  readonly view: InverseView;
}

async function scene(): Promise<IScene> {
  const workspace = workspaceOf({ status: 'done' });
  const context = contextOf(workspace);
  const view = show(new InverseView(context));
  await settle(context);
  return { workspace, context, view };
}

async function found({ workspace, context }: IScene): Promise<void> {
  const { inverse } = workspace.explorer;
  for (let i = 0; i < 400 && inverse.busy; i++) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  expect(inverse.error).toBe('');
  await settle(context);
}

const target = (view: InverseView): string | null =>
  within(view, '.jp-mod-target')[0].getAttribute('d');

describe('Inverse design', () => {
  it('draws the spectrum at the pointer and follows it', async () => {
    const { view, workspace, context } = await scene();
    const before = target(view);
    workspace.navigation.setPointer(30, 30);
    await settle(context);
    expect(target(view)).not.toBe(before);
  });

  it('rings what it found and moves the latent cursor there', async () => {
    const all = await scene();
    const { view, workspace, context } = all;
    tool(view, 'Search').click();
    expect(workspace.explorer.inverse.busy).not.toBeNull();
    await found(all);
    const [first, second] = workspace.explorer.inverse.candidates;
    expect(context.highlight.pixels).toEqual(first.pixels);
    expect(workspace.navigation.latentCursor).toEqual([...first.latents]);
    expect(within(view, '.jp-Eelscape-structure').length).toBe(
      workspace.explorer.inverse.candidates.length + 1
    );
    press(view, '2');
    await settle(context);
    expect(context.highlight.pixels).toEqual(second.pixels);
    // A structure that is not there changes nothing.
    press(view, '9');
    expect(workspace.explorer.inverse.chosen).toBe(1);
    press(view, 'Enter', { shiftKey: true });
    const [pixel] = second.pixels;
    expect(workspace.navigation.pointer).toEqual([
      Math.floor(pixel / 75),
      pixel % 75
    ]);
    press(view, 'Escape');
    expect(workspace.explorer.inverse.chosen).toBe(-1);
    expect(context.highlight.pixels).toEqual([]);
  });

  it('takes what is drawn with the mouse as the target', async () => {
    const { view, workspace, context } = await scene();
    const { inverse } = workspace.explorer;
    const before = inverse.target!.slice();
    drag(view, [150, 120], [260, 60]);
    await settle(context);
    expect(inverse.source).toBe('drawn');
    const changed = Array.from(before.keys()).filter(
      i => inverse.target![i] !== before[i]
    );
    expect(changed.length).toBeGreaterThan(40);
    // Beside the stroke nothing has changed.
    expect(changed.at(-1)! - changed[0]).toBeLessThan(120);
    // A click draws nothing.
    const drawn = inverse.target;
    mouse(view, 'pointerdown', [200, 100]);
    mouse(view, 'pointerup', [200, 100]);
    expect(inverse.target).toBe(drawn);
  });

  it('raises the target by keys, around the place that the keys move', async () => {
    const { view, workspace, context } = await scene();
    const { inverse } = workspace.explorer;
    const before = inverse.target!.slice();
    press(view, 'ArrowUp');
    await settle(context);
    const rise = inverse.target!.map((value, i) => value - before[i]);
    expect(rise.indexOf(Math.max(...rise))).toBeCloseTo(200, -1);
    expect(within(view, '.jp-Eelscape-pen')).toHaveLength(1);
  });

  it('pulls a peak by its handle', async () => {
    const { view, workspace, context } = await scene();
    const { inverse } = workspace.explorer;
    inverse.setSource('peaks');
    await settle(context);
    const handle = within(view, '.jp-Eelscape-peakHandle.jp-mod-top')[0];
    const at = (name: string): number => Number(handle.getAttribute(name));
    const from = [at('cx'), at('cy')] as const;
    const { position, height } = inverse.peaks[0];
    drag(view, from, [from[0] + 40, from[1] + 20]);
    expect(inverse.peaks[0].position).toBeGreaterThan(position);
    expect(inverse.peaks[0].height).toBeLessThan(height);
    expect(inverse.source).toBe('peaks');
  });

  it('lists the peaks as numbers in the unit shown', async () => {
    const { view, workspace, context } = await scene();
    const { inverse } = workspace.explorer;
    inverse.setPeaks([{ position: 0.6, width: 0.1, height: 50 }], 2);
    workspace.navigation.setEnergyUnit('meV');
    await settle(context);
    const inputs = within(
      view,
      '.jp-Eelscape-peaks input'
    ) as HTMLInputElement[];
    expect(inputs.map(input => input.value)).toEqual(['600', '100', '50', '2']);
    expect(inputs[0].getAttribute('aria-label')).toBe('Peak 1: Energy (meV)');
    tool(view, 'Add peak').click();
    expect(inverse.peaks).toHaveLength(2);
    expect(inverse.peaks[1].height).toBe(25);
    await settle(context);
    // A third one does not hide behind the second.
    tool(view, 'Add peak').click();
    const [, second, third] = inverse.peaks.map(peak => peak.position);
    expect(Math.abs(third - second)).toBeGreaterThan(0.05);
  });

  it('gives target and decoded spectra as a table', async () => {
    const all = await scene();
    const { view, workspace } = all;
    workspace.explorer.inverse.search();
    await found(all);
    const { candidates, target: wanted } = workspace.explorer.inverse;
    const table = view.table()!;
    expect(table.columns).toHaveLength(2 + candidates.length);
    expect(table.columns[0]).toBe('Energy loss (eV)');
    expect(table.rows[7].slice(1)).toEqual([
      wanted![7],
      ...candidates.map(({ decoded }) => decoded[7])
    ]);
  });
});
