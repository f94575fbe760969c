/** @jest-environment jsdom */
import './browser-globals';
import { partSpreads } from '../../analysis/error-histogram';
import { worstRegions } from '../../analysis/worst-regions';
import type { IWorkspace } from '../../model/types';
import { ErrorMap } from '../error-map';
import { ErrorsView } from '../explorer/errors-view';
import { StudyView } from '../explorer/study-view';
import type { View } from '../view';
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

function texts(view: View, selector: string): string[] {
  return within(view, selector).map(node => node.textContent ?? '');
}

function choose(view: View, label: string, value: string): void {
  const select = within(view, 'select').find(
    node => node.getAttribute('aria-label') === label
  ) as HTMLSelectElement;
  select.value = value;
  select.dispatchEvent(new Event('change', { bubbles: true }));
}

describe('Error map', () => {
  async function opened(workspace: IWorkspace): Promise<ErrorMap> {
    const context = contextOf(workspace);
    const view = show(new ErrorMap(context));
    await settle(context);
    return view;
  }

  it('names the measure, and shows it of every model with its spread', async () => {
    const workspace = workspaceOf({ status: 'done' });
    const view = await opened(workspace);
    expect(texts(view, '.jp-Eelscape-axisTitle')).toEqual([
      'Relative error (%)'
    ]);
    const [model] = workspace.models.items;
    const { train } = partSpreads(model.error, model.split);
    const rows = texts(view, '.jp-Eelscape-errorTable tr');
    expect(rows.length).toBe(5);
    expect(rows[0]).toContain('relative error, mean ± sd');
    expect(rows[1]).toContain(
      `${(100 * train.mean).toFixed(1)} ± ${(100 * train.sd).toFixed(1)} %`
    );
  });

  it('changes the measure of every view', async () => {
    const workspace = workspaceOf({ status: 'done' });
    const view = await opened(workspace);
    choose(view, 'Measure of errors', 'mse_raw');
    await settle(contextOf(workspace));
    expect(workspace.explorer.display.metric).toBe('mse_raw');
    const context = contextOf(workspace);
    const again = show(new ErrorMap(context));
    await settle(context);
    expect(texts(again, '.jp-Eelscape-axisTitle')).toEqual([
      'MSE, raw (counts²)'
    ]);
    expect(texts(again, '.jp-Eelscape-errorTable tr')[1]).toMatch(/counts²/);
  });

  it('shows the maps of all models on one scale', async () => {
    const workspace = workspaceOf({ status: 'done' });
    const context = contextOf(workspace);
    const view = show(new ErrorMap(context));
    await settle(context);
    choose(view, 'Model of the error map', 'all models');
    await settle(context);
    expect(texts(view, '[data-layer="captions"] .jp-Eelscape-mean')).toEqual([
      '2L',
      '10L'
    ]);
    // A box and a crosshair with their halos over each.
    expect(within(view, '[data-layer="pointer"] path').length).toBe(8);
    expect(texts(view, '.jp-Eelscape-axisTitle').length).toBe(1);
  });

  it('moves the pointer by mouse and keys', async () => {
    const workspace = workspaceOf({ status: 'done' });
    const view = await opened(workspace);
    press(view, 'ArrowDown');
    press(view, 'ArrowLeft', { shiftKey: true });
    expect(workspace.navigation.pointer).toEqual([18, 51]);
    mouse(view, 'click', [20, 10]);
    expect(workspace.navigation.pointer[0]).toBeLessThan(5);
  });

  it('draws the outline of the selection, whoever made it', async () => {
    const workspace = workspaceOf({ status: 'done' });
    const context = contextOf(workspace);
    const view = show(new ErrorMap(context));
    await settle(context);
    expect(within(view, '.jp-Eelscape-selectedWindows').length).toBe(0);
    const mask = new Uint8Array(62 * 75);
    mask[20 * 75 + 30] = 1;
    workspace.explorer.selection.set(mask);
    await settle(context);
    expect(within(view, '.jp-Eelscape-selectedWindows').length).toBe(2);
  });

  it('offers its numbers as a table', async () => {
    const view = await opened(workspaceOf({ status: 'done' }));
    const { columns, rows } = view.table()!;
    expect(columns.length).toBe(7);
    expect(rows.map(row => `${row[0]} ${row[1]}`)).toEqual([
      '2L train',
      '2L guard',
      '2L test',
      '10L train',
      '10L guard',
      '10L test'
    ]);
  });
});

