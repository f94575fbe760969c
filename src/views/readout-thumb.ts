import { select } from 'd3-selection';
import { crossPath, drawHaloed } from './marks/pointer';
import { type IRaster, paintRaster } from './marks/raster';

export interface IThumbPicture extends IRaster {
  /** Side on screen, px. */
  readonly side: number;
  /** True where the element that the crosshair marks is drawn: [w/2, w/2]. */
  readonly cross: boolean;
}

/** A window as a small picture with lines below. It is painted anew at every move of the pointer: nothing of it is made anew. */
export class Thumb {
  constructor() {
    this.node = document.createElement('div');
    this.node.className = 'jp-Eelscape-thumb';
    this._frame = document.createElement('div');
    this._canvas = document.createElement('canvas');
    this._canvas.className = 'jp-Eelscape-thumbCanvas';
    this._canvas.setAttribute('aria-hidden', 'true');
    this._frame.append(this._canvas);
    this.node.append(this._frame);
  }

  readonly node: HTMLElement;

  /** @param picture - null: an empty frame of that side. */
  show(
    picture: IThumbPicture | null,
    side: number,
    lines: readonly HTMLElement[]
  ): void {
    const key = [side, picture?.width, picture?.cross].join();
    if (key !== this._key) {
      this._key = key;
      this._lay(picture, side);
    }
    if (picture) {
      paintRaster(picture, this._canvas);
    }
    this.node.replaceChildren(this._frame, ...lines);
  }

  private _lay(picture: IThumbPicture | null, side: number): void {
    const { style } = this._frame;
    style.width = `${side}px`;
    style.height = `${side}px`;
    this._frame.className = picture
      ? 'jp-Eelscape-thumbFrame'
      : 'jp-Eelscape-thumbFrame jp-mod-none';
    this._canvas.hidden = picture === null;
    this._cross?.remove();
    this._cross = null;
    if (picture?.cross) {
      const svg = select(this._frame)
        .append('svg')
        .attr('class', 'jp-Eelscape-svg')
        .attr('aria-hidden', 'true')
        .attr('width', side)
        .attr('height', side);
      const at = ((picture.width / 2 + 0.5) * side) / picture.width;
      drawHaloed(svg.append('g'), crossPath(at, at, 13, 4));
      this._cross = svg.node();
    }
  }

  private _frame: HTMLElement;
  private _canvas: HTMLCanvasElement;
  private _cross: SVGSVGElement | null = null;
  /** What the parts are laid for. */
  private _key = '';
}
