import { select, type Selection } from 'd3-selection';
import { figureMode } from './figure-mode';

export type SvgSelection = Selection<SVGSVGElement, unknown, null, undefined>;
export type GroupSelection = Selection<SVGGElement, unknown, null, undefined>;

/** A canvas below an SVG of the same size: rasters and many points below, lines and text above. */
export class Surface {
  constructor(host: HTMLElement) {
    this.canvas = document.createElement('canvas');
    this.canvas.className = 'jp-Eelscape-canvas';
    this.canvas.setAttribute('aria-hidden', 'true');
    this.svg = select(
      document.createElementNS('http://www.w3.org/2000/svg', 'svg')
    );
    this.svg.attr('class', 'jp-Eelscape-svg').attr('aria-hidden', 'true');
    host.append(this.canvas, this.svg.node()!);
  }

  readonly canvas: HTMLCanvasElement;
  readonly svg: SvgSelection;

  /** Sets the size in CSS pixels, clears the canvas and returns its context, scaled to CSS pixels. */
  begin(width: number, height: number): CanvasRenderingContext2D | null {
    const ratio = figureMode().ratio ?? (window.devicePixelRatio || 1);
    const w = Math.max(1, Math.round(width * ratio));
    const h = Math.max(1, Math.round(height * ratio));
    if (this.canvas.width !== w || this.canvas.height !== h) {
      this.canvas.width = w;
      this.canvas.height = h;
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
      this.svg
        .attr('width', width)
        .attr('height', height)
        .attr('viewBox', `0 0 ${width} ${height}`);
    }
    const context = this.canvas.getContext('2d');
    if (context) {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, w, h);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    return context;
  }

  /** The group of that name, made on first use; groups lie in the order of their first use. */
  group(name: string): GroupSelection {
    let group = this.svg.select<SVGGElement>(`g[data-layer="${name}"]`);
    if (group.empty()) {
      group = this.svg.append('g').attr('data-layer', name);
    }
    return group as unknown as GroupSelection;
  }

  /** Empties every group but those that keep what they hold. */
  clear(): void {
    this.svg.selectAll('g[data-layer]:not([data-kept]) > *').remove();
  }

  /** Empties every group. */
  empty(): void {
    this.svg.selectAll('g[data-kept]').attr('data-kept', null);
    this.clear();
  }

  /**
   * Draws a group only where `key` is another than the last time; `clear` leaves it.
   * @param key - everything that the drawing depends on, as text.
   */
  keep(name: string, key: string, draw: (group: GroupSelection) => void): void {
    const group = this.group(name);
    if (group.attr('data-kept') !== key) {
      group.attr('data-kept', key).selectAll('*').remove();
      draw(group);
    }
  }
}
