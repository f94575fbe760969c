/** @jest-environment jsdom */
import './browser-globals';
import type { IWorkspace } from '../../model/types';
import { Readout } from '../readout';
import type { IViewContext } from '../view';
import { contextOf, settle, show, workspaceOf } from './single-view';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

async function open(
  part: Parameters<typeof workspaceOf>[0] = {}
): Promise<{ workspace: IWorkspace; context: IViewContext; view: Readout }> {
  const workspace = workspaceOf(part);
  const context = contextOf(workspace);
  const view = show(new Readout(context));
  await settle(context);
  return { workspace, context, view };
}

it('says which regions hold the pixel and the abundances there', async () => {
  const { workspace, context, view } = await open({
    regions: true,
    components: 4
  });
  const { navigation, factorisation } = workspace;
  navigation.setPointer(10, 60);
  navigation.setLayer('abundance');
  navigation.setComponent(1);
  await settle(context);
  const pixel = 10 * context.shown.pair!.nx + 60;
  const values = factorisation.result!.abundances.map(map => map[pixel]);
  expect(JSON.parse(view.body.node.dataset.abundances!)).toEqual(values);
  expect(JSON.parse(view.body.node.dataset.regions!)).toEqual(['R1']);
  expect(view.node.textContent).toContain('in R1');
  for (const name of ['C1', 'C2', 'C3', 'C4']) {
    expect(view.node.textContent).toMatch(new RegExp(`${name} [\\d.]`));
  }
  expect(view.node.querySelector('b')!.textContent).toMatch(/^C2 /);
  navigation.setPointer(0, 0);
  await settle(context);
  expect(view.node.textContent).not.toContain('in R1');
});

it('follows a region that is moved over the pixel', async () => {
  const { workspace, context, view } = await open({ regions: true });
  workspace.navigation.setPointer(40, 60);
  workspace.regions.reshape('R1', [
    [55, 35],
    [65, 45]
  ]);
  await settle(context);
  expect(view.node.textContent).toContain('in R1');
});

it('[D3] says that a pixel is excluded', async () => {
  const { workspace, context, view } = await open({ components: 2 });
  const pair = workspace.data.pair!;
  const mask = new Uint8Array(pair.ny * pair.nx);
  mask[20 * pair.nx + 30] = 1;
  workspace.factorisation.result!.abundances.forEach(map => {
    map[20 * pair.nx + 30] = NaN;
  });
  Object.assign(workspace.data, { pair: { ...pair, mask } });
  workspace.navigation.setPointer(20, 30);
  await settle(context);
  expect(view.node.textContent).toContain('excluded');
  expect(view.node.textContent).toContain('C1 \u2013');
  expect(view.body.node.dataset).toMatchObject({
    excluded: 'true',
    abundances: '',
    measured: ''
  });
});
