/** @jest-environment jsdom */
import '../../__tests__/browser-globals';
import type { IWorkspace } from '../../../model/types';
import {
  contextOf,
  press,
  settle,
  show,
  within,
  workspaceOf
} from '../../__tests__/single-view';
import type { IViewContext } from '../../view';
import { TransferView } from '../transfer-view';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

interface IScene {
  readonly workspace: IWorkspace;
  readonly context: IViewContext;
  readonly view: TransferView;
}

async function scene(): Promise<IScene> {
  const workspace = workspaceOf({ status: 'done' });
  const context = contextOf(workspace);
  const view = show(new TransferView(context));
  await settle(context);
  return { workspace, context, view };
}

/** Applies the model that the mock library has put aside. */
async function apply({ workspace, context }: IScene): Promise<void> {
  const { transfer } = workspace.explorer;
  transfer.choose('kept');
  for (let i = 0; i < 200 && transfer.busy; i++) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  expect(transfer.error).toBe('');
  await settle(context);
}

const texts = (view: TransferView): string[] =>
  within(view, 'text').map(node => node.textContent ?? '');

const WIDE = { left: 0, top: 0, width: 660, height: 434 };

describe('Transfer', () => {
  it('says what to do while no model is chosen', async () => {
    const { view } = await scene();
    expect(texts(view).join(' ')).toContain('open a .safetensors file');
    expect(view.table()).toBeNull();
    const choices = within(view, '.jp-Eelscape-tools option');
    expect(choices.map(option => option.textContent)).toEqual([
      'no model',
      '2L im2spec'
    ]);
  });

  it('shows the errors of both models and the distances', async () => {
    const found = await scene();
    await apply(found);
    const { view, context } = found;
    // Where there is no room for a third map, titles need not tell two maps of errors apart.
    expect(texts(view)).toContain('Relative error (%)');
    view.place(WIDE);
    await settle(context);
    const all = texts(view);
    expect(all).toContain('Relative error (%), transferred');
    expect(all).toContain('Relative error (%), 2L trained here');
    expect(all).toContain('Distance (spreads)');
    // As the file of the model says.
    expect(all).toContain('3.1 %');
    expect(all).toContain('8.8 %');
    expect(all.join(' ')).toContain('32 nm here, 40 nm in training');
    expect(within(view, '.jp-Eelscape-distanceOwn').length).toBeGreaterThan(0);
  });

  it('writes errors by the measure of all views', async () => {
    const found = await scene();
    await apply(found);
    const { view, context, workspace } = found;
    view.place(WIDE);
    workspace.explorer.display.setMetric('rmse');
    await settle(context);
    expect(texts(view)).toContain('RMSE (%), transferred');
    expect(texts(view)).toContain('1.2 %');
    workspace.explorer.display.setMetric('mse_raw');
    await settle(context);
    // The file does not say it in units of the data.
    expect(texts(view).filter(text => text === '\u2013')).toHaveLength(2);
  });

  it('gives its numbers as a table, a row a window', async () => {
    const found = await scene();
    await apply(found);
    const { view, workspace } = found;
    const { model, distances } = workspace.explorer.transfer.result!;
    const table = view.table()!;
    expect(table.rows).toHaveLength(model.positions.length);
    const [row, column, error, distance] = table.rows[40];
    const pixel = model.positions[40];
    expect([row, column]).toEqual([Math.floor(pixel / 75), pixel % 75]);
    expect(error).toBeCloseTo(100 * model.error[pixel], 9);
    expect(distance).toBeCloseTo(distances!.here[40], 5);
  });

  it('moves the pointer by arrow keys and keeps its maps', async () => {
    const found = await scene();
    await apply(found);
    const { view, context, workspace } = found;
    const map = within(view, '[data-layer="bars"] > *')[0];
    const before = within(view, '[data-layer="pointer"] path')[0].getAttribute(
      'd'
    );
    press(view, 'ArrowDown', { shiftKey: true });
    await settle(context);
    expect(workspace.navigation.pointer).toEqual([25, 59]);
    expect(
      within(view, '[data-layer="pointer"] path')[0].getAttribute('d')
    ).not.toBe(before);
    // Drawn once, not again for a pointer that moves.
    expect(within(view, '[data-layer="bars"] > *')[0]).toBe(map);
  });

  it('is brought into sight by a model that comes as a file', async () => {
    const workspace = workspaceOf({ status: 'done' });
    const asked: string[] = [];
    const context = {
      ...contextOf(workspace),
      show: (name: string) => asked.push(name)
    };
    show(new TransferView(context));
    workspace.explorer.transfer.openFile('x.safetensors', new Uint8Array(0));
    expect(asked).toEqual(['transfer']);
  });
});
