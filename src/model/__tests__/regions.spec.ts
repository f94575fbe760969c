import { NO_STATE } from '../../kernel/__tests__/fake-kernel';
import type { IPair, IRegionShape } from '../../signal/types';
import { RegionsModel } from '../regions-model';
import { count, makePair, makeScene, settle } from './fakes';

const square = (left: number, top: number, side: number) =>
  [
    [left, top],
    [left + side, top + side]
  ] as const;

function model(pair: IPair = makePair()): RegionsModel {
  const regions = new RegionsModel();
  regions.follow(pair);
  return regions;
}

const names = (regions: RegionsModel) => regions.items.map(item => item.name);

/** The pair with the scan cropped to [rows), [columns) as the kernel does it. */
function cropped(
  pair: IPair,
  [top, bottom]: [number, number],
  [left, right]: [number, number]
): IPair {
  const { y, x, nx, channels } = pair;
  const pixels: number[] = [];
  for (let i = top; i < bottom; i++) {
    for (let j = left; j < right; j++) {
      pixels.push(i * nx + j);
    }
  }
  const part = (values: Float32Array, width: number) =>
    Float32Array.from(
      pixels.flatMap(p => [...values.subarray(p * width, (p + 1) * width)])
    );
  return {
    ...pair,
    ny: bottom - top,
    nx: right - left,
    y: { ...y, size: bottom - top, offset: y.offset + top * y.scale },
    x: { ...x, size: right - left, offset: x.offset + left * x.scale },
    image: part(pair.image, 1),
    spectra: part(pair.spectra, channels),
    sha256: `${pair.sha256}-cropped`
  };
}

describe('drawing regions', () => {
  it('names them R1, R2, ... by the smallest free number', () => {
    const regions = model();
    expect(regions.add('rectangle', square(0, 0, 2))).toBe('R1');
    expect(regions.add('ellipse', square(3, 3, 4))).toBe('R2');
    expect(regions.selected).toBe('R2');
    regions.remove('R1');
    expect(
      regions.add('polygon', [
        [0, 0],
        [4, 0],
        [0, 4]
      ])
    ).toBe('R1');
    expect(names(regions)).toEqual(['R2', 'R1']);
  });

  it('keeps points inside the scan, and the form of what is moved', () => {
    const regions = model();
    const name = regions.add('rectangle', square(-3, -2, 6));
    expect(regions.items[0].points).toEqual([
      [0, 0],
      [3, 4]
    ]);
    regions.reshape(name, [
      [18, 8],
      [21, 12]
    ]);
    expect(regions.items[0].points).toEqual([
      [17, 6],
      [20, 10]
    ]);
    regions.reshape(name, [
      [17, 6],
      [30, 9]
    ]);
    expect(regions.items[0].points).toEqual([
      [17, 6],
      [20, 9]
    ]);
  });

  it.each([
    ['a corner alone', 'rectangle', [[1, 1]]],
    [
      'two vertices',
      'polygon',
      [
        [1, 1],
        [2, 2]
      ]
    ],
    [
      'NaN',
      'ellipse',
      [
        [1, NaN],
        [2, 2]
      ]
    ],
    [
      'a thousand and one vertices',
      'polygon',
      Array.from({ length: 1001 }, () => [1, 1])
    ]
  ])('refuses %s', (_, kind, points) => {
    const regions = model();
    const changed = count(regions.changed);
    expect(
      regions.add(kind as 'polygon', points as IRegionShape['points'] & [])
    ).toBe('');
    expect([regions.items.length, changed.n]).toEqual([0, 0]);
  });

  it('takes 200 and no more', () => {
    const regions = model();
    for (let i = 0; i < 200; i++) {
      regions.add('rectangle', square(1, 1, 2));
    }
    expect(regions.add('rectangle', square(1, 1, 2))).toBe('');
    expect(regions.items).toHaveLength(200);
  });

  it('renames, unless the name is taken or empty', () => {
    const regions = model();
    regions.add('rectangle', square(0, 0, 2));
    regions.add('rectangle', square(3, 3, 2));
    regions.select('R1');
    regions.rename('R1', '  particle <b> ');
    expect([names(regions), regions.selected]).toEqual([
      ['particle <b>', 'R2'],
      'particle <b>'
    ]);
    const changed = count(regions.changed);
    regions.rename('R2', 'particle <b>');
    regions.rename('R2', ' ');
    regions.rename('R9', 'hole');
    regions.select('particle <b>');
    regions.setTool(null);
    regions.remove('R9');
    regions.reshape('R2', regions.items[1].points);
    expect(changed.n).toBe(0);
    regions.setTool('ellipse');
    regions.select('gone');
    expect([regions.tool, regions.selected, changed.n]).toEqual([
      'ellipse',
      null,
      2
    ]);
  });
});

