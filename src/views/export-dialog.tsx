import * as React from 'react';
import { openDialog, panelOf } from './dialog';
import { captionOf, choicesOf } from './export-caption';
import { fileName, saveBytes } from './export-file';
import {
  type Background,
  type IPicture,
  type ISubject,
  pictureOf,
  setSize,
  svgText,
  titleOf
} from './export-picture';
import { pngOf } from './export-png';
import { CheckField, NumberField, SelectField } from './fields';
import { Segment } from './segment';
import type { IViewContext, View } from './view';
import { fixed } from './wording';

type Format = 'svg' | 'png';
type Size = 'screen' | 'double' | 'print';

interface IFigureSettings {
  readonly format: Format;
  readonly size: Size;
  /** Of `print`, mm. */
  readonly width: number;
  readonly background: Background;
  readonly title: boolean;
  readonly caption: boolean;
  readonly colourBars: boolean;
  readonly scaleBars: boolean;
}

/** Columns of most journals are 85 to 90 mm wide. */
let settings: IFigureSettings = {
  format: 'svg',
  size: 'screen',
  width: 85,
  background: 'white',
  title: true,
  caption: true,
  colourBars: true,
  scaleBars: true
};

const DPI = 300;
const MM = 25.4;
/** Pixels of a raster a CSS pixel in an SVG, which may be enlarged. */
const SVG_RATIO = 3;
const WHOLE = '';

/** What the dialog can save: views that have a picture, by name. */
export type Figures = Readonly<Record<string, View>>;

/** The views of a panel that can be saved now. */
export function figuresOf(views: Readonly<Record<string, View>>): Figures {
  return Object.fromEntries(
    Object.entries(views).filter(
      ([, view]) =>
        view.canDraw && view.height > 0 && view.headingText && view.picture
    )
  );
}

/**
 * Asks how a figure is to be saved and saves it.
 * @param first - the view that is chosen; '' for the whole panel.
 */
export function openExportDialog(
  context: IViewContext,
  opener: HTMLElement,
  views: Readonly<Record<string, View>>,
  first = WHOLE
): void {
  const label = context.trans.__('Export figure');
  openDialog(opener, label, close => (
    <ExportForm
      context={context}
      panel={panelOf(opener)}
      views={views}
      first={first}
      close={close}
    />
  ));
}

interface IFormProps {
  readonly context: IViewContext;
  readonly panel: HTMLElement;
  readonly views: Readonly<Record<string, View>>;
  readonly first: string;
  close(): void;
}

