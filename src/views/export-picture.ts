import type { View } from './view';

const PROPERTIES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'stroke-opacity',
  'opacity',
  'paint-order',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor'
];

/** A view as a free-standing SVG: text as text, the raster embedded, styles written out. */
export interface IPicture {
  readonly svg: SVGSVGElement;
  readonly width: number;
  readonly height: number;
}

/** Copies the picture of a view with a title above and a caption below. */
export function pictureOf(
  view: View,
  title: string,
  caption: string
): IPicture {
  const surface = view.picture!;
  const source = surface.svg.node()!;
  const width = view.width;
  const height = view.height;
  const copy = source.cloneNode(true) as SVGSVGElement;
  writeStyles(source, copy);
  const style = getComputedStyle(view.node);
  const svg = element('svg') as SVGSVGElement;
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height + 48));
  svg.setAttribute('viewBox', `0 0 ${width} ${height + 48}`);
  const background = element('rect');
  background.setAttribute('width', '100%');
  background.setAttribute('height', '100%');
  background.setAttribute(
    'fill',
    style.getPropertyValue('--jp-layout-color1').trim() || '#ffffff'
  );
  const picture = element('image');
  picture.setAttribute('width', String(width));
  picture.setAttribute('height', String(height));
  picture.setAttribute('y', '24');
  picture.setAttribute('href', surface.canvas.toDataURL('image/png'));
  copy.setAttribute('y', '24');
  // Tick labels at the edge reach beyond the picture.
  copy.setAttribute('overflow', 'visible');
  svg.append(
    background,
    picture,
    copy,
    textLine(title, 16, 13, 600, style),
    textLine(caption, height + 40, 11, 400, style)
  );
  return { svg, width, height: height + 48 };
}

/** Downloads a picture as SVG. */
export function saveSvg(picture: IPicture, name: string): void {
  saveBytes(textOf(picture), name, 'image/svg+xml');
}

/** Downloads a picture as PNG of twice as many pixels as on screen. */
export async function savePng(
  picture: IPicture,
  name: string,
  scale = 2
): Promise<void> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(textOf(picture))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const context = canvas.getContext('2d');
  if (!context) {
    throw new Error('The picture cannot be drawn: the browser gave no canvas.');
  }
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>(resolve =>
    canvas.toBlob(resolve, 'image/png')
  );
  if (blob) {
    saveBlob(blob, name);
  }
}

/** Downloads bytes or text as a file. */
export function saveBytes(
  content: Uint8Array | string,
  name: string,
  type: string
): void {
  saveBlob(new Blob([content as BlobPart], { type }), name);
}

function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function textOf(picture: IPicture): string {
  return new XMLSerializer().serializeToString(picture.svg);
}

function textLine(
  text: string,
  y: number,
  size: number,
  weight: number,
  style: CSSStyleDeclaration
): SVGElement {
  const line = element('text');
  line.setAttribute('x', '8');
  line.setAttribute('y', String(y));
  line.setAttribute('font-size', String(size));
  line.setAttribute('font-weight', String(weight));
  line.setAttribute('font-family', style.fontFamily);
  line.setAttribute('fill', style.color);
  line.textContent = text;
  return line;
}

function element(name: string): SVGElement {
  return document.createElementNS('http://www.w3.org/2000/svg', name);
}

/** Writes the styles that hold on screen into a copy that no style sheet reaches. */
function writeStyles(source: Element, copy: Element): void {
  const style = getComputedStyle(source);
  for (const property of PROPERTIES) {
    const value = style.getPropertyValue(property);
    if (value) {
      (copy as SVGElement).style.setProperty(property, value);
    }
  }
  copy.removeAttribute('class');
  Array.from(source.children).forEach((child, i) =>
    writeStyles(child, copy.children[i])
  );
}
