import type { GroupSelection } from './surface';

/** Breaks a text into at most `most` lines of `width` px; the last one ends in an ellipsis where text is left. */
export function wrapText(text: string, width: number, most: number): string[] {
  // Letters of 11 px are about 5.8 px wide on average.
  const room = Math.max(12, Math.floor(width / 5.8));
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/[ \n\t]+/).filter(Boolean)) {
    if (line && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  lines.push(line);
  if (lines.length > most) {
    const last = lines[most - 1].slice(0, room - 1);
    return [...lines.slice(0, most - 1), `${last}\u2026`];
  }
  return lines.filter(Boolean);
}

/** Writes lines of a note below one another and returns the height they take, px. */
export function drawNote(
  group: GroupSelection,
  lines: readonly { readonly text: string; readonly warning: boolean }[],
  left: number,
  top: number
): number {
  lines.forEach((line, i) => {
    group
      .append('text')
      .attr('class', `jp-Eelscape-note${line.warning ? ' jp-mod-warning' : ''}`)
      .attr('x', left)
      .attr('y', top + 11 + 14 * i)
      .text(line.text);
  });
  return lines.length * 14;
}