describe('what the data say in a region', () => {
  it('is the mean of its unmasked pixels with its standard error', () => {
    const mask = new Uint8Array(200);
    mask[21] = 1;
    const pair = makePair({ mask });
    const regions = model(pair);
    regions.add('rectangle', square(0, 1, 2));
    const [region] = regions.items;
    // Pixels 20, 21 (masked), 40, 41.
    expect([...region.mask.keys()].filter(p => region.mask[p])).toEqual([
      20, 21, 40, 41
    ]);
    expect(region.pixels).toBe(3);
    const values = [20, 40, 41].map(p => pair.spectra[p * 16 + 5]);
    const mean = values.reduce((a, b) => a + b) / 3;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 2;
    expect(region.mean![5]).toBeCloseTo(mean, 5);
    expect(region.standardError![5]).toBeCloseTo(Math.sqrt(variance / 3), 5);
    expect(region.mean).toBe(region.mean);
  });

  it('is nothing where all is masked or no centre lies inside', () => {
    const regions = model(makePair({ mask: new Uint8Array(200).fill(1) }));
    regions.add('rectangle', square(0, 0, 3));
    regions.add('rectangle', square(5.6, 5.6, 0.3));
    expect(regions.items.map(r => [r.pixels, r.mean, r.standardError])).toEqual(
      [
        [0, null, null],
        [0, null, null]
      ]
    );
  });

  it('is computed anew when the data change', () => {
    const pair = makePair();
    const regions = model(pair);
    regions.add('rectangle', square(2, 2, 3));
    const before = regions.items[0].mean![4];
    const doubled = pair.spectra.map(v => 2 * v);
    const changed = count(regions.changed);
    expect(regions.follow({ ...pair, spectra: doubled })).toBe('');
    expect(regions.items[0].mean![4]).toBeCloseTo(2 * before, 4);
    expect(changed.n).toBe(1);
  });
});