function ExportForm(props: IFormProps): JSX.Element {
  const { context, panel } = props;
  const { trans } = context;
  const figures = figuresOf(props.views);
  const [name, setName] = React.useState(props.first);
  const [chosen, setChosen] = React.useState(settings);
  const [error, setError] = React.useState('');
  const change = (part: Partial<IFigureSettings>): void => {
    settings = { ...settings, ...part };
    setChosen(settings);
  };
  const draw = (ratio: number): IPicture =>
    pictureOf(subjectOf(context, props.views, name), panel, {
      ...chosen,
      ratio,
      caption: chosen.caption ? captionFor(context, props.views[name]) : ''
    });
  const [preview, setPreview] = React.useState<IPicture | null>(null);
  React.useEffect(() => {
    setPreview(draw(window.devicePixelRatio || 1));
  }, [name, chosen]);
  const form = React.useRef<HTMLFormElement>(null);
  React.useEffect(() => form.current?.querySelector('select')?.focus(), []);
  const save = (): void => {
    const { title } = context.workspace;
    const file = `${fileName(title)}-${name || 'panel'}.${chosen.format}`;
    saveFigure(draw, chosen, file).then(props.close, reason =>
      setError(reason instanceof Error ? reason.message : String(reason))
    );
  };
  return (
    <form
      ref={form}
      className="jp-Eelscape-export"
      onSubmit={event => {
        event.preventDefault();
        save();
      }}
    >
      <h2>{trans.__('Export figure')}</h2>
      <div className="jp-Eelscape-exportFields">
        <SelectField
          label={trans.__('Figure')}
          title={trans.__('The views in sight, or all of them in their places')}
          value={name}
          choices={[
            [WHOLE, trans.__('Whole panel')],
            ...Object.entries(figures).map(
              ([id, view]) => [id, view.headingText] as const
            )
          ]}
          onChange={setName}
        />
        <div
          className="jp-Eelscape-field"
          title={trans.__(
            'SVG: lines and text can be edited, images are embedded. PNG: pixels'
          )}
        >
          <span>{trans.__('Format')}</span>
          <Segment
            label={trans.__('Format')}
            value={chosen.format}
            choices={[
              { value: 'svg', label: 'SVG' },
              { value: 'png', label: 'PNG' }
            ]}
            onChange={format => change({ format: format as Format })}
          />
        </div>
        <SelectField
          label={trans.__('Size')}
          title={trans.__('As on screen, or by the width in print')}
          value={chosen.size}
          choices={[
            ['screen', trans.__('1\u00d7 screen')],
            ['double', trans.__('2\u00d7 screen')],
            ['print', trans.__('300 dpi at a width')]
          ]}
          onChange={size => change({ size: size as Size })}
        />
        {chosen.size === 'print' && (
          <NumberField
            label={trans.__('Width')}
            units="mm"
            title={trans.__('Width of the figure in print, 20 to 1000 mm')}
            value={chosen.width}
            min={20}
            max={1000}
            step="any"
            onChange={width => change({ width })}
          />
        )}
        <SelectField
          label={trans.__('Background')}
          title={trans.__(
            'White draws in the colours of the light theme; the others keep the colours on screen'
          )}
          value={chosen.background}
          choices={[
            ['white', trans.__('white')],
            ['transparent', trans.__('transparent')],
            ['theme', trans.__('of the theme')]
          ]}
          onChange={background =>
            change({ background: background as Background })
          }
        />
        <CheckField
          label={trans.__('Words')}
          text={trans.__('Title')}
          title={trans.__('Write the title of the view over the figure')}
          value={chosen.title}
          onChange={title => change({ title })}
        />
        <CheckField
          label=""
          text={trans.__('Caption')}
          title={trans.__(
            'Write data, networks, split, seed, backend and version below the figure'
          )}
          value={chosen.caption}
          onChange={caption => change({ caption })}
        />
        <CheckField
          label={trans.__('Scales')}
          text={trans.__('Colour bars')}
          title={trans.__('Draw the bars that say what the colours mean')}
          value={chosen.colourBars}
          onChange={colourBars => change({ colourBars })}
        />
        <CheckField
          label=""
          text={trans.__('Scale bars')}
          title={trans.__('Draw the bars that say how long a length is')}
          value={chosen.scaleBars}
          onChange={scaleBars => change({ scaleBars })}
        />
      </div>
      <figure className={`jp-Eelscape-preview jp-mod-${chosen.background}`}>
        {preview && (
          <>
            <img
              alt={trans.__('The figure as it will be saved')}
              src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(preview))}`}
            />
            <figcaption>{sizeText(context, preview, chosen)}</figcaption>
          </>
        )}
      </figure>
      {error && <p role="alert">{error}</p>}
      <div className="jp-Eelscape-dialogButtons">
        <button
          type="button"
          className="jp-Eelscape-button"
          onClick={props.close}
        >
          {trans.__('Cancel')}
        </button>
        <button type="submit" className="jp-Eelscape-button jp-mod-main">
          {trans.__('Save')}
        </button>
      </div>
    </form>
  );
}

function subjectOf(
  context: IViewContext,
  views: Readonly<Record<string, View>>,
  name: string
): ISubject {
  if (name && views[name]) {
    return { views: [views[name]], title: titleOf(views[name]), whole: false };
  }
  const seen = Object.entries(views).filter(
    ([id, view]) =>
      view.canDraw && view.height > 0 && id !== 'data' && id !== 'setup'
  );
  return {
    views: seen.map(([, view]) => view),
    title: context.workspace.title,
    whole: true
  };
}

function captionFor(context: IViewContext, view: View | undefined): string {
  return [view ? choicesOf(view) : '', captionOf(context)]
    .filter(Boolean)
    .join('\n');
}

/** Pixels of the file a CSS pixel. */
function scaleOf(picture: IPicture, { size, width }: IFigureSettings): number {
  return size === 'print'
    ? ((width / MM) * DPI) / picture.width
    : size === 'double'
      ? 2
      : 1;
}

/** What will be saved, in numbers: pixels or millimetres, and how large the text becomes. */
function sizeText(
  context: IViewContext,
  picture: IPicture,
  chosen: IFigureSettings
): string {
  const { trans } = context;
  const scale = scaleOf(picture, chosen);
  const pixels = `${Math.round(picture.width * scale)} \u00d7 ${Math.round(picture.height * scale)} px`;
  if (chosen.size !== 'print') {
    return pixels;
  }
  const height = (chosen.width * picture.height) / picture.width;
  // Most text is 11 px high; a point is 1/72 inch.
  const points = (11 * 72 * chosen.width) / MM / picture.width;
  const millimetres = `${fixed(chosen.width, 0)} \u00d7 ${fixed(height, 0)} mm`;
  return [
    chosen.format === 'png' ? `${millimetres}, ${pixels}` : millimetres,
    trans.__('text %1 pt', fixed(points, 1))
  ].join(' \u00b7 ');
}

async function saveFigure(
  draw: (ratio: number) => IPicture,
  chosen: IFigureSettings,
  file: string
): Promise<void> {
  if (chosen.format === 'svg') {
    const picture = draw(SVG_RATIO);
    const scale = scaleOf(picture, chosen);
    if (chosen.size === 'print') {
      const height = (chosen.width * picture.height) / picture.width;
      setSize(picture.svg, `${chosen.width}mm`, `${height.toFixed(2)}mm`);
    } else {
      setSize(
        picture.svg,
        `${picture.width * scale}`,
        `${picture.height * scale}`
      );
    }
    saveBytes(svgText(picture), file, 'image/svg+xml');
    return;
  }
  const scale = scaleOf(draw(1), chosen);
  const picture = draw(scale);
  const dpi = chosen.size === 'print' ? DPI : null;
  saveBytes(await pngOf(picture, scale, dpi), file, 'image/png');
}
