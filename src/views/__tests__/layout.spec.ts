import {
  type ILayout,
  type ILayoutInput,
  type IRect,
  layoutFor,
  FORM_WIDTH,
  type ViewName
} from '../layout';
import { DEFAULT_SLOTS } from '../slots';

function layout(part: Partial<ILayoutInput>): ILayout {
  return layoutFor({
    width: 1526,
    height: 828,
    column: null,
    formHeights: { data: 620, setup: 500 },
    pictureHeight: width => (width * 62) / 75,
    gridSize: 16,
    open: new Set<ViewName>(['navigator', 'signal', 'latent']),
    squares: new Set<ViewName>(['decoded']),
    alone: null,
    slots: DEFAULT_SLOTS,
    ...part
  });
}

function overlap(a: IRect, b: IRect): boolean {
  return (
    a.left < b.left + b.width &&
    b.left < a.left + a.width &&
    a.top < b.top + b.height &&
    b.top < a.top + a.height
  );
}

describe('layoutFor', () => {
  it('gives the columns of the design at its width', () => {
    const { rects, tile, mode } = layout({});
    expect(mode).toBe('wide');
    expect(rects.navigator?.width).toBe(556);
    expect(rects.signal?.width).toBe(578);
    expect(rects.error?.width).toBe(392);
    expect([
      rects.latent?.width,
      rects.decoded?.width,
      rects.projected?.width
    ]).toEqual([378, 378, 378]);
    expect(rects.navigator?.height).toBe(434);
    expect(rects.latent?.height).toBe(394);
    expect(16 * tile).toBe(320);
    // The third square ends where Signal ends.
    expect(rects.projected!.left + 378).toBe(
      rects.signal!.left + rects.signal!.width
    );
  });

  it('changes with the width of the panel alone', () => {
    expect(layout({ width: 1360 }).mode).toBe('wide');
    expect(layout({ width: 1359, column: 'setup' }).mode).toBe('medium');
    expect(layout({ width: 640 }).mode).toBe('medium');
    expect(layout({ width: 639 }).mode).toBe('sections');
    expect(layout({ width: 300 }).width).toBe(360);
    expect(layout({ width: 899 }).compact).toBe(true);
    expect(layout({ width: 900 }).compact).toBe(false);
  });

  it.each(['data', 'setup'] as const)(
    'gives %s the one column from 900 px and a row above below that',
    column => {
      const other = column === 'data' ? 'setup' : 'data';
      const beside = layout({ width: 1000, column }).rects;
      expect(beside[column]).toMatchObject({ left: 0, width: FORM_WIDTH });
      expect(beside.navigator?.left).toBe(FORM_WIDTH);
      expect(beside[other]).toBeUndefined();
      const row = layout({ width: 700, column }).rects;
      expect(row[column]?.width).toBe(700);
      expect(row[column]?.height).toBe(column === 'data' ? 650 : 530);
      expect(row.navigator?.top).toBe(row[column]?.height);
      expect(row[other]).toBeUndefined();
    }
  );

  it('gives both forms a section of their own in a narrow panel', () => {
    const { rects } = layout({
      width: 420,
      open: new Set<ViewName>(['data'])
    });
    expect(rects.data?.height).toBe(647);
    expect(rects.setup?.height).toBe(27);
  });

  it('never lets views overlap or leave the content, at any width', () => {
    for (let width = 360; width <= 2400; width += 17) {
      for (const column of [null, 'data', 'setup'] as const) {
        for (const height of [400, 828, 1300]) {
          const open = new Set<ViewName>(['navigator', 'signal', 'latent']);
          if (column) {
            open.add(column);
          }
          const plan = layout({ width, height, column, open });
          const inner: ViewName[] = ['readout'];
          if (plan.mode === 'sections') {
            // These two stand within the Latent section.
            inner.push('decoded', 'projected');
          }
          const entries = Object.entries(plan.rects) as [ViewName, IRect][];
          for (const [name, rect] of entries) {
            expect(rect.width).toBeGreaterThan(100);
            expect(rect.left + rect.width).toBeLessThanOrEqual(plan.width);
            expect(rect.top + rect.height).toBeLessThanOrEqual(plan.height);
            for (const [other, second] of entries) {
              if (
                name < other &&
                !inner.includes(name) &&
                !inner.includes(other) &&
                overlap(rect, second)
              ) {
                throw new Error(`${name} and ${other} overlap at ${width} px`);
              }
            }
          }
        }
      }
    }
  });

  it('lets the squares fit their views', () => {
    for (let width = 360; width <= 2400; width += 31) {
      const { rects, tile, mode } = layout({ width });
      const room =
        mode === 'sections' ? rects.latent!.width : rects.decoded!.width;
      expect(16 * tile + 58).toBeLessThanOrEqual(room);
    }
  });

  it('fills the panel with one view where asked', () => {
    const { rects, latentAcross } = layout({ alone: 'latent' });
    expect(rects).toEqual({
      latent: { left: 0, top: 0, width: 1526, height: 828 }
    });
    // The points reach from its numbers to its right edge.
    expect(latentAcross + 58).toBe(1526);
    expect(layout({ alone: 'signal' }).latentAcross).toBe(0);
  });

  it('fills a narrow panel with the points where no grid stands beside them', () => {
    const narrow = { width: 560, squares: new Set<ViewName>() };
    expect(16 * layout(narrow).tile + 58).toBeGreaterThan(560 - 16);
  });
});
