/** The cards of the clusters with a line that says what they show. */
import type { IMixture } from '../../model/explorer/types';
import { metricName } from '../error-metric';
import { drawNote, wrapText } from '../marks/note';
import type { Surface } from '../marks/surface';
import type { IViewContext } from '../view';
import { grouped, percent, significant } from '../wording';
import { clusterColour } from './cluster-map';
import { type IClusterFact, limitsOfAll } from './clusters-content';
import { drawCards, type ICardPlace } from './clusters-drawing';

/** Draws onto the canvas and into the groups "cards" and "caption" of a cleared surface. */
export function drawClusterCards(
  context: IViewContext,
  surface: Surface,
  canvas: CanvasRenderingContext2D | null,
  cards: {
    readonly found: IMixture;
    readonly facts: readonly IClusterFact[];
    readonly place: ICardPlace;
  }
): ICardPlace[] {
  const { facts, place } = cards;
  const { shown, trans, workspace } = context;
  const { centroids } = workspace.explorer.clusters;
  const images = shown.active!.kind === 'im2spec';
  const decoded = centroids?.decoded ?? null;
  const back = centroids?.backProjected ?? null;
  const spectra = images ? decoded : back;
  const energy = shown.energy()!;
  const { channels, spectraUnits } = shown.pair!;
  const limits = limitsOfAll(spectra);
  const places = drawCards(surface, canvas, {
    ...place,
    cards: facts.map(({ size, share, error }, i) => ({
      name: String(i + 1),
      colour: clusterColour(i),
      lines: [`${grouped(size)} (${percent(share, 0)})`, shown.errorText(error)]
    })),
    images: images ? back : decoded,
    side: shown.window,
    imageLimits: shown.imageLimits(),
    spectra,
    channels,
    spectraLimits: limits,
    position: channel => energy.position(channel)
  });
  const near = centroids?.neighbours ?? 0;
  const scale = trans.__(
    '%1, to %2 %3',
    energy.rangeText(0, channels - 1),
    significant(limits[1], 3),
    spectraUnits
  );
  const what = images
    ? trans.__('image: mean of %1 nearest windows; spectrum: decoded', near)
    : trans.__('image: decoded; spectrum: mean of %1 nearest', near);
  const last = places[places.length - 1];
  const full = `${what}, ${scale}; ${trans.__('windows, mean %1', metricName(shown.metric, trans))}`;
  drawNote(
    surface.group('caption'),
    wrapText(full, place.width, 2).map(text => ({ text, warning: false })),
    place.left,
    Math.max(
      ...places.map(card => card.top + card.height),
      last.top + last.height
    ) + 3
  );
  return places;
}
