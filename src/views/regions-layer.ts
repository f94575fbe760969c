import { boundsOf, handlesOf } from '../analysis/region-shapes';
import { REGION_DASHES, type IPalette } from './marks/palette';
import {
  drawHandles,
  drawOutline,
  drawOutlineName,
  outlinePath
} from './marks/region-outline';
import type { GroupSelection } from './marks/surface';
import type { IPictureFrame } from './navigator-frame';
import type { RegionEditor } from './region-editor';
import type { IViewContext } from './view';

/** Dash of a region's lines: it changes at another pace than the colours, so that the pairs repeat late. */
export function regionDash(style: number): string | null {
  return REGION_DASHES[style % REGION_DASHES.length];
}

/** Draws the regions with their names, handles on the selected one, and what is being drawn. */
export function drawRegions(
  group: GroupSelection,
  context: IViewContext,
  editor: RegionEditor,
  frame: IPictureFrame,
  palette: IPalette
): void {
  const { shown, workspace } = context;
  const toX = (x: number): number => frame.left + x * frame.pixelWidth;
  const toY = (y: number): number => frame.top + y * frame.pixelHeight;
  const { selected } = workspace.regions;
  // The selected region is drawn last: its handles must be reachable.
  const order = [...editor.regions].sort(
    (a, b) =>
      Number(a.region.name === selected) - Number(b.region.name === selected)
  );
  for (const { region, points } of order) {
    const style = shown.regionStyle(region.name);
    const colour = palette.regionsOver[style];
    const chosen = region.name === selected;
    drawOutline(group, outlinePath(region.kind, points, toX, toY), {
      colour,
      dash: regionDash(style),
      chosen
    });
    if (chosen) {
      const handles = handlesOf({ ...region, points });
      drawHandles(
        group,
        handles.map(({ point }) => [toX(point[0]), toY(point[1])] as const),
        colour
      );
    }
    const [left, top, , bottom] = boundsOf(points);
    const above = toY(top) - 5 > frame.top + 10;
    drawOutlineName(
      group,
      region.name,
      toX(left) + (above ? 0 : 5),
      above
        ? toY(top) - 5
        : toY(bottom) + 14 < frame.top + frame.height
          ? toY(bottom) + 14
          : toY(top) + 14,
      colour
    );
  }
  const drawing = editor.drawing;
  if (drawing) {
    const colour = palette.regionsOver[shown.nextRegionStyle];
    const path = outlinePath(
      drawing.kind,
      drawing.points,
      toX,
      toY,
      drawing.vertices !== null
    );
    drawOutline(group, path, { colour, dash: null, chosen: true });
    if (drawing.vertices) {
      drawHandles(
        group,
        drawing.vertices.map(([x, y]) => [toX(x), toY(y)] as const),
        colour
      );
    }
  }
}
