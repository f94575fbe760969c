import { mockWorkspace } from '../../../../ui-tests/panel-harness/mock-workspace';
import type { IWorkspace } from '../../types';

function workspace(): IWorkspace {
  return mockWorkspace({
    status: 'done',
    kind: 'im2spec',
    split: 'left-right',
    problem: '',
    error: '',
    stale: false
  });
}

describe('pins', () => {
  it('get the first free letter; one pixel is pinned once', () => {
    const { pins } = workspace().explorer;
    pins.add(20, 30);
    pins.add(20, 30);
    pins.add(21, 30, ' gap ');
    pins.add(22, 30);
    expect(pins.items.map(({ letter, name }) => [letter, name])).toEqual([
      ['a', ''],
      ['b', 'gap'],
      ['c', '']
    ]);
    pins.remove(pins.items[1].id);
    pins.add(40, 40);
    expect(pins.items.map(({ letter }) => letter)).toEqual(['a', 'c', 'b']);
    pins.add(-1, 3);
    pins.add(62, 3);
    expect(pins.items).toHaveLength(3);
  });

  it('are full with 26', () => {
    const { pins } = workspace().explorer;
    for (let i = 0; i < 30; i++) {
      pins.add(20, i);
    }
    expect(pins.items).toHaveLength(26);
    expect(pins.full).toBe(true);
    expect(pins.items[25].letter).toBe('z');
  });

  it('tell only changes', () => {
    const { pins } = workspace().explorer;
    pins.add(20, 30);
    let told = 0;
    pins.changed.connect(() => told++);
    const { id } = pins.items[0];
    pins.rename(id, '');
    pins.rename('other', 'name');
    pins.remove('other');
    pins.setCollecting(false);
    expect(told).toBe(0);
    pins.rename(id, ' void ');
    pins.setCollecting(true);
    pins.clear();
    pins.clear();
    expect(told).toBe(3);
  });

  it('are suggested in test windows, and elsewhere the next time', () => {
    const { explorer, models, data } = workspace();
    const { pins } = explorer;
    expect(pins.suggest(kind => `the ${kind}`)).toBe(4);
    expect(pins.items.map(({ name }) => name)).toEqual([
      'the void',
      'the particle',
      'the gap',
      'the edge'
    ]);
    const { nx, image } = data.pair!;
    const at = (k: number): number =>
      pins.items[k].row * nx + pins.items[k].column;
    expect(pins.items.map((_, k) => models.active!.split[at(k)])).toEqual([
      2, 2, 2, 2
    ]);
    expect(image[at(0)]).toBeLessThan(image[at(1)]);
    expect(pins.suggest(kind => kind)).toBe(4);
    const places = new Set(pins.items.map((_, k) => at(k)));
    expect(places.size).toBe(8);
  });
});
