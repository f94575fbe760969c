/** What lies over the points of the latent plot: pins, rings, the latent cursor, a lasso. */
import type { ILatentFrame } from './latent-frame';
import { Clip } from './marks/clip';
import { drawPin } from './marks/pins';
import { crossPath, drawHaloed, ringPath } from './marks/pointer';
import type { Surface } from './marks/surface';

type Point = readonly [number, number];

export interface ILatentOverlay {
  readonly frame: ILatentFrame;
  /** Coordinates of the cursor on the two axes; null for none. */
  readonly cursor: Point | null;
  /** Windows that the cursor's node is the mean of, px. */
  readonly near: readonly Point[];
  /** Windows that the mouse points at in some view, px. */
  readonly highlighted: readonly Point[];
  readonly pins: readonly {
    readonly letter: string;
    readonly place: Point;
  }[];
  /** A lasso or box that is being drawn, px. */
  readonly outline: readonly Point[] | null;
}

/** Draws them anew; they are few. */
export class LatentOverlay {
  constructor(surface: Surface) {
    this._surface = surface;
    this._clip = new Clip(surface.svg);
  }

  draw(overlay: ILatentOverlay): void {
    const { frame, cursor, outline } = overlay;
    const group = this._surface.group('pointer');
    group.selectAll('*').remove();
    this._clip.apply(
      group,
      frame.left,
      frame.top,
      frame.left + frame.across,
      frame.top + frame.side
    );
    for (const { letter, place } of overlay.pins) {
      drawPin(group, letter, place);
    }
    for (const [x, y] of overlay.near) {
      drawHaloed(group, ringPath(x, y, 5), 'jp-Eelscape-pointer jp-mod-thin');
    }
    for (const [x, y] of overlay.highlighted) {
      drawHaloed(group, ringPath(x, y, 7), 'jp-Eelscape-pointer');
    }
    if (cursor) {
      const x = frame.x(cursor[0]);
      const y = frame.y(cursor[1]);
      drawHaloed(group, ringPath(x, y, 6) + crossPath(x, y, 10, 6));
    }
    if (outline?.length) {
      group
        .append('path')
        .attr('class', 'jp-Eelscape-lasso')
        .attr('d', `M${outline.map(([x, y]) => `${x},${y}`).join('L')}Z`);
    }
  }

  private _surface: Surface;
  private _clip: Clip;
}
