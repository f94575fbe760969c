import * as React from 'react';
import type { ICandidate } from '../../model/explorer/inverse-types';
import type { IRect } from '../layout';
import { Clip } from '../marks/clip';
import { drawNote, wrapText } from '../marks/note';
import type { IPalette } from '../marks/palette';
import { Surface } from '../marks/surface';
import { ModelView } from '../model-view';
import { slotTitle } from '../slots';
import type { ITable } from '../table';
import { type IViewContext, Rendering } from '../view';
import { percent } from '../wording';
import { candidateText, InverseForm, InverseTools } from './inverse-controls';
import {
  drawInversePlot,
  drawPeakHandles,
  drawPen,
  drawStructures,
  type IInverseLayout,
  inverseLayout,
  type IInversePlot,
  peakHandles
} from './inverse-drawing';
import { InverseInput } from './inverse-input';

/** Height of the line of controls, and of a row of the list of peaks, px. */
const LINE = 27;
const ROW = 23;
const MOST_ROWS = 5;

/** Inverse design: from a wanted spectrum to structures. */
export class InverseView extends ModelView {
  constructor(context: IViewContext) {
    super(context, {
      name: 'inverse',
      title: slotTitle('inverse', context.trans),
      tools: () => <InverseTools context={context} />
    });
    const { trans, workspace } = context;
    const { data, models, navigation, explorer, training } = workspace;
    this.addClass('jp-Eelscape-inverse');
    this._surface = new Surface(this.body.node);
    this._clip = new Clip(this._surface.svg);
    this.makeApplication(
      trans.__('Target spectrum and the structures found for it'),
      trans.__(
        'Enter searches. Left and right arrow move along the spectrum, with Shift by ten channels; up and down arrow raise and lower it there, with Shift by more. 1 to 4 choose a structure, Shift Enter moves the pointer to its nearest window, Escape cancels the search or clears the choice.'
      )
    );
    this._form = new Rendering('jp-Eelscape-inverseForm', () => (
      <InverseForm context={context} energy={context.shown.energy()} />
    ));
    this.addWidget(this._form);
    this._input = new InverseInput(this.body.node, context, {
      plot: () => this._plot,
      layout: () => this._places,
      energy: () => context.shown.energy(),
      drafted: curve => {
        this._draft = curve;
        this.redraw();
      },
      penMoved: () => this.redraw(),
      hovered: (event, tile) => this._hover(event, tile),
      go: () => this._go()
    });
    explorer.inverse.changed.connect(this._inverseChanged, this);
    explorer.pins.changed.connect(this.refresh, this);
    explorer.display.changed.connect(this.refresh, this);
    navigation.displayChanged.connect(this.refresh, this);
    models.itemsChanged.connect(this.refresh, this);
    models.activeChanged.connect(this.refresh, this);
    training.changed.connect(this._trainingMoved, this);
    data.pairChanged.connect(this.refresh, this);
  }

  dispose(): void {
    this._input.dispose();
    super.dispose();
  }

  /** Rings stay only as long as the view that tells what they are. */
  place(rect: IRect | null, headerHeight?: number): void {
    const { highlight } = this.context;
    const pixels = this._chosen?.pixels ?? [];
    if (rect && this.isHidden) {
      highlight.set(pixels);
    } else if (!rect && highlight.pixels.join() === pixels.join()) {
      highlight.set([]);
    }
    super.place(rect, headerHeight);
  }

  get picture(): Surface {
    return this._surface;
  }

  table(): ITable | null {
    const { shown, workspace, trans } = this.context;
    const { target, candidates } = workspace.explorer.inverse;
    const energy = shown.energy();
    if (!target || !energy) {
      return null;
    }
    const units = shown.pair?.spectraUnits;
    const named = (name: string): string =>
      units ? `${name} (${units})` : name;
    return {
      title: trans.__('Target and decoded spectra'),
      columns: [
        energy.title,
        named(trans.__('Target')),
        ...candidates.map((_, i) => named(trans.__('Decoded %1', i + 1)))
      ],
      rows: Array.from(target, (value, i) => [
        energy.position(i),
        value,
        ...candidates.map(({ decoded }) => decoded[i])
      ])
    };
  }

  protected describe(): void {
    const { shown, workspace } = this.context;
    const { model } = workspace.explorer.inverse;
    this.subtitle = model ? shown.labelOf(model) : '';
  }

