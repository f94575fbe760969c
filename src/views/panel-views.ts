import { DataView } from './data/data-view';
import { ErrorMap } from './error-map';
import { LatentGrid } from './latent-grid';
import { LatentPlot } from './latent-plot';
import { FORM_WIDTH, type ILayout, type ViewName } from './layout';
import { Navigator } from './navigator';
import { Readout } from './readout';
import { SetupView } from './setup-view';
import { SignalPlot } from './signal-plot';
import { TrainingPlot } from './training-plot';
import type { IViewContext, View } from './view';

/** The views of a panel by name, in the order of the Tab key. */
export type Views = {
  readonly data: DataView;
  readonly setup: SetupView;
  readonly navigator: Navigator;
  readonly signal: SignalPlot;
  readonly readout: Readout;
  readonly error: ErrorMap;
  readonly latent: LatentPlot;
  readonly decoded: LatentGrid;
  readonly projected: LatentGrid;
  readonly training: TrainingPlot;
};

export function createViews(context: IViewContext): Views {
  return {
    data: new DataView(context),
    setup: new SetupView(context),
    navigator: new Navigator(context),
    signal: new SignalPlot(context),
    readout: new Readout(context),
    error: new ErrorMap(context),
    latent: new LatentPlot(context),
    decoded: new LatentGrid(context, 'decoded'),
    projected: new LatentGrid(context, 'projected'),
    training: new TrainingPlot(context)
  };
}

/** What placing the views needs beside the layout. */
export interface IPlacing {
  /** Sections that are open. */
  readonly open: ReadonlySet<ViewName>;
  /** Tools of the Latent section, which holds the squares too. */
  readonly latentTools: () => JSX.Element;
  toggleSection(name: ViewName): void;
}

/** Gives every view its place in the layout. */
export function placeViews(
  views: Views,
  layout: ILayout,
  placing: IPlacing
): void {
  const sections = layout.mode === 'sections';
  views.navigator.setInset(
    layout.navigatorRight,
    layout.navigatorBottom,
    sections
  );
  views.signal.setInset(layout.signalRight);
  views.readout.across = layout.readoutAcross;
  for (const square of [views.latent, views.decoded, views.projected]) {
    square.tile = layout.tile;
  }
  views.latent.extraTools = sections ? placing.latentTools : null;
  for (const view of Object.values(views) as View[]) {
    const { name } = view;
    const inLatent = name === 'decoded' || name === 'projected';
    view.setSection(
      placing.open.has(name),
      sections && !inLatent ? () => placing.toggleSection(name) : null
    );
    const rect = layout.rects[name] ?? null;
    // Stays in sight while the views beside it scroll.
    const form = name === 'data' || name === 'setup';
    view.toggleClass('jp-mod-column', form && rect?.width === FORM_WIDTH);
    view.place(rect, sections && inLatent ? 0 : layout.headerHeight);
  }
}
