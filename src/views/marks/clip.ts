import type { GroupSelection, SvgSelection } from './surface';

let count = 0;

/** A rectangle that what is drawn in a group is cut to. */
export class Clip {
  constructor(svg: SvgSelection) {
    this._id = `jp-Eelscape-clip-${++count}`;
    this._rect = svg
      .append('defs')
      .append('clipPath')
      .attr('id', this._id)
      .append('rect') as unknown as GroupSelection;
  }

  /** Cuts `group` to a rectangle, px. */
  apply(
    group: GroupSelection,
    left: number,
    top: number,
    right: number,
    bottom: number
  ): void {
    this._rect
      .attr('x', left)
      .attr('y', top)
      .attr('width', Math.max(0, right - left))
      .attr('height', Math.max(0, bottom - top));
    group.attr('clip-path', `url(#${this._id})`);
  }

  private _id: string;
  private _rect: GroupSelection;
}