  protected draw(palette: IPalette): void {
    const { shown, workspace, trans } = this.context;
    const { inverse } = workspace.explorer;
    const energy = shown.energy();
    const canvas = this._surface.begin(this.width, this.height);
    this._surface.clear();
    this._plot = null;
    this._places = null;
    const missing = this.showMissing(!inverse.model || !energy);
    this._form.setHidden(missing);
    if (missing || !energy) {
      return;
    }
    this._form.update();
    const rows =
      inverse.source === 'peaks'
        ? Math.min(MOST_ROWS, inverse.peaks.length + 2)
        : 0;
    const top = LINE + ROW * rows + (rows ? 4 : 0);
    this._form.node.style.top = `${this.heading!.node.offsetHeight}px`;
    this._form.node.style.maxHeight = `${top}px`;
    const layout = inverseLayout(this.width, this.height, top);
    this._places = layout;
    const plot = drawInversePlot(
      this._surface,
      this._clip,
      this.context,
      energy,
      palette,
      layout.plot,
      this._draft
    );
    this._plot = plot;
    const target = this._draft ?? inverse.target;
    const handles = this._surface.group('handles');
    drawPeakHandles(handles, peakHandles(this.context, plot));
    if (this._input.pen >= 0 && target && inverse.source !== 'peaks') {
      drawPen(handles, plot, energy, this._input.pen, target);
    }
    drawStructures(this._surface, canvas, this.context, layout);
    if (inverse.candidates.length === 0 && !inverse.busy) {
      const words =
        inverse.blocked ||
        trans.__(
          'Search finds the structures whose decoded spectrum comes nearest to the target. Drag in the plot to draw another target.'
        );
      drawNote(
        this._surface.group('empty'),
        wrapText(words, this.width - 32, 4).map(text => ({
          text,
          warning: false
        })),
        layout.tiles.left,
        layout.tiles.top
      );
    }
  }

  /** What is chosen shows in all views: its windows on the scan, its latents as the cursor. */
  private _inverseChanged(): void {
    const { workspace, highlight } = this.context;
    const { inverse } = workspace.explorer;
    const chosen = inverse.candidates[inverse.chosen] ?? null;
    if (chosen !== this._chosen) {
      this._chosen = chosen;
      highlight.set(chosen?.pixels ?? []);
      const { models, navigation } = workspace;
      if (chosen && models.active === inverse.model && models.grid) {
        const [a, b] = models.grid.axes;
        navigation.setLatentCursor(chosen.latents[a], chosen.latents[b]);
      }
    }
    this.refresh();
  }

  /** Whether the network still trains changes what can be searched. */
  private _trainingMoved(): void {
    const { blocked } = this.context.workspace.explorer.inverse;
    if (blocked !== this._blocked) {
      this._blocked = blocked;
      this.refresh();
    }
  }

  private _hover(event: PointerEvent, tile: number): void {
    const { workspace, tooltip, highlight, trans } = this.context;
    const { candidates, image, searched } = workspace.explorer.inverse;
    const candidate = candidates[tile];
    highlight.set((candidate ?? this._chosen)?.pixels ?? []);
    if (candidate) {
      tooltip.show(event.clientX, event.clientY, [
        candidateText(this.context, candidate),
        trans.__(
          'Mean of the %1 nearest windows, ringed in the Navigator; spread %2 of full scale',
          candidate.pixels.length,
          percent(candidate.spread)
        ),
        trans.__('Click: choose. Double-click: move the pointer there.')
      ]);
    } else if (tile >= 0 && image && searched && tile >= 4) {
      tooltip.show(event.clientX, event.clientY, [
        trans.__('Image that spec2im %1 predicts for the target', image.label)
      ]);
    } else {
      tooltip.hide();
    }
  }

  private _go(): void {
    const { workspace, shown } = this.context;
    const nx = shown.pair?.nx ?? 0;
    const pixel = this._chosen?.pixels[0];
    if (pixel !== undefined && nx > 0) {
      workspace.navigation.setPointer(Math.floor(pixel / nx), pixel % nx);
    }
  }

  private _surface: Surface;
  private _clip: Clip;
  private _form: Rendering;
  private _input: InverseInput;
  private _plot: IInversePlot | null = null;
  private _places: IInverseLayout | null = null;
  /** What is being drawn. */
  private _draft: Float32Array | null = null;
  private _chosen: ICandidate | null = null;
  private _blocked = '';
}
