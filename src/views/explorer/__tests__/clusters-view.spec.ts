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
import type { IViewContext, View } from '../../view';
import { clusterMap, veracityMap } from '../cluster-map';
import { placeCards } from '../clusters-drawing';
import { ClustersView } from '../clusters-view';
import { hexagons } from '../veracity-drawing';
import { VeracityView } from '../veracity-view';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

interface IScene<T> {
  readonly workspace: IWorkspace;
  readonly context: IViewContext;
  readonly view: T;
}

async function scene<T extends View>(
  view: new (context: IViewContext) => T,
  status: 'ready' | 'done' = 'done'
): Promise<IScene<T>> {
  const workspace = workspaceOf({ status });
  const context = contextOf(workspace);
  const shown = show(new view(context));
  const { clusters, veracity } = workspace.explorer;
  const there = () =>
    shown instanceof ClustersView
      ? clusters.curve.length > 0 && clusters.centroids !== null
      : veracity.result !== null;
  for (let i = 0; i < 100 && status === 'done' && !there(); i++) {
    await settle(context);
  }
  await settle(context);
  return { workspace, context, view: shown };
}

const texts = (view: View): string[] =>
  within(view, 'text').map(node => node.textContent ?? '');
const count = (mask: Uint8Array | null): number =>
  mask?.reduce((sum, one) => sum + one, 0) ?? 0;

/** The middle of a card. */
function card(view: View, number: number): [number, number] {
  const box = within(view, '.jp-Eelscape-clusterColour')[number];
  return [
    Number(box.getAttribute('x')) + 40,
    Number(box.getAttribute('y')) + 12
  ];
}

describe('Clusters', () => {
  it('asks for a model first', async () => {
    const { view } = await scene(ClustersView, 'ready');
    expect(view.node.textContent).toContain('Not trained');
    expect(view.table()).toBeNull();
  });

  it('shows size, error, centroid and BIC of each', async () => {
    const { view, workspace, context } = await scene(ClustersView);
    const { result } = workspace.explorer.clusters;
    expect(within(view, '.jp-Eelscape-clusterCurve')).toHaveLength(8);
    const errors = context.shown.errorsOf(context.shown.active!);
    const inFirst = [...result!.positions].filter(p => result!.map[p] === 0);
    const mean =
      inFirst.reduce((sum, p) => sum + errors[p], 0) / inFirst.length;
    const table = view.table()!;
    expect(table.rows).toHaveLength(8);
    expect(table.rows[0][1]).toBe(inFirst.length);
    expect(table.rows[0][3]).toBeCloseTo(100 * mean, 6);
    expect(texts(view).join(' ')).toContain(`${inFirst.length} (`);
    expect(within(view, '.jp-Eelscape-bicPoint')).toHaveLength(16);
    expect(within(view, '.jp-Eelscape-bicPoint.jp-mod-chosen')).toHaveLength(1);
    expect(texts(view).join(' ')).toMatch(/lowest at \d+/);
  });

  it('selects the windows of a card, by mouse and by keys', async () => {
    const { view, workspace, context } = await scene(ClustersView);
    const { clusters, selection } = workspace.explorer;
    const { sizes } = clusters.result!;
    mouse(view, 'click', card(view, 2));
    expect(count(selection.mask)).toBe(sizes[2]);
    await settle(context);
    expect(within(view, '.jp-mod-selected')).toHaveLength(1);
    mouse(view, 'click', card(view, 2));
    expect(selection.mask).toBeNull();
    press(view, 'End');
    press(view, 'ArrowUp');
    expect(view.body.node.getAttribute('aria-label')).toContain(
      `Cluster 7: ${sizes[6]} windows`
    );
    press(view, 'Enter');
    expect(selection.mask).toBe(clusters.maskOf(6));
    press(view, 'Escape');
    expect(selection.mask).toBeNull();
  });

  it('takes the number that is clicked in the curve', async () => {
    const { view, workspace, context } = await scene(ClustersView);
    const point = within(view, '.jp-Eelscape-bicPoint')[3];
    mouse(view, 'click', [
      Number(point.getAttribute('cx')),
      Number(point.getAttribute('cy'))
    ]);
    expect(workspace.explorer.clusters.k).toBe(4);
    await settle(context);
    await settle(context);
    expect(within(view, '.jp-Eelscape-clusterCurve')).toHaveLength(4);
  });

  it('gives the map to whoever draws over the scan', async () => {
    const { workspace, context, view } = await scene(ClustersView);
    const found = clusterMap(context)!;
    expect(found.values).toBe(workspace.explorer.clusters.result!.map);
    expect([found.names.length, new Set(found.colours).size]).toEqual([8, 8]);
    tool(view, 'Map').click();
    expect(workspace.navigation.layer).toBe('cluster');
  });

  it('places cards without overlap inside their room', () => {
    const room = { left: 12, top: 36, width: 366, height: 220 };
    for (let k = 1; k <= 16; k++) {
      const places = placeCards(k, room);
      expect(places).toHaveLength(k);
      places.forEach(({ left, top, width, height }, i) => {
        expect(left + width).toBeLessThanOrEqual(12 + 366 + 0.01);
        expect(top + height).toBeLessThanOrEqual(36 + 220 + 0.01);
        const next = places[i + 1];
        if (next && next.left === left) {
          expect(next.top).toBeGreaterThan(top + height);
        }
      });
    }
  });
});

