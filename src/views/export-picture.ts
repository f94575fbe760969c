/** A view, or all views of a panel, as a free-standing SVG. */
import { Panel } from '@lumino/widgets';
import { copyInto, gradientBar, type IOrigin, svgElement } from './export-copy';
import { drawnAs } from './marks/figure-mode';
import { wrapText } from './marks/note';
import type { View } from './view';

export type Background = 'white' | 'transparent' | 'theme';

/** How a figure looks. */
export interface ILook {
  readonly background: Background;
  /** Canvas pixels a CSS pixel of what is drawn as a raster. */
  readonly ratio: number;
  readonly title: boolean;
  /** Lines below the figure; '' for none. */
  readonly caption: string;
  readonly colourBars: boolean;
  readonly scaleBars: boolean;
}

export interface IPicture {
  readonly svg: SVGElement;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** What a figure shows. */
export interface ISubject {
  readonly views: readonly View[];
  /** Over the figure. */
  readonly title: string;
  /** True where the views keep their places in the panel. */
  readonly whole: boolean;
}

const TITLE = 26;
const LINE = 15;
const MARGIN = 8;

/** Draws the views in the look asked for and copies them; the screen is drawn again in the next frame. */
export function pictureOf(
  subject: ISubject,
  panel: HTMLElement,
  look: ILook
): IPicture {
  const printed = look.background === 'white';
  panel.classList.toggle('jp-mod-print', printed);
  try {
    return drawnAs(
      {
        ratio: look.ratio,
        colourBars: look.colourBars,
        scaleBars: look.scaleBars
      },
      () => {
        for (const view of subject.views) {
          view.redraw();
          view.drawNow();
        }
        return compose(subject, panel, look);
      }
    );
  } finally {
    panel.classList.remove('jp-mod-print');
    subject.views.forEach(view => view.refresh());
  }
}

function compose(subject: ISubject, panel: HTMLElement, look: ILook): IPicture {
  const style = getComputedStyle(panel);
  const colour = style.getPropertyValue('--jp-ui-font-color1').trim();
  const words = {
    fill: colour || '#212121',
    'font-family': style.fontFamily || 'sans-serif'
  };
  const svg = svgElement('svg');
  const top = look.title ? TITLE : 0;
  const size = subject.whole
    ? copyPanel(svg, subject.views, top, words)
    : copyView(svg, subject.views[0], top, look);
  if (look.title) {
    const title = svgElement('text', {
      x: MARGIN,
      y: 17,
      'font-size': 13,
      'font-weight': 600,
      ...words
    });
    title.textContent = subject.title;
    svg.prepend(title);
  }
  const lines = look.caption
    .split('\n')
    .flatMap(text => wrapText(text, size.width - 2 * MARGIN, 6));
  lines.forEach((text, i) => {
    const line = svgElement('text', {
      x: MARGIN,
      y: top + size.height + 16 + LINE * i,
      'font-size': 11,
      ...words
    });
    line.textContent = text;
    svg.append(line);
  });
  const width = Math.ceil(size.width);
  const height = Math.ceil(
    top + size.height + (lines.length ? LINE * lines.length + 10 : 0)
  );
  if (look.background !== 'transparent') {
    const paper = style.getPropertyValue('--jp-layout-color1').trim();
    svg.prepend(
      svgElement('rect', {
        width: '100%',
        height: '100%',
        fill: look.background === 'white' ? '#ffffff' : paper || '#ffffff'
      })
    );
  }
  setSize(svg, `${width}`, `${height}`);
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  return { svg, width, height };
}

/** One view without its header; the colour key of the header stands beside the title. */
function copyView(
  svg: SVGElement,
  view: View,
  top: number,
  look: ILook
): { width: number; height: number } {
  const box = view.body.node.getBoundingClientRect();
  const room = view.height;
  const part = svgElement('svg', { width: view.width, height: room });
  copyBodies(part, view, box);
  svg.append(part);
  const readout = readoutOver(view);
  if (readout) {
    copyBodies(part, readout, box);
  }
  const content = extentOf(part, view.width, room);
  const fits =
    titleWidth(titleOf(view)) + keyWidth(view) < content.width - 2 * MARGIN;
  const key = look.colourBars && look.title && keyWidth(view) > 0;
  // A key that finds no room beside the title stands below it.
  const above = key && !fits ? 14 : 0;
  // The words of a tick at the edge reach beyond the picture.
  part.setAttribute('overflow', 'visible');
  part.setAttribute('y', String(top + above));
  part.setAttribute('width', String(content.width));
  part.setAttribute('height', String(content.height));
  if (key) {
    copyKey(svg, view, content.width - MARGIN, 8 + (above && 16));
  }
  return { width: content.width, height: content.height + above };
}

/** The readout where it stands over a view; null elsewhere. */
function readoutOver(view: View): View | null {
  const siblings = view.parent instanceof Panel ? view.parent.widgets : [];
  const readout = (siblings as readonly View[]).find(
    other => other.name === 'readout' && other.canDraw
  );
  if (!readout) {
    return null;
  }
  const [outer, inner] = [view, readout].map(({ node }) =>
    node.getBoundingClientRect()
  );
  const inside =
    inner.left >= outer.left &&
    inner.right <= outer.right + 1 &&
    inner.top >= outer.top &&
    inner.bottom <= outer.bottom + 1;
  if (inside) {
    readout.redraw();
    readout.drawNow();
  }
  return inside ? readout : null;
}

/** Size of what a copy holds, within the room it has; all of the room where nothing can be measured. */
function extentOf(
  part: SVGElement,
  width: number,
  height: number
): { width: number; height: number } {
  const graphics = part as SVGGraphicsElement;
  const holder = svgElement('svg', { width, height });
  holder.setAttribute('style', 'position: absolute; visibility: hidden');
  const measured = part.parentNode;
  holder.append(part);
  document.body.append(holder);
  const boxes = Array.from(graphics.children, child =>
    child instanceof SVGSVGElement && typeof child.getBBox === 'function'
      ? shifted(child)
      : (child as SVGGraphicsElement).getBBox?.()
  );
  measured?.append(part);
  holder.remove();
  const found = boxes.filter(box => box && box.width > 0 && box.height > 0);
  if (!found.length) {
    return { width, height };
  }
  const right = Math.max(...found.map(box => box.x + box.width));
  const bottom = Math.max(...found.map(box => box.y + box.height));
  return {
    width: Math.min(width, Math.max(240, right + MARGIN)),
    height: Math.min(height, bottom + 4)
  };
}

/** The box of the contents of a nested picture, from where it stands. */
function shifted(svg: SVGSVGElement): DOMRect {
  const box = svg.getBBox();
  return new DOMRect(
    box.x + Number(svg.getAttribute('x')),
    box.y + Number(svg.getAttribute('y')),
    box.width,
    box.height
  );
}

/** All views where they stand, their headers as text. */
function copyPanel(
  svg: SVGElement,
  views: readonly View[],
  top: number,
  words: Readonly<Record<string, string>>
): { width: number; height: number } {
  const boxes = views.map(view => view.node.getBoundingClientRect());
  const left = Math.min(...boxes.map(box => box.left));
  const above = Math.min(...boxes.map(box => box.top));
  views.forEach((view, i) => {
    const { width, height } = boxes[i];
    const x = boxes[i].left - left;
    const y = boxes[i].top - above + top;
    const part = svgElement('svg', { x, y, width, height });
    copyBodies(part, view, boxes[i]);
    const full = titleOf(view);
    const fits = titleWidth(full) + keyWidth(view) < width - 24;
    const title = fits ? full : view.headingText;
    if (title) {
      const head = svgElement('text', {
        x: 10,
        y: 20,
        'font-size': 13,
        'font-weight': 600,
        ...words
      });
      head.textContent = title;
      part.append(head);
      copyKey(part, view, width - 10, 12);
    }
    svg.append(part);
  });
  return {
    width: Math.max(...boxes.map(box => box.right)) - left,
    height: Math.max(...boxes.map(box => box.bottom)) - above
  };
}

/** Everything of a view but its header. */
function copyBodies(target: SVGElement, view: View, origin: IOrigin): void {
  for (const child of Array.from(view.node.children)) {
    if (!child.classList.contains('jp-Eelscape-header')) {
      copyInto(target, child, origin);
    }
  }
}

/** Title and subtitle of a view as they stand in its header. */
export function titleOf(view: View): string {
  const subtitle = view.node
    .querySelector('.jp-Eelscape-subtitle')
    ?.textContent?.trim();
  // "→ spectrum" goes on from the title by itself.
  const dash = /^[\p{L}\p{N}]/u.test(subtitle ?? '') ? ' \u2013 ' : ' ';
  return [view.headingText, subtitle].filter(Boolean).join(dash);
}

/** Letters of 13 px in bold are about 7.6 px wide. */
function titleWidth(title: string): number {
  return 7.6 * title.length;
}

/** Width that the colour key of a header takes; 0 without one. */
function keyWidth(view: View): number {
  const key = view.node.querySelector('.jp-Eelscape-header .jp-Eelscape-key');
  return key ? 76 + 6.2 * (key.textContent ?? '').length : 0;
}

/** The colour key of a header, with its right end at `right`. */
function copyKey(
  target: SVGElement,
  view: View,
  right: number,
  top: number
): void {
  const key = view.node.querySelector('.jp-Eelscape-header .jp-Eelscape-key');
  const bar = key?.querySelector<HTMLElement>('.jp-Eelscape-keyBar');
  const stops = bar?.dataset.eelscapeGradient?.match(/rgba?\([^)]*\)/g);
  if (!key || !stops || stops.length < 2) {
    return;
  }
  const [low, high] = [key.firstChild, key.lastChild].map(
    node => node?.textContent ?? ''
  );
  const style = getComputedStyle(key);
  const write = (text: string, x: number, anchor: string): void => {
    const line = svgElement('text', {
      x,
      y: top + 8,
      'text-anchor': anchor,
      'font-size': 11,
      'font-family': style.fontFamily,
      fill: style.color
    });
    line.textContent = text;
    target.append(line);
  };
  // Letters of 11 px are about 6.2 px wide.
  const end = right - 6.2 * high.length - 5;
  write(high, right, 'end');
  write(low, end - 65, 'end');
  target.append(
    ...gradientBar(stops, { x: end - 60, y: top, width: 60, height: 8 })
  );
}

/** Sets the size in which programs place the figure: "556", or "85mm". */
export function setSize(svg: SVGElement, width: string, height: string): void {
  svg.setAttribute('width', width);
  svg.setAttribute('height', height);
}

/** The picture as a text that is an SVG file. */
export function svgText(picture: IPicture): string {
  const text = new XMLSerializer().serializeToString(picture.svg);
  return text.replace(NOT_XML, '\ufffd');
}

/** What a title may hold and XML may not: controls, halves of characters, and no characters. */
const NOT_XML =
  /[^\t\n\r\u{20}-\u{7e}\u{85}\u{a0}-\u{d7ff}\u{e000}-\u{fdcf}\u{fdf0}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
