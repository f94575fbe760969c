import * as React from 'react';
import { ColourKey } from './colour-key';
import { HeaderSelect } from './fields';
import { colourChoices, scaleEnds } from './latent-colours';
import type { ILayerPicture } from './navigator-layers';
import type { IViewContext } from './view';
import { latentName } from './wording';

/** Names that a header has room for: more are read from the map and the tooltip. */
const MOST_NAMES = 4;

/** The two latents along the axes, to be chosen; nothing where there are no more than two. */
export function AxesChoice(props: {
  context: IViewContext;
}): JSX.Element | null {
  const { shown, trans, workspace } = props.context;
  const grid = shown.grid;
  if (!grid || grid.ranges.length <= 2) {
    return null;
  }
  const [a, b] = grid.axes;
  const names = grid.ranges.map((_, i) => [String(i), latentName(i)] as const);
  return (
    <>
      <HeaderSelect
        label={trans.__(
          'Latent along x; those that are not shown are held at the values of the pointer'
        )}
        value={String(a)}
        choices={names}
        onChange={value => workspace.models.setAxes(Number(value), b)}
      />
      <HeaderSelect
        label={trans.__(
          'Latent along y; those that are not shown are held at the values of the pointer'
        )}
        value={String(b)}
        choices={names}
        onChange={value => workspace.models.setAxes(a, Number(value))}
      />
    </>
  );
}

/** What colours the points, to be chosen. */
export function ColourChoice(props: {
  context: IViewContext;
  value: string;
  onChange(value: string): void;
}): JSX.Element {
  const { context, value } = props;
  const choices = colourChoices(context);
  return (
    <HeaderSelect
      label={context.trans.__('Colour of the points')}
      value={choices.some(([name]) => name === value) ? value : 'error'}
      choices={choices}
      onChange={props.onChange}
    />
  );
}

/** A small bar with its ends, or the names of groups in their colours. */
export function PointKey(props: {
  colours: ILayerPicture;
}): JSX.Element | null {
  const { colours } = props;
  const { categories } = colours;
  if (typeof colours.colours === 'string') {
    const [low, high] = scaleEnds(colours);
    return <ColourKey colours={colours.colours} low={low} high={high} />;
  }
  return categories && categories.length <= MOST_NAMES ? (
    <span className="jp-Eelscape-key jp-Eelscape-names">
      {categories.map(({ name, colour }) => (
        <span key={name}>
          <span
            className="jp-Eelscape-nameColour"
            style={{ backgroundColor: colour }}
          />
          {name}
        </span>
      ))}
    </span>
  ) : null;
}
