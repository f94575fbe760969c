import type { JSONValue } from '@lumino/coreutils';
import { drawFlagged } from './excluded-layer';
import { boxPath } from './marks/pointer';
import type { GroupSelection } from './marks/surface';
import type { IPictureFrame } from './navigator-frame';
import type { IViewContext } from './view';

/** Draws what the step being prepared would do to the scan: flagged pixels and the part that is kept. */
export function drawDraft(
  group: GroupSelection,
  context: IViewContext,
  frame: IPictureFrame,
  hatch: string
): void {
  const pair = context.shown.pair;
  const { draft, preview } = context.workspace.preprocessing;
  if (!pair || !draft) {
    return;
  }
  const { nx, ny } = pair;
  const toX = (x: number): number => frame.left + x * frame.pixelWidth;
  const toY = (y: number): number => frame.top + y * frame.pixelHeight;
  const flags = preview?.flags;
  if (flags && flags.length === nx * ny && flags.includes(1)) {
    drawFlagged(group, pair, frame, flags, hatch, 'jp-mod-flagged');
  }
  const kept = draft.step === 'crop_scan' ? keptBox(draft, ny, nx) : null;
  if (kept) {
    const [left, top, right, bottom] = kept;
    const whole = boxPath(toX(0), toY(0), toX(nx), toY(ny));
    const inner = boxPath(toX(left), toY(top), toX(right), toY(bottom));
    group
      .append('path')
      .attr('class', 'jp-Eelscape-cropped')
      .attr('fill-rule', 'evenodd')
      .attr('d', whole + inner);
    group.append('path').attr('class', 'jp-Eelscape-kept').attr('d', inner);
  }
}

/** Left, top, right, bottom of what a cropping of the scan keeps. */
function keptBox(
  draft: { readonly [key: string]: JSONValue | undefined },
  ny: number,
  nx: number
): [number, number, number, number] {
  const [top, bottom] = ends(draft.rows, ny);
  const [left, right] = ends(draft.columns, nx);
  return [left, top, right, bottom];
}

function ends(value: JSONValue | undefined, size: number): [number, number] {
  const [first, stop] = Array.isArray(value) ? value : [];
  const hold = (at: JSONValue | undefined, other: number): number =>
    typeof at === 'number' ? Math.max(0, Math.min(size, at)) : other;
  return [hold(first, 0), hold(stop, size)];
}