describe('Errors', () => {
  async function opened(): Promise<{
    workspace: IWorkspace;
    view: ErrorsView;
    redrawn: () => Promise<void>;
  }> {
    const workspace = workspaceOf({ status: 'done' });
    const context = contextOf(workspace);
    const view = show(new ErrorsView(context));
    await settle(context);
    return { workspace, view, redrawn: () => settle(context) };
  }

  it('counts the windows of each part', async () => {
    const { workspace, view } = await opened();
    const { split } = workspace.models.active!;
    const counts = [0, 1, 2].map(
      label => split.filter(value => value === label).length
    );
    expect(texts(view, '[data-layer="histogram"] text').slice(1, 4)).toEqual([
      `train ${counts[0]}`,
      `guard ${counts[1]}`,
      `test ${counts[2]}`
    ]);
    const { rows } = view.table()!;
    const sum = (column: number): number =>
      rows.reduce((total, row) => total + (row[column] as number), 0);
    // All but the few above the last bin.
    expect(sum(2)).toBeGreaterThan(0.97 * counts[0]);
    expect(sum(4)).toBeGreaterThan(0.97 * counts[2]);
  });

  it('lists the worst regions; Next steps the pointer and selects their windows', async () => {
    const { workspace, view, redrawn } = await opened();
    const model = workspace.models.active!;
    const { regions } = worstRegions(model.error, 75, 95);
    const options = within(view, '[role="option"]');
    expect(options.length).toBe(regions.length);
    const [first, second] = regions;
    tool(view, 'Next').click();
    await redrawn();
    const { selection } = workspace.explorer;
    expect(workspace.navigation.pointer).toEqual([
      Math.floor(first.peak / 75),
      first.peak % 75
    ]);
    expect(selection.count).toBe(first.pixels.length);
    expect(first.pixels.every(pixel => selection.mask![pixel])).toBe(true);
    expect(options[0].getAttribute('aria-selected')).toBe('true');
    tool(view, 'Next').click();
    await redrawn();
    expect(selection.count).toBe(second.pixels.length);
    tool(view, 'Previous').click();
    await redrawn();
    expect(selection.count).toBe(first.pixels.length);
    tool(view, 'Previous').click();
    await redrawn();
    // Before the first comes the last.
    expect(selection.count).toBe(regions[regions.length - 1].pixels.length);
    // A selection that somebody else makes is none of the list.
    selection.set(new Uint8Array(62 * 75).fill(1));
    await redrawn();
    expect(within(view, '[role="option"][aria-selected="true"]').length).toBe(
      0
    );
  });

  it('is stepped through by keys', async () => {
    const { workspace, view, redrawn } = await opened();
    const [list] = within(view, '[role="listbox"]');
    const key = async (name: string): Promise<void> => {
      list.dispatchEvent(
        new KeyboardEvent('keydown', { key: name, bubbles: true })
      );
      await redrawn();
    };
    const { regions } = worstRegions(workspace.models.active!.error, 75, 95);
    await key('ArrowDown');
    expect(workspace.explorer.selection.count).toBe(regions[0].pixels.length);
    await key('End');
    expect(workspace.navigation.pointer[1]).toBe(
      regions[regions.length - 1].peak % 75
    );
    expect(list.getAttribute('aria-activedescendant')).toBe(
      within(view, '[aria-selected="true"]')[0].id
    );
    await key('Escape');
    expect(workspace.explorer.selection.mask).toBeNull();
  });

  it('takes another percentile', async () => {
    const { workspace, view, redrawn } = await opened();
    workspace.explorer.display.setPercentile(80);
    await redrawn();
    const { regions } = worstRegions(workspace.models.active!.error, 75, 80);
    expect(within(view, '[role="option"]').length).toBe(regions.length);
    expect(texts(view, '[data-layer="histogram"] text')[0]).toBe('worst 20 %');
    workspace.explorer.display.setPercentile(10);
    expect(workspace.explorer.display.percentile).toBe(50);
  });

  it('selects the windows of bins by drag and by keys', async () => {
    const { workspace, view, redrawn } = await opened();
    const { selection } = workspace.explorer;
    const { error } = workspace.models.active!;
    drag(view, [50, 40], [436, 60]);
    await redrawn();
    // Everything from the first bin to the last one, and beyond.
    expect(selection.count).toBe(error.filter(Number.isFinite).length);
    expect(within(view, '.jp-Eelscape-selectedBars').length).toBe(2);
    // From the range that was dragged to its last bin alone.
    press(view, 'ArrowRight');
    press(view, 'Enter');
    await redrawn();
    const { rows } = view.table()!;
    const from = (rows[rows.length - 1][0] as number) / 100;
    expect(selection.count).toBe(error.filter(value => value >= from).length);
    press(view, 'Escape');
    expect(selection.mask).toBeNull();
  });

  it('offers Train while there is no model', async () => {
    const context = contextOf(workspaceOf());
    const view = show(new ErrorsView(context));
    await settle(context);
    expect(tool(view, 'Train').closest<HTMLElement>('[hidden]')).toBeNull();
    expect(view.table()).toBeNull();
  });
});

