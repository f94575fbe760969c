/** Copying what a view shows into a free-standing SVG: text as text, canvases embedded, styles written out. */

const SVG = 'http://www.w3.org/2000/svg';

/** Properties that children take over from their parents. */
const INHERITED = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'stroke-linecap',
  'stroke-opacity',
  'paint-order',
  'shape-rendering',
  'font-family',
  'font-size',
  'font-style',
  'font-weight',
  'text-anchor'
];

/** What people work with and nobody needs on paper. */
const CONTROLS =
  'button, input, select, textarea, label, fieldset, dialog, [role="toolbar"], [hidden], .jp-Eelscape-hiddenText, [data-eelscape-unprinted]';

/** Left and top of the figure on screen, px. */
export interface IOrigin {
  readonly left: number;
  readonly top: number;
}

export function svgElement(
  name: string,
  attributes: Readonly<Record<string, string | number>> = {}
): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, String(value));
  }
  return element;
}

/** Copies an element and all in it that can be seen, controls left out, to the place it has on screen. */
export function copyInto(
  target: SVGElement,
  source: Element,
  origin: IOrigin
): void {
  if (source.matches(CONTROLS) || isHidden(source)) {
    return;
  }
  const box = source.getBoundingClientRect();
  const place = {
    x: round(box.left - origin.left),
    y: round(box.top - origin.top),
    width: round(box.width),
    height: round(box.height)
  };
  if (source instanceof SVGSVGElement) {
    const copy = source.cloneNode(true) as SVGSVGElement;
    writeStyles(source, copy, {});
    // Tick labels at the edge reach beyond the picture.
    const attributes = { ...place, overflow: 'visible' };
    for (const [key, value] of Object.entries(attributes)) {
      copy.setAttribute(key, String(value));
    }
    target.append(copy);
    return;
  }
  if (source instanceof HTMLCanvasElement) {
    if (source.width > 1 && source.height > 1) {
      const href = source.toDataURL('image/png');
      target.append(svgElement('image', { ...place, href }));
    }
    return;
  }
  drawBox(target, source, place);
  for (const child of Array.from(source.childNodes)) {
    if (child instanceof Text) {
      copyText(target, child, origin);
    } else if (child instanceof Element) {
      copyInto(target, child, origin);
    }
  }
}

function isHidden(element: Element): boolean {
  const style = getComputedStyle(element);
  return style.display === 'none' || style.visibility === 'hidden';
}

/** A gradient as background, the lines above and below a row of a table: all that HTML parts of a figure have. */
function drawBox(
  target: SVGElement,
  source: Element,
  place: { x: number; y: number; width: number; height: number }
): void {
  const style = getComputedStyle(source);
  const stops = style.backgroundImage.startsWith('linear-gradient(')
    ? (style.backgroundImage.match(/rgba?\([^)]*\)/g) ?? [])
    : [];
  if (stops.length > 1) {
    target.append(...gradientBar(stops, place));
  }
  for (const side of ['top', 'bottom'] as const) {
    const width = parseFloat(style.getPropertyValue(`border-${side}-width`));
    const kind = style.getPropertyValue(`border-${side}-style`);
    if (width > 0 && kind === 'solid' && source.matches('td, th, tr')) {
      const y = side === 'top' ? place.y : place.y + place.height;
      target.append(
        svgElement('line', {
          x1: place.x,
          x2: place.x + place.width,
          y1: y,
          y2: y,
          stroke: style.getPropertyValue(`border-${side}-color`),
          'stroke-width': width
        })
      );
    }
  }
}

let gradients = 0;

/** A bar that runs through colours from left to right, with its frame. */
export function gradientBar(
  stops: readonly string[],
  place: { x: number; y: number; width: number; height: number }
): SVGElement[] {
  const id = `eelscape-gradient-${++gradients}`;
  const gradient = svgElement('linearGradient', { id });
  stops.forEach((colour, i) =>
    gradient.append(
      svgElement('stop', {
        offset: i / (stops.length - 1),
        'stop-color': colour
      })
    )
  );
  return [
    gradient,
    svgElement('rect', {
      ...place,
      fill: `url(#${id})`,
      stroke: '#8a8a8a',
      'stroke-width': 1
    })
  ];
}

/** A text element for each line in which the words of a text stand. */
function copyText(target: SVGElement, source: Text, origin: IOrigin): void {
  const parent = source.parentElement!;
  const style = getComputedStyle(parent);
  const range = document.createRange();
  const lines: { words: string[]; left: number; top: number; size: number }[] =
    [];
  for (const match of (source.textContent ?? '').matchAll(/\S+/g)) {
    range.setStart(source, match.index);
    range.setEnd(source, match.index + match[0].length);
    const box = range.getBoundingClientRect();
    const last = lines[lines.length - 1];
    if (last && Math.abs(last.top - box.top) < 2) {
      last.words.push(match[0]);
    } else {
      const { left, top, height: size } = box;
      lines.push({ words: [match[0]], left, top, size });
    }
  }
  for (const line of lines) {
    const text = svgElement('text', {
      x: round(line.left - origin.left),
      // The baseline stands at about four fifths of the height of a line.
      y: round(line.top - origin.top + 0.79 * line.size),
      fill: style.color,
      'font-family': style.fontFamily,
      'font-size': style.fontSize,
      'font-weight': style.fontWeight
    });
    text.textContent = line.words.join(' ');
    target.append(text);
  }
}

/** Writes the styles that hold on screen into a copy that no style sheet reaches, each where it changes. */
function writeStyles(
  source: Element,
  copy: Element,
  above: Readonly<Record<string, string>>
): void {
  const style = getComputedStyle(source);
  const here: Record<string, string> = {};
  copy.removeAttribute('class');
  copy.removeAttribute('style');
  copy.removeAttribute('aria-hidden');
  for (const property of INHERITED) {
    const value = style.getPropertyValue(property);
    here[property] = value;
    if (value && value === above[property]) {
      copy.removeAttribute(property);
    } else if (value) {
      copy.setAttribute(property, value);
    }
  }
  const opacity = style.getPropertyValue('opacity');
  if (opacity && opacity !== '1') {
    copy.setAttribute('opacity', opacity);
  }
  if (style.display === 'none') {
    copy.setAttribute('display', 'none');
  }
  Array.from(source.children).forEach((child, i) =>
    writeStyles(child, copy.children[i], here)
  );
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}
