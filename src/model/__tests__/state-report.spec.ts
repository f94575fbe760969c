import { NO_STATE } from '../../kernel/__tests__/fake-kernel';
import type { IPanelState } from '../../kernel/types';
import { makeEmptyScene, makePair, makeScene, settle } from './fakes';

const rest = () => new Promise(resolve => setTimeout(resolve, 250));

const R1 = {
  name: 'R1',
  kind: 'rectangle' as const,
  points: [
    [1, 2],
    [4, 6]
  ] as const
};

/** What a recipe puts into a panel of (10, 20) pixels. */
const STATE: IPanelState = {
  pointer: [4, 5],
  secondPointer: [6, 7],
  energyRange: [0.42, 0.44],
  regions: [R1],
  region: 'R1',
  pins: [
    { letter: 'a', name: 'void', row: 3, column: 3 },
    { letter: 'c', name: '', row: 5, column: 9 }
  ],
  selection: [43, 3, 65, 1],
  metric: 'rmse',
  analysis: {
    gridSize: null,
    axes: null,
    k: 2,
    clusters: { k: 5, covariance: 'diag', seed: 3 }
  }
};

describe('the state of a panel', () => {
  it('tells Python pins, selection, second pointer and measure once they rest', async () => {
    const { workspace, link } = await makeScene();
    await rest();
    link.states = [];
    const { explorer, navigation } = workspace;
    explorer.pins.add(3, 4);
    explorer.pins.rename(explorer.pins.items[0].id, 'void');
    navigation.setSecondPointer([2, 9]);
    const mask = new Uint8Array(200);
    mask.fill(1, 41, 44);
    explorer.selection.set(mask);
    explorer.display.setMetric('mse');
    await rest();
    expect(link.states).toHaveLength(1);
    expect(link.states[0]).toMatchObject({
      pins: [{ letter: 'a', name: 'void', row: 3, column: 4 }],
      secondPointer: [2, 9],
      selection: [41, 3],
      metric: 'mse'
    });
  });

  it('is not told twice', async () => {
    const { workspace, link } = await makeScene();
    await rest();
    link.states = [];
    workspace.explorer.display.setMetric('mse');
    workspace.explorer.display.setMetric('relative');
    await rest();
    expect(link.states).toEqual([]);
  });

  it('comes into a panel as Python puts it there, and is told back', async () => {
    const { workspace, link } = await makeScene();
    await rest();
    link.requested.emit({ type: 'place', state: STATE });
    const { explorer, navigation, regions, models } = workspace;
    expect(navigation.pointer).toEqual([4, 5]);
    expect(navigation.secondPointer).toEqual([6, 7]);
    expect(regions.items.map(({ name }) => name)).toEqual(['R1']);
    expect(
      explorer.pins.items.map(({ letter, name }) => [letter, name])
    ).toEqual([
      ['a', 'void'],
      ['c', '']
    ]);
    expect(explorer.selection.count).toBe(4);
    expect(models.k).toBe(2);
    expect(explorer.clusters.k).toBe(5);
    await rest();
    const told = link.states[link.states.length - 1];
    expect(told.energyRange![0]).toBeCloseTo(0.42, 12);
    expect({ ...told, energyRange: STATE.energyRange }).toEqual(STATE);
  });

  it('waits for the data', async () => {
    const { workspace, link } = makeEmptyScene();
    link.requested.emit({ type: 'place', state: STATE });
    expect(workspace.explorer.pins.items).toHaveLength(0);
    link.resolve(makePair());
    await settle();
    expect(workspace.explorer.pins.items).toHaveLength(2);
    expect(workspace.navigation.pointer).toEqual([4, 5]);
  });

  it('leaves out what lies beyond the data', async () => {
    const { workspace, link } = await makeScene();
    const before = workspace.navigation.pointer;
    link.requested.emit({
      type: 'place',
      state: {
        ...NO_STATE,
        pointer: [10, 3],
        secondPointer: [3, 20],
        region: 'R9',
        pins: [{ letter: 'a', name: '', row: 0, column: 20 }],
        selection: [500, 3]
      }
    });
    const { explorer, navigation, regions } = workspace;
    expect(navigation.pointer).toEqual(before);
    expect(navigation.secondPointer).toBeNull();
    expect(regions.selected).toBeNull();
    expect(explorer.pins.items).toHaveLength(0);
    expect(explorer.selection.mask).toBeNull();
  });

  it('[K7] that is too large to be told is said in the panel', async () => {
    const { workspace, link } = await makeScene();
    link.sendState = () => {
      throw new Error('A message "state" of 12000000 bytes does not arrive.');
    };
    workspace.explorer.pins.add(3, 3);
    await rest();
    expect(workspace.training.error).toBe(
      'Python was not told of the selection, regions, pins and settings of the panel: ' +
        'A message "state" of 12000000 bytes does not arrive.'
    );
    expect(workspace.explorer.pins.items).toHaveLength(1);
  });

  it('keeps the pins that are there', async () => {
    const { workspace, link } = await makeScene();
    workspace.explorer.pins.add(3, 3);
    workspace.explorer.pins.add(1, 1);
    link.requested.emit({ type: 'place', state: STATE });
    const pins = workspace.explorer.pins.items;
    expect(pins.map(({ letter, row }) => [letter, row])).toEqual([
      ['a', 3],
      ['b', 1],
      ['c', 5]
    ]);
  });
});
