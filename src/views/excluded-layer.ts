import type { IPair } from '../signal/types';
import { areaWhere, outlineOfLabel } from './marks/regions';
import type { GroupSelection } from './marks/surface';
import type { IPictureFrame } from './navigator-frame';

interface IPaths {
  readonly frame: string;
  readonly area: string;
  readonly outline: string;
}

const kept = new WeakMap<Uint8Array, IPaths>();

/** The paths of flags, kept while the picture stands where it is: a scan may have millions of pixels. */
function pathsOf(
  { nx, ny }: IPair,
  frame: IPictureFrame,
  flags: Uint8Array
): IPaths {
  const key = JSON.stringify([nx, frame]);
  let paths = kept.get(flags);
  if (paths?.frame !== key) {
    const toX = (x: number): number => frame.left + x * frame.pixelWidth;
    const toY = (y: number): number => frame.top + y * frame.pixelHeight;
    paths = {
      frame: key,
      area: areaWhere(nx, ny, i => flags[i] === 1, toX, toY),
      outline: outlineOfLabel(flags, nx, ny, 1, toX, toY)
    };
    kept.set(flags, paths);
  }
  return paths;
}

/** Hatches the pixels where `flags` is 1, with a line around them that shows single pixels too. */
export function drawFlagged(
  group: GroupSelection,
  pair: IPair,
  frame: IPictureFrame,
  flags: Uint8Array,
  hatch: string,
  className: string
): void {
  const { area, outline } = pathsOf(pair, frame, flags);
  group.append('path').attr('fill', hatch).attr('d', area);
  for (const halo of [' jp-mod-halo', '']) {
    group
      .append('path')
      .attr('class', `jp-Eelscape-flagLine ${className}${halo}`)
      .attr('d', outline);
  }
}

/** Hatches the pixels that are excluded from training, errors and maps. */
export function drawExcluded(
  group: GroupSelection,
  pair: IPair,
  frame: IPictureFrame,
  hatch: string
): void {
  if (pair.mask?.includes(1)) {
    drawFlagged(group, pair, frame, pair.mask, hatch, 'jp-mod-excluded');
  }
}
