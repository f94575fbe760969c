import { mockWorkspace } from '../../../ui-tests/panel-harness/mock-workspace';
import type { IGrid, IWorkspace } from '../../model/types';
import type { Kind } from '../../signal/types';
import { Shown, spreadOf } from '../shown';

function done(kind: Kind = 'im2spec'): IWorkspace {
  return mockWorkspace({
    status: 'done',
    kind,
    split: 'left-right',
    problem: '',
    error: '',
    stale: false
  });
}

describe('Shown', () => {
  it('keeps to the direction of the setup', () => {
    const workspace = done();
    const shown = new Shown(workspace);
    expect(shown.models.map(model => model.kind)).toEqual([
      'im2spec',
      'im2spec'
    ]);
    expect(shown.active?.kind).toBe('im2spec');
    workspace.data.change({ kind: 'spec2im' });
    expect(shown.models.every(model => model.kind === 'spec2im')).toBe(true);
    expect(shown.active?.kind).toBe('spec2im');
  });

  it('numbers models of the same label', () => {
    const workspace = done();
    const [first] = workspace.models.items;
    const twin = { ...first, id: 'twin' };
    Object.assign(workspace.models, { items: [first, twin] });
    const shown = new Shown(workspace);
    expect(shown.labelOf(first)).toBe('2L');
    expect(shown.labelOf(twin)).toBe('2L (2)');
  });

  it('lets the models share one colour scale of errors that starts at 0', () => {
    const shown = new Shown(done());
    const [low, high] = shown.errorLimits();
    expect(low).toBe(0);
    for (const model of shown.models) {
      expect(high).toBeGreaterThanOrEqual(shown.limitsOf(model.error)[1]);
    }
  });

  it('puts the pointer on element [w/2, w/2] of its window', () => {
    const shown = new Shown(done());
    const pair = shown.pair!;
    const window = shown.windowAt(20, 30)!;
    expect(window[8 * 16 + 8]).toBe(pair.image[20 * pair.nx + 30]);
    expect(window[0]).toBe(pair.image[12 * pair.nx + 22]);
    // Beyond the image there is no value.
    expect(shown.windowAt(0, 0)![0]).toBeNaN();
  });

  it('knows where a window fits', () => {
    const shown = new Shown(done());
    expect(shown.fits(8, 8)).toBe(true);
    expect(shown.fits(7, 8)).toBe(false);
    expect(shown.fits(62 - 8, 75 - 8)).toBe(true);
    expect(shown.fits(62 - 7, 75 - 8)).toBe(false);
    for (const [row, column] of [
      [8, 8],
      [54, 67],
      [7, 20],
      [55, 20]
    ]) {
      expect(shown.partAt(row, column) !== null).toBe(shown.fits(row, column));
    }
  });
});

describe('spreadOf', () => {
  it('is per value, so that it does not grow with the window', () => {
    const grid = {
      size: 1,
      backProjected: new Float32Array(256),
      dispersion: Float32Array.of(1.6)
    } as unknown as IGrid;
    expect(spreadOf(grid, 0)).toBeCloseTo(0.1, 6);
  });
});
