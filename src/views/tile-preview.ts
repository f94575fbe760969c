import { extent } from '../analysis/statistics';
import { curvePath } from './marks/curve';
import { crossPath } from './marks/pointer';
import { paintRaster } from './marks/raster';

const SIDE = 112;

/** One tile of a latent grid, enlarged: a spectrum on the scale of all tiles, or an image in grey. */
export function enlargedTile(
  values: Float32Array,
  spectrum: boolean,
  all: Float32Array,
  limits: readonly [number, number]
): HTMLElement {
  const frame = document.createElement('div');
  frame.className = 'jp-Eelscape-tilePreview';
  if (!spectrum) {
    const side = Math.round(Math.sqrt(values.length));
    const canvas = paintRaster({
      values,
      width: side,
      height: side,
      colours: 'grey',
      low: limits[0],
      high: limits[1]
    });
    canvas.style.width = `${SIDE}px`;
    canvas.style.height = `${SIDE}px`;
    canvas.className = 'jp-Eelscape-pixels';
    frame.append(canvas, centreOf(side));
    return frame;
  }
  const [low, high] = extent(all);
  const bottom = Math.min(0, low);
  const span = high - bottom || 1;
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('width', String(SIDE + 48));
  svg.setAttribute('height', String(SIDE - 32));
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('class', 'jp-Eelscape-previewCurve');
  path.setAttribute(
    'd',
    curvePath(
      values.length,
      i => 4 + ((SIDE + 40) * i) / Math.max(1, values.length - 1),
      i => SIDE - 36 - ((SIDE - 40) * (values[i] - bottom)) / span
    )
  );
  svg.append(path);
  frame.append(svg);
  return frame;
}

/** A cross on the pixel that a window belongs to: element [side / 2, side / 2]. */
function centreOf(side: number): SVGElement {
  const middle = ((Math.floor(side / 2) + 0.5) / side) * SIDE;
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('width', String(SIDE));
  svg.setAttribute('height', String(SIDE));
  for (const name of [
    'jp-Eelscape-pointer jp-mod-halo',
    'jp-Eelscape-pointer'
  ]) {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('class', name);
    path.setAttribute('d', crossPath(middle, middle, 12, 5));
    svg.append(path);
  }
  return svg;
}
