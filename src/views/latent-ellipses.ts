/** Ellipses of the clusters over the points of the latent plot. */
import { gaussianEllipse } from '../analysis/ellipses';
import type { IMixture } from '../model/explorer/types';
import { clusterColour, shownClusters } from './explorer/cluster-map';
import type { ILatentFrame } from './latent-frame';
import { Clip } from './marks/clip';
import type { Surface } from './marks/surface';
import type { IViewContext } from './view';

const SIGMAS = [1, 2] as const;

/** Draws the ellipses of 1 and 2 standard deviations of each cluster; only where something changed. */
export class LatentEllipses {
  constructor(surface: Surface, context: IViewContext) {
    this._surface = surface;
    this._context = context;
    this._clip = new Clip(surface.svg);
  }

  draw(frame: ILatentFrame): void {
    const { shown, workspace } = this._context;
    const axes = shown.grid?.axes;
    const mixture =
      workspace.explorer.display.ellipses && shown.grid!.ranges.length > 1
        ? shownClusters(this._context)
        : null;
    const group = this._surface.group('ellipses');
    const empty = group.select('*').empty();
    if (
      frame === this._frame &&
      mixture === this._mixture &&
      empty === (mixture === null)
    ) {
      return;
    }
    this._frame = frame;
    this._mixture = mixture;
    group.selectAll('*').remove();
    if (!mixture || !axes) {
      return;
    }
    const { left, top, side, across } = frame;
    this._clip.apply(group, left, top, left + across, top + side);
    for (let cluster = 0; cluster < mixture.k; cluster++) {
      for (const sigmas of SIGMAS) {
        const path = outline(mixture, cluster, axes, sigmas, frame);
        const outer = sigmas > 1 ? ' jp-mod-outer' : '';
        group
          .append('path')
          .attr('class', 'jp-Eelscape-ellipse jp-mod-halo')
          .attr('d', path);
        group
          .append('path')
          .attr('class', `jp-Eelscape-ellipse${outer}`)
          .attr('stroke', clusterColour(cluster))
          .attr('d', path);
      }
    }
  }

  private _surface: Surface;
  private _context: IViewContext;
  private _clip: Clip;
  private _frame: ILatentFrame | null = null;
  private _mixture: IMixture | null = null;
}

function outline(
  mixture: IMixture,
  cluster: number,
  axes: readonly number[],
  sigmas: number,
  { x, y }: ILatentFrame
): string {
  const points = gaussianEllipse(mixture, cluster, [axes[0], axes[1]], sigmas);
  const places = Array.from(
    { length: points.length / 2 },
    (_, i) =>
      `${x(points[2 * i]).toFixed(1)},${y(points[2 * i + 1]).toFixed(1)}`
  );
  return `M${places.join('L')}Z`;
}
