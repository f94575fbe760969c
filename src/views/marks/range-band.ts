import type { GroupSelection } from './surface';

/** Where a plot stands within its view, px. */
export interface IPlotFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Draws a range between two places as a band with an edge and a handle at either end. */
export function drawRangeBand(
  group: GroupSelection,
  frame: IPlotFrame,
  left: number,
  right: number,
  className = ''
): void {
  group
    .append('rect')
    .attr('class', `jp-Eelscape-band ${className}`.trim())
    .attr('x', left)
    .attr('y', frame.top)
    .attr('width', Math.max(1, right - left))
    .attr('height', frame.bottom - frame.top);
  for (const x of [left, right]) {
    group
      .append('line')
      .attr('class', `jp-Eelscape-bandEdge ${className}`.trim())
      .attr('x1', x)
      .attr('x2', x)
      .attr('y1', frame.top)
      .attr('y2', frame.bottom);
    group
      .append('rect')
      .attr('class', `jp-Eelscape-bandHandle ${className}`.trim())
      .attr('x', x - 2.5)
      .attr('y', frame.top + (frame.bottom - frame.top) * 0.4)
      .attr('width', 5)
      .attr('height', 16)
      .attr('rx', 1);
  }
}

/** Writes the name and the values of a range beside its band, where there is room. */
export function drawRangeWords(
  group: GroupSelection,
  frame: IPlotFrame,
  left: number,
  right: number,
  name: string,
  values: string
): void {
  // Bold 11 px letters are about 6.5 px wide in the widest of the usual fonts.
  const room = 8 + 6.5 * Math.max(name.length, values.length);
  const after = left - frame.left < room && frame.right - right > room;
  const at = after ? right + 6 : Math.max(left - 6, frame.left + room);
  const anchor = after ? 'start' : 'end';
  group
    .append('text')
    .attr('class', 'jp-Eelscape-bandName')
    .attr('x', at)
    .attr('y', frame.top + 11)
    .attr('text-anchor', anchor)
    .text(name);
  group
    .append('text')
    .attr('class', 'jp-Eelscape-label')
    .attr('x', at)
    .attr('y', frame.top + 25)
    .attr('text-anchor', anchor)
    .text(values);
}

/**
 * Writes the words of windows that may stand close, one below the other: beside them all, else
 * within them, left of `limit`; where there is no room, `below` px further down.
 */
export function drawWindowWords(
  group: GroupSelection,
  frame: IPlotFrame,
  [left, right]: readonly [number, number],
  words: readonly string[],
  limit: number,
  below: number
): void {
  const room = 6.5 * Math.max(0, ...words.map(text => text.length)) + 8;
  const after = { x: right + 6, anchor: 'start', top: frame.top };
  const inside = { x: left + 6, anchor: 'start', top: frame.top };
  const place = [
    after,
    { x: left - 6, anchor: 'end', top: frame.top },
    inside,
    { ...after, top: frame.top + below },
    { ...inside, top: frame.top + below }
  ].find(({ x, anchor, top }) =>
    anchor === 'end'
      ? x - room > frame.left
      : x + room < (top > frame.top ? frame.right : limit)
  ) ?? { x: frame.left + 6, anchor: 'start', top: frame.top + below };
  words.forEach((text, i) => {
    group
      .append('text')
      .attr('class', 'jp-Eelscape-bandName')
      .attr('x', place.x)
      .attr('y', place.top + 11 + 14 * i)
      .attr('text-anchor', place.anchor)
      .text(text);
  });
}

/** Veils what lies outside a window: it would be dropped. */
export function drawOutside(
  group: GroupSelection,
  frame: IPlotFrame,
  left: number,
  right: number
): void {
  for (const [from, to] of [
    [frame.left, left],
    [right, frame.right]
  ]) {
    group
      .append('rect')
      .attr('class', 'jp-Eelscape-outside')
      .attr('x', from)
      .attr('y', frame.top)
      .attr('width', Math.max(0, to - from))
      .attr('height', frame.bottom - frame.top);
  }
}
