import type { TranslationBundle } from '@jupyterlab/translation';
import type { IPair, ISetup } from '../signal/types';
import { boxPath } from './marks/pointer';
import { areaWhere, boxOfLabel, outlineOfLabel } from './marks/regions';
import type { GroupSelection } from './marks/surface';
import type { IPictureFrame } from './navigator-frame';

export interface ISplitOptions {
  /** Fill of the guard part. */
  readonly hatch: string;
  readonly trans: TranslationBundle;
}

/**
 * Outlines train and test, hatches guard and writes the words over them. Parts that lie scattered
 * (random split) are left to the counts in the provenance bar.
 */
export function drawSplit(
  group: GroupSelection,
  pair: IPair,
  frame: IPictureFrame,
  labels: Int8Array,
  setup: ISetup,
  options: ISplitOptions
): void {
  const { hatch, trans } = options;
  if (setup.split === 'random') {
    return;
  }
  const { nx, ny } = pair;
  const toX = (x: number): number => frame.left + x * frame.pixelWidth;
  const toY = (y: number): number => frame.top + y * frame.pixelHeight;
  const striped = setup.split !== 'blocks';
  const names = ['train', 'guard', 'test'] as const;
  const guard = setup.guard ?? setup.window;
  const words = [
    trans.__('train'),
    trans.__('guard %1 px', guard),
    trans.__('test')
  ];
  for (const label of [1, 0, 2]) {
    const box = boxOfLabel(labels, nx, ny, label);
    if (!box) {
      continue;
    }
    const name = names[label];
    if (label === 1) {
      group
        .append('path')
        .attr('class', 'jp-Eelscape-guardArea')
        .attr('fill', hatch)
        .attr(
          'd',
          striped
            ? boxPath(
                toX(box.left),
                toY(box.top),
                toX(box.right),
                toY(box.bottom)
              )
            : areaWhere(nx, ny, i => labels[i] === 1, toX, toY)
        );
    } else {
      const path = striped
        ? boxPath(toX(box.left), toY(box.top), toX(box.right), toY(box.bottom))
        : outlineOfLabel(labels, nx, ny, label, toX, toY);
      group
        .append('path')
        .attr('class', `jp-Eelscape-region jp-mod-halo jp-mod-${name}`)
        .attr('d', path);
      group
        .append('path')
        .attr('class', `jp-Eelscape-region jp-mod-${name}`)
        .attr('d', path);
    }
    if (striped) {
      writeName(group, frame, {
        name,
        left: toX(box.left),
        right: toX(box.right),
        top: toY(box.top),
        text: (wide: number) =>
          label === 1 && wide < 70 ? trans.__('guard') : words[label],
        vertical: setup.split === 'top-bottom'
      });
    }
  }
}

/** Writes what a part is called over it, where it can be seen of a magnified picture. */
function writeName(
  group: GroupSelection,
  { seen }: IPictureFrame,
  part: {
    readonly name: string;
    readonly left: number;
    readonly right: number;
    readonly top: number;
    text(wide: number): string;
    readonly vertical: boolean;
  }
): void {
  const left = Math.max(part.left, seen.left);
  const right = Math.min(part.right, seen.left + seen.width);
  const top = Math.max(part.top, seen.top);
  if (right - left < 24 || top > seen.top + seen.height - 15) {
    return;
  }
  const above = top - 5;
  group
    .append('text')
    .attr('class', `jp-Eelscape-regionName jp-mod-${part.name}`)
    .attr('x', part.vertical ? left + 6 : (left + right) / 2)
    .attr('y', part.vertical || above < seen.top + 11 ? top + 15 : above)
    .attr('text-anchor', part.vertical ? 'start' : 'middle')
    .text(part.text(right - left));
}
