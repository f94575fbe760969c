import * as React from 'react';
import type { ColourMap, ILimitsChoice } from '../model/types';
import { RangeField, SelectField } from './fields';
import { SHARES } from './layer-limits';
import { LimitsHistogram } from './limits-histogram';
import type { ColourName } from './marks/colour-table';
import type { ILayerPicture } from './navigator-layers';
import { Segment } from './segment';
import type { IViewContext } from './view';

export interface INavigatorDisplayProps {
  readonly context: IViewContext;
  /** The layer; null where the image is shown alone. */
  readonly layer: ILayerPicture | null;
  readonly image: ILayerPicture;
  readonly zoom: number;
  zoomBy(factor: number): void;
  fit(): void;
}

/** Largest pointer that the choice offers, pixels. */
const POINTER_SIZES = [1, 3, 5, 7, 9, 11, 13, 15];

/** Colours, contrast, opacity, zoom and the size of the pointer: what the Display button opens. */
export function NavigatorDisplay(props: INavigatorDisplayProps): JSX.Element {
  const { context, layer, image, zoom } = props;
  const { trans, workspace } = context;
  const { navigation } = workspace;
  const [chosen, choose] = React.useState<'layer' | 'image'>('layer');
  const picture = layer && chosen === 'layer' ? layer : image;
  const factor = Number(zoom.toPrecision(2));
  return (
    <>
      {layer && (
        <Segment
          label={trans.__('Picture')}
          value={chosen}
          choices={[
            { value: 'layer', label: trans.__('Layer') },
            { value: 'image', label: trans.__('HAADF') }
          ]}
          onChange={value => choose(value as 'layer' | 'image')}
        />
      )}
      <div className="jp-Eelscape-popoverTitle">{picture.title}</div>
      {!picture.categories && (
        <Contrast key={picture.look} context={context} picture={picture} />
      )}
      {layer && !layer.opaque && (
        <OpacityField
          label={trans.__('Opacity')}
          title={trans.__('Opacity of the layer over the HAADF image')}
          value={navigation.opacity}
          onChange={opacity => navigation.setOpacity(opacity)}
        />
      )}
      <hr />
      <div className="jp-Eelscape-field">
        <span>{trans.__('Zoom')}</span>
        <span className="jp-Eelscape-zoom">
          <button
            type="button"
            className="jp-Eelscape-button"
            title={trans.__('Show more of the scan (-)')}
            aria-label={trans.__('Zoom out')}
            disabled={zoom === 1}
            onClick={() => props.zoomBy(0.5)}
          >
            {'\u2212'}
          </button>
          <span role="status">{`${factor} \u00d7`}</span>
          <button
            type="button"
            className="jp-Eelscape-button"
            title={trans.__('Magnify the scan at the pointer (+)')}
            aria-label={trans.__('Zoom in')}
            onClick={() => props.zoomBy(2)}
          >
            +
          </button>
          <button
            type="button"
            className="jp-Eelscape-button"
            title={trans.__('Show the whole scan (0)')}
            disabled={zoom === 1}
            onClick={() => props.fit()}
          >
            {trans.__('Fit')}
          </button>
        </span>
      </div>
      <SelectField
        label={trans.__('Pointer')}
        title={trans.__(
          'Spectra at the pointer are the mean of this many pixels (, and .)'
        )}
        value={String(navigation.pointerSize)}
        choices={POINTER_SIZES.map(size => [
          String(size),
          trans.__('%1 \u00d7 %1 px', size)
        ])}
        onChange={size => navigation.setPointerSize(Number(size))}
      />
    </>
  );
}

/** Colour map and the ends of the colours, as percentiles or as values. */
function Contrast({
  context,
  picture
}: {
  context: IViewContext;
  picture: ILayerPicture;
}): JSX.Element {
  const { trans, workspace } = context;
  const { navigation } = workspace;
  const { factor, units, low, high } = picture;
  const look = navigation.look(picture.look);
  const by = look.limits?.by ?? 'percentile';
  const set = (limits: ILimitsChoice | null): void =>
    navigation.setLook(picture.look, { limits });
  const inUnits = (value: number): number =>
    Number((factor * value).toPrecision(4));
  const shares = look.limits?.by === 'percentile' ? look.limits : null;
  const ends: readonly [number, number] =
    by === 'value'
      ? [inUnits(low), inUnits(high)]
      : [shares?.low ?? SHARES[0], shares?.high ?? SHARES[1]];
  const names: Record<ColourMap, string> = {
    grey: trans.__('Grey'),
    viridis: trans.__('Viridis'),
    magma: trans.__('Magma'),
    cividis: trans.__('Cividis'),
    diverging: trans.__('Blue \u2013 red, about 0')
  };
  return (
    <>
      <SelectField
        label={trans.__('Colours')}
        title={trans.__('Colour map of the picture')}
        value={picture.colours as ColourName}
        choices={Object.entries(names)}
        onChange={colours =>
          navigation.setLook(picture.look, { colours: colours as ColourMap })
        }
      />
      <LimitsHistogram
        label={trans.__(
          'Histogram of %1; colours from %2 to %3',
          picture.title,
          picture.text(low),
          picture.text(high)
        )}
        values={picture.values}
        colours={picture.colours as ColourName}
        low={low}
        high={high}
        onChange={(from, to) => set({ by: 'value', low: from, high: to })}
      />
      <SelectField
        label={trans.__('Contrast')}
        title={trans.__('How the ends of the colours are given')}
        value={by}
        choices={[
          ['percentile', trans.__('Percentiles')],
          ['value', trans.__('Values')]
        ]}
        onChange={value =>
          set(
            value === 'value'
              ? { by: 'value', low, high }
              : { by: 'percentile', low: SHARES[0], high: SHARES[1] }
          )
        }
      />
      <RangeField
        label={trans.__('From, to')}
        units={by === 'value' ? units : '%'}
        title={
          by === 'value'
            ? trans.__('Values with the first and the last colour')
            : trans.__('Shares of the values below the two ends of the colours')
        }
        values={ends}
        ends={[trans.__('lowest'), trans.__('highest')]}
        step="any"
        min={by === 'value' ? undefined : 0}
        max={by === 'value' ? undefined : 100}
        onChange={(end, value) => {
          const next = [...ends] as [number, number];
          next[end] = value ?? ends[end];
          if (next[0] < next[1]) {
            const scale = by === 'value' ? factor : 1;
            set({ by, low: next[0] / scale, high: next[1] / scale });
          }
        }}
      />
      <button
        type="button"
        className="jp-Eelscape-button"
        title={trans.__('The colours of the layer, from 2 to 98 %')}
        disabled={!look.colours && !look.limits}
        onClick={() =>
          navigation.setLook(picture.look, { colours: null, limits: null })
        }
      >
        {trans.__('Reset colours')}
      </button>
    </>
  );
}

function OpacityField(props: {
  label: string;
  title: string;
  value: number;
  onChange(value: number): void;
}): JSX.Element {
  const id = React.useId();
  return (
    <div className="jp-Eelscape-field" title={props.title}>
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={props.value}
        onChange={event => props.onChange(Number(event.target.value))}
      />
    </div>
  );
}
