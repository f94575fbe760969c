import type { TranslationBundle } from '@jupyterlab/translation';
import { DataView } from './data/data-view';
import { ErrorMap } from './error-map';
import { ClustersView } from './explorer/clusters-view';
import { DistributionsView } from './explorer/distributions-view';
import { ErrorsView } from './explorer/errors-view';
import { InverseView } from './explorer/inverse-view';
import { PinsView } from './explorer/pins-view';
import { StudyView } from './explorer/study-view';
import { TransferView } from './explorer/transfer-view';
import { VeracityView } from './explorer/veracity-view';
import { LatentGrid } from './latent-grid';
import { LatentPlot } from './latent-plot';
import { FORM_WIDTH, type ILayout, type ViewName } from './layout';
import { Navigator } from './navigator';
import { Readout } from './readout';
import { SetupView } from './setup-view';
import { SignalPlot } from './signal-plot';
import { TrainingPlot } from './training-plot';
import {
  type ISlots,
  SLOT_VIEWS,
  type SlotName,
  slotTitle,
  type SlotView
} from './slots';
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
  readonly pins: PinsView;
  readonly errors: ErrorsView;
  readonly distributions: DistributionsView;
  readonly clusters: ClustersView;
  readonly veracity: VeracityView;
  readonly study: StudyView;
  readonly transfer: TransferView;
  readonly inverse: InverseView;
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
    training: new TrainingPlot(context),
    pins: new PinsView(context),
    errors: new ErrorsView(context),
    distributions: new DistributionsView(context),
    clusters: new ClustersView(context),
    veracity: new VeracityView(context),
    study: new StudyView(context),
    transfer: new TransferView(context),
    inverse: new InverseView(context)
  };
}

/** What placing the views needs beside the layout. */
export interface IPlacing {
  /** Sections that are open. */
  readonly open: ReadonlySet<ViewName>;
  /** Tools of the Latent section, which holds the squares too. */
  readonly latentTools: () => JSX.Element;
  toggleSection(name: ViewName): void;
  /** The views in the two places whose view is chosen. */
  readonly slots: ISlots;
  choose(slot: SlotName, name: SlotView): void;
}

/** Gives every view its place in the layout. */
export function placeViews(
  views: Views,
  layout: ILayout,
  placing: IPlacing,
  trans: TranslationBundle
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
  views.latent.across = layout.latentAcross;
  const choices = SLOT_VIEWS.map(
    name => [name, slotTitle(name, trans)] as const
  );
  for (const name of SLOT_VIEWS) {
    const slot = (['upper', 'lower'] as const).find(
      place => placing.slots[place] === name
    );
    views[name].setChoice(
      slot && !sections
        ? {
            choices,
            choose: chosen => placing.choose(slot, chosen as SlotView)
          }
        : null
    );
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