describe('a scan of another shape', () => {
  it('finds regions where they are on the sample, and on the way back', () => {
    const pair = makePair();
    const regions = model(pair);
    regions.add('rectangle', square(6, 4, 3));
    const before = regions.items[0].mean!.slice();
    expect(regions.follow(cropped(pair, [2, 10], [5, 20]))).toBe('');
    expect(regions.items[0].points).toEqual([
      [1, 2],
      [4, 5]
    ]);
    expect(regions.items[0].mean).toEqual(before);
    regions.follow(pair);
    expect(regions.items[0].points).toEqual([
      [6, 4],
      [9, 7]
    ]);
  });

  it('follows binning by the axes', () => {
    const pair = makePair();
    const regions = model(pair);
    regions.add('rectangle', square(6, 4, 4));
    const half = (axis: IPair['y']) => ({
      ...axis,
      size: axis.size / 2,
      scale: axis.scale * 2,
      offset: axis.offset + axis.scale / 2
    });
    const binned: IPair = {
      ...pair,
      ny: 5,
      nx: 10,
      y: half(pair.y),
      x: half(pair.x),
      image: new Float32Array(50),
      spectra: new Float32Array(50 * 16)
    };
    regions.follow(binned);
    expect(regions.items[0].points).toEqual([
      [3, 2],
      [5, 4]
    ]);
    expect(regions.items[0].pixels).toBe(4);
  });

  it('puts aside what lies outside, says so, and brings it back', () => {
    const pair = makePair();
    const regions = model(pair);
    regions.add('rectangle', square(0, 0, 3));
    regions.add('rectangle', square(4, 4, 3));
    regions.add('rectangle', square(14, 5, 3));
    regions.select('R1');
    const loss = regions.follow(cropped(pair, [2, 10], [5, 20]));
    expect(loss).toBe(
      'R1 lies outside the new scan of 8 x 15 pixels: not shown until the ' +
        'scan holds it again. ' +
        'R2 lies partly outside the new scan of 8 x 15 pixels: cut at its border.'
    );
    expect(names(regions)).toEqual(['R2', 'R3']);
    expect(regions.items[0].points).toEqual([
      [0, 2],
      [2, 5]
    ]);
    expect(regions.selected).toBeNull();
    expect(regions.add('rectangle', square(0, 0, 1))).toBe('R4');
    regions.follow(pair);
    expect(names(regions)).toEqual(['R1', 'R2', 'R3', 'R4']);
    expect(regions.items[1].points).toEqual([
      [4, 4],
      [7, 7]
    ]);
  });

  it('keeps pixels on a scan of the same shape', () => {
    const pair = makePair();
    const regions = model(cropped(pair, [0, 6], [0, 10]));
    regions.add('rectangle', square(1, 1, 2));
    regions.follow(cropped(pair, [4, 10], [10, 20]));
    expect(regions.items[0].points).toEqual(square(1, 1, 2));
    regions.follow(pair);
    expect(regions.items[0].points).toEqual(square(11, 5, 2));
  });

  it('keeps pixels where the axes cannot be compared', () => {
    const pair = makePair();
    const regions = model(pair);
    regions.add('rectangle', square(1, 1, 2));
    regions.add('rectangle', square(12, 6, 2));
    const other = cropped(pair, [0, 6], [0, 10]);
    const loss = regions.follow({ ...other, y: { ...other.y, units: 'um' } });
    expect(loss).toMatch(/^R2 lies outside the new scan of 6 x 10 pixels/);
    expect(regions.items[0].points).toEqual([
      [1, 1],
      [3, 3]
    ]);
  });
});

describe('regions in a panel', () => {
  const R2: IRegionShape = {
    name: 'R2',
    kind: 'ellipse',
    points: square(2, 3, 4)
  };

  it('are told to Python when they rest', async () => {
    const { workspace, link } = await makeScene();
    workspace.regions.add('rectangle', square(1, 1, 2));
    workspace.regions.select('R1');
    await new Promise(resolve => setTimeout(resolve, 250));
    expect(link.states[link.states.length - 1].regions).toEqual([
      { name: 'R1', kind: 'rectangle', points: square(1, 1, 2) }
    ]);
  });

  it('come back with a page that is loaded again', async () => {
    const { workspace, link } = await makeScene();
    link.panelState = { ...NO_STATE, regions: [R2] };
    workspace.reload();
    link.resolve(makePair({ sha256: 'two' }));
    await settle();
    expect(workspace.regions.items).toHaveLength(0);
    const again = await makeScene(makePair(), {
      ...NO_STATE,
      regions: [R2, R2, { ...R2, name: 'R3', points: square(18, 8, 9) }]
    });
    expect(
      again.workspace.regions.items.map(({ name, points }) => [name, points])
    ).toEqual([
      ['R2', square(2, 3, 4)],
      [
        'R3',
        [
          [18, 8],
          [20, 10]
        ]
      ]
    ]);
  });

  it('that a crop loses are named where preprocessing is', async () => {
    const { workspace, link } = await makeScene();
    workspace.regions.add('rectangle', square(0, 0, 2));
    link.requested.emit({ type: 'reload' });
    link.resolve(cropped(makePair(), [4, 10], [4, 20]));
    await settle();
    expect(workspace.preprocessing.error).toMatch(/^R1 lies outside/);
    expect(workspace.regions.items).toHaveLength(0);
  });
});