describe('Veracity', () => {
  it('shows one number, its meaning and the numbers behind it', async () => {
    const { view, workspace } = await scene(VeracityView);
    const { result } = workspace.explorer.veracity;
    const number = result!.correlation.toFixed(2).replace('-', '\u2212');
    expect(texts(view)).toContain(`Rank correlation ${number}`);
    const note = within(view, '[role="note"]')[0];
    expect(note.getAttribute('aria-label')).toContain('Spearman');
    expect(note.tabIndex).toBe(0);
    const { rows } = view.table()!;
    expect(rows).toHaveLength(result!.positions.length);
    expect(rows[5][3]).toBeCloseTo(100 * result!.feature[5], 10);
  });

  it('moves the pointer along the dispersions by keys and selects from there', async () => {
    const { view, workspace } = await scene(VeracityView);
    const { navigation, explorer } = workspace;
    const { feature, positions } = explorer.veracity.result!;
    const nx = workspace.data.pair!.nx;
    const here = () => {
      const [row, column] = navigation.pointer;
      return feature[positions.indexOf(row * nx + column)];
    };
    press(view, 'End');
    expect(here()).toBe(Math.max(...feature));
    press(view, 'ArrowLeft', { shiftKey: true });
    const value = here();
    press(view, 'Enter');
    expect(explorer.selection.count).toBe(
      feature.filter(v => v >= value).length
    );
    expect(explorer.selection.count).toBeGreaterThanOrEqual(21);
    press(view, 'Escape');
    expect(explorer.selection.mask).toBeNull();
    press(view, 'Home');
    expect(here()).toBe(Math.min(...feature));
  });

  it('selects what a drag encloses', async () => {
    const { view, workspace, context } = await scene(VeracityView);
    const { selection } = workspace.explorer;
    drag(view, [2, 2], [550, 430]);
    expect(selection.count).toBe(
      workspace.explorer.veracity.result!.positions.length
    );
    await settle(context);
    expect(within(view, '.jp-Eelscape-veracitySelected')).toHaveLength(2);
  });

  it('gives the map that is chosen', async () => {
    const { workspace, context } = await scene(VeracityView);
    const { veracity } = workspace.explorer;
    expect(veracityMap(context)).toMatchObject({ factor: 100, units: '%' });
    veracity.show('ratio');
    expect(veracityMap(context)).toMatchObject({ factor: 1, units: '' });
    expect(veracityMap(context)!.values).toBe(veracity.result!.maps.ratio);
  });

  it('counts places in the nearest hexagon', () => {
    const places = [
      [0, 0],
      [1, 0.5],
      [8.66, 0],
      [4.33, 7.5],
      [NaN, 1]
    ] as const;
    const found = hexagons(places.length, i => places[i], 5);
    expect(found.map(({ count: n }) => n).sort()).toEqual([1, 1, 2]);
    expect(found.find(({ count: n }) => n === 2)).toMatchObject({ x: 0, y: 0 });
  });
});