describe('Latent-size study', () => {
  async function opened(trained = [2, 4, 10]): Promise<{
    workspace: IWorkspace;
    view: StudyView;
    redrawn: () => Promise<void>;
  }> {
    const workspace = workspaceOf({ status: 'done', trained });
    const context = contextOf(workspace);
    const view = show(new StudyView(context));
    await settle(context);
    return { workspace, view, redrawn: () => settle(context) };
  }

  it('draws error, correlation and MSE of both directions', async () => {
    const { view } = await opened();
    expect(
      texts(view, '.jp-Eelscape-axisTitle').filter(
        text => text !== 'Number of latents'
      )
    ).toEqual(['Relative error (%)', 'Pearson r', 'MSE to HAADF']);
    // Train and test of the error, then one curve a plot; in two directions.
    expect(within(view, '.jp-Eelscape-studyLine').length).toBe(8);
    expect(within(view, 'circle.jp-Eelscape-studyPoint').length).toBe(4 * 3);
    expect(within(view, 'rect.jp-Eelscape-studyPoint').length).toBe(4 * 3);
    expect(view.table()!.rows.length).toBe(6);
    expect(texts(view, '.jp-Eelscape-note').join(' ')).toMatch(
      /10 latents suggested for im2spec: lowest test error|\d+ latents suggested for im2spec/
    );
  });

  it('shows one direction where raw errors have other units', async () => {
    const { workspace, view, redrawn } = await opened();
    workspace.explorer.display.setMetric('mse_raw');
    await redrawn();
    expect(texts(view, '.jp-Eelscape-axisTitle')[0]).toBe('MSE, raw (counts²)');
    expect(within(view, '.jp-Eelscape-studyLine').length).toBe(6);
  });

  it('goes from size to size by keys and shows the model', async () => {
    const { workspace, view, redrawn } = await opened();
    press(view, 'ArrowRight');
    press(view, 'ArrowRight');
    await redrawn();
    expect(view.body.node.getAttribute('aria-label')).toMatch(
      /^im2spec, 4 latents, train .* %, test .* %, Pearson r .*, MSE/
    );
    expect(within(view, '.jp-Eelscape-studyCursor').length).toBe(1);
    press(view, 'Enter');
    expect(workspace.models.active?.label).toBe('4L');
  });

  it('says what it would do while nothing is trained', async () => {
    const workspace = workspaceOf();
    const context = contextOf(workspace);
    const view = show(new StudyView(context));
    await settle(context);
    expect(texts(view, '.jp-Eelscape-subtitle')).toEqual([
      'not run: trains 16 networks, about 3 h 18 min'
    ]);
    expect(texts(view, '.jp-Eelscape-note').join(' ')).toContain(
      'Run study trains them'
    );
    expect(view.table()).toBeNull();
  });

  it('takes a list of sizes and a direction', async () => {
    const { workspace, view, redrawn } = await opened();
    const { study } = workspace.explorer;
    choose(view, 'Directions of the study', 'spec2im');
    await redrawn();
    expect(study.kinds).toEqual(['spec2im']);
    const [input] = within(view, 'input') as HTMLInputElement[];
    expect(input.value).toBe('1, 2, 3, 4, 6, 8, 10, 16');
    study.setSizes([2, 5]);
    await redrawn();
    expect(input.value).toBe('2, 5');
    expect(within(view, '.jp-Eelscape-studyPoint').length).toBe(4);
    expect(tool(view, 'Run again').disabled).toBe(false);
    study.setSizes([2, 4]);
    await redrawn();
    expect(tool(view, 'Run again').disabled).toBe(true);
  });
});
