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

describe('Shown, of regions and components', () => {
  const workspace = (): IWorkspace =>
    mockWorkspace({
      status: 'ready',
      kind: 'im2spec',
      split: 'left-right',
      problem: '',
      error: '',
      stale: false,
      components: 3,
      regions: true
    });

  it('gives the mean of the energy range over the pixels of a region', () => {
    const root = workspace();
    const shown = new Shown(root);
    const pair = shown.pair!;
    const [region] = root.regions.items;
    const [first, last] = root.navigation.energyRange;
    const means: number[] = [];
    for (let pixel = 0; pixel < pair.ny * pair.nx; pixel++) {
      if (region.mask[pixel]) {
        let sum = 0;
        for (let e = first; e <= last; e++) {
          sum += pair.spectra[pixel * pair.channels + e];
        }
        means.push(sum / (last - first + 1));
      }
    }
    const n = means.length;
    const mean = means.reduce((a, b) => a + b, 0) / n;
    const variance =
      means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
    const { value, error } = shown.regionIntensity(region);
    expect(n).toBe(region.pixels);
    expect(value).toBeCloseTo(mean, 3);
    expect(error).toBeCloseTo(Math.sqrt(variance / n), 4);
    // Taken from the range's mean of the spectra it is the same value.
    let total = 0;
    for (let e = first; e <= last; e++) {
      total += region.mean![e];
    }
    expect(value).toBeCloseTo(total / (last - first + 1), 3);
  });

  it('leaves excluded pixels out of it', () => {
    const root = workspace();
    const pair = root.data.pair!;
    const mask = new Uint8Array(pair.ny * pair.nx);
    const spectra = pair.spectra.slice();
    const [region] = root.regions.items;
    const bad = region.mask.indexOf(1);
    mask[bad] = 1;
    spectra.fill(1e9, bad * pair.channels, (bad + 1) * pair.channels);
    const before = new Shown(root).regionIntensity(region).value;
    Object.assign(root.data, { pair: { ...pair, mask, spectra } });
    const after = new Shown(root).regionIntensity(region).value;
    expect(Math.abs(after / before - 1)).toBeLessThan(0.05);
  });

  it('knows what holds a pixel', () => {
    const shown = new Shown(workspace());
    expect(shown.regionsAt(10, 60).map(region => region.name)).toEqual(['R1']);
    expect(shown.regionsAt(0, 0)).toEqual([]);
    expect(shown.abundancesAt(10, 60)).toHaveLength(3);
    expect(shown.excludedAt(10, 60)).toBe(false);
  });

  it('shows a component that there is', () => {
    const root = workspace();
    const shown = new Shown(root);
    root.navigation.setComponent(7);
    expect(shown.component).toBe(2);
  });

  it('keeps a factorisation of other data back', () => {
    const root = workspace();
    const pair = root.data.pair!;
    Object.assign(root.data, { pair: { ...pair, ny: pair.ny - 1 } });
    expect(new Shown(root).factorisation).toBeNull();
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
