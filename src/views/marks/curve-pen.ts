/** Curves on screen are pixels, in figures paths: two pens that draw the same. */
import { bandPath, curvePath } from './curve';
import type { CurveSheet, IBox } from './curve-raster';
import type { GroupSelection } from './surface';
import { themeKey } from './theme';

/** A curve. Places are px; points that are not finite break it. */
export interface IStroke {
  readonly className: string;
  readonly colour: string;
  /** Lengths drawn and left out in turn, as in SVG; null: all is drawn. */
  readonly dash: string | null;
  readonly width: number;
  readonly count: number;
  readonly x: (i: number) => number;
  readonly y: (i: number) => number;
}

/** The area between two curves. */
export interface IArea {
  readonly className: string;
  readonly colour: string;
  readonly count: number;
  readonly x: (i: number) => number;
  readonly low: (i: number) => number;
  readonly high: (i: number) => number;
}

export interface ICurvePen {
  /** @param group - where the curve belongs; pixels are drawn below all groups. */
  stroke(group: GroupSelection, stroke: IStroke, box: IBox): void;
  area(group: GroupSelection, area: IArea, box: IBox): void;
}

/** Draws paths; the group cuts them to its clip. */
export const PATHS: ICurvePen = {
  stroke(group, stroke) {
    strokePath(group, stroke).attr(
      'd',
      curvePath(stroke.count, stroke.x, stroke.y)
    );
  },
  area(group, area) {
    areaPath(group, area).attr(
      'd',
      bandPath(area.count, area.x, area.low, area.high)
    );
  }
};

/** Draws pixels, in the looks that the style sheet gives to the paths. */
export function pixels(sheet: CurveSheet): ICurvePen {
  return {
    stroke(group, stroke, box) {
      const { className, colour, dash, width } = stroke;
      const key = [className, dash, width].join();
      const look = lookOf(key, () => strokePath(group, stroke));
      // A wider line fills its gaps where they stay as they are.
      const wider = Math.max(1, look.width / width);
      const gaps = look.dash.map(length => length * wider);
      sheet.line({ ...stroke, ...look, dash: gaps, colour }, box);
    },
    area(group, area, box) {
      const look = lookOf(area.className, () => areaPath(group, area));
      sheet.area({ ...area, opacity: look.fillOpacity }, box);
    }
  };
}

interface ILook {
  readonly opacity: number;
  readonly fillOpacity: number;
  readonly width: number;
  readonly dash: readonly number[];
}

const looks = new Map<string, ILook>();
/** The theme and the colours of the system that `looks` are of. */
let seenUnder = '';

/** What the style sheet says of a path. Asked once a theme: high contrast has wider lines. */
function lookOf(key: string, draw: () => GroupPath): ILook {
  const under = themeKey();
  if (under !== seenUnder) {
    seenUnder = under;
    looks.clear();
  }
  let look = looks.get(key);
  if (!look) {
    const path = draw();
    const style = getComputedStyle(path.node()!);
    look = {
      opacity: numberOr(style.strokeOpacity, 1),
      fillOpacity: numberOr(style.fillOpacity, 1),
      width: numberOr(style.strokeWidth, 1),
      dash: (style.strokeDasharray.match(/[\d.]+/g) ?? []).map(Number)
    };
    path.remove();
    looks.set(key, look);
  }
  return look;
}

type GroupPath = ReturnType<typeof strokePath>;

function strokePath(
  group: GroupSelection,
  { className, colour, dash, width }: Omit<IStroke, 'count' | 'x' | 'y'>
) {
  return group
    .append('path')
    .attr('class', className)
    .attr('stroke', colour)
    .attr('stroke-dasharray', dash)
    .attr('stroke-width', width);
}

function areaPath(
  group: GroupSelection,
  { className, colour }: Pick<IArea, 'className' | 'colour'>
) {
  return group.append('path').attr('class', className).attr('fill', colour);
}

function numberOr(text: string, otherwise: number): number {
  const number = parseFloat(text);
  return Number.isFinite(number) ? number : otherwise;
}
