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
      const wide = (box.right - box.left) * frame.pixelWidth;
      const text = label === 1 && wide < 70 ? trans.__('guard') : words[label];
      const vertical = setup.split === 'top-bottom';
      const above = toY(box.top) - 5;
      group
        .append('text')
        .attr('class', `jp-Eelscape-regionName jp-mod-${name}`)
        .attr(
          'x',
          vertical ? toX(box.left) + 6 : (toX(box.left) + toX(box.right)) / 2
        )
        .attr(
          'y',
          vertical || above < frame.top + 11 ? toY(box.top) + 15 : above
        )
        .attr('text-anchor', vertical ? 'start' : 'middle')
        .text(text);
    }
  }
}
