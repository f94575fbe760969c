import { closeIcon, type LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IRegion } from '../../model/types';
import type { IPair, RegionKind } from '../../signal/types';
import { FormSection } from '../form-section';
import type { IViewContext } from '../view';
import { grouped, valueText } from '../wording';
import { regionIcons } from './region-icons';

/** The tools that draw regions, and what each region holds. */
export function RegionsSection({
  context,
  pair
}: {
  context: IViewContext;
  pair: IPair;
}): JSX.Element {
  const { workspace, shown, trans } = context;
  const { regions } = workspace;
  const items = regions.items;
  return (
    <FormSection
      title={trans.__('Regions')}
      summary={items.length ? String(items.length) : undefined}
    >
      <RegionTools context={context} />
      {items.length ? (
        <>
          <p className="jp-Eelscape-note">
            {trans.__(
              'Mean ± standard error over pixels, %1',
              shown.energyText()
            )}
          </p>
          <ul className="jp-Eelscape-items" aria-label={trans.__('Regions')}>
            {items.map(region => (
              <Region
                key={region.name}
                region={region}
                pair={pair}
                context={context}
              />
            ))}
          </ul>
        </>
      ) : (
        <p className="jp-Eelscape-note">
          {trans.__(
            'No regions. Choose a shape, then drag in Navigator; a polygon takes a click for each corner.'
          )}
        </p>
      )}
    </FormSection>
  );
}

function RegionTools({ context }: { context: IViewContext }): JSX.Element {
  const { workspace, trans } = context;
  const { regions } = workspace;
  const tools: readonly [RegionKind | null, LabIcon, string, string][] = [
    [
      null,
      regionIcons.pointer,
      trans.__('Pointer'),
      trans.__('Drags move the pointer, and regions')
    ],
    [
      'rectangle',
      regionIcons.rectangle,
      trans.__('Rectangle'),
      trans.__('Draw a rectangle: drag from corner to corner')
    ],
    [
      'ellipse',
      regionIcons.ellipse,
      trans.__('Ellipse'),
      trans.__('Draw an ellipse: drag across its box')
    ],
    [
      'polygon',
      regionIcons.polygon,
      trans.__('Polygon'),
      trans.__('Draw a polygon: click its corners, then the first again')
    ]
  ];
  return (
    <div
      className="jp-Eelscape-segment jp-mod-icons"
      role="group"
      aria-label={trans.__('Tool in Navigator')}
    >
      {tools.map(([tool, Icon, label, title]) => (
        <button
          key={label}
          type="button"
          aria-label={label}
          aria-pressed={regions.tool === tool}
          title={title}
          onClick={() => regions.setTool(tool)}
        >
          <Icon.react tag="span" />
        </button>
      ))}
    </div>
  );
}

function Region(props: {
  region: IRegion;
  pair: IPair;
  context: IViewContext;
}): JSX.Element {
  const { region, pair, context } = props;
  const { workspace, shown, trans } = context;
  const { regions } = workspace;
  const { value, error } = shown.regionIntensity(region);
  const selected = regions.selected === region.name;
  const Icon = regionIcons[region.kind];
  const kinds: Record<RegionKind, string> = {
    rectangle: trans.__('rectangle'),
    ellipse: trans.__('ellipse'),
    polygon: trans.__('polygon')
  };
  return (
    <li
      className="jp-Eelscape-regionRow"
      data-selected={selected}
      onClick={() => regions.select(region.name)}
    >
      <button
        type="button"
        className="jp-Eelscape-iconButton"
        aria-pressed={selected}
        aria-label={trans.__('Select %1, %2', region.name, kinds[region.kind])}
        title={trans.__('Select this %1', kinds[region.kind])}
        onClick={event => {
          event.stopPropagation();
          regions.select(selected ? null : region.name);
        }}
        style={{
          color: `var(--eelscape-region-${shown.regionStyle(region.name) + 1}, currentColor)`
        }}
      >
        <Icon.react tag="span" />
      </button>
      <NameInput
        name={region.name}
        label={trans.__('Name of %1', region.name)}
        rename={name => regions.rename(region.name, name)}
      />
      <span
        className="jp-Eelscape-dim"
        title={trans.__('Unmasked pixels inside')}
      >
        {trans.__('%1 px', grouped(region.pixels))}
      </span>
      <button
        type="button"
        className="jp-Eelscape-iconButton"
        aria-label={trans.__('Remove %1', region.name)}
        title={trans.__('Remove this region')}
        onClick={event => {
          event.stopPropagation();
          regions.remove(region.name);
        }}
      >
        <closeIcon.react tag="span" />
      </button>
      <span className="jp-Eelscape-regionValue">
        {Number.isFinite(value)
          ? valueText(value, error, pair.spectraUnits)
          : trans.__('no unmasked pixel')}
      </span>
    </li>
  );
}

/** The name, rewritten in place; takes effect on Enter or when it is left. */
function NameInput(props: {
  name: string;
  label: string;
  rename(name: string): void;
}): JSX.Element {
  const [text, setText] = React.useState<string | null>(null);
  const commit = (): void => {
    const name = text?.trim();
    if (name && name !== props.name) {
      props.rename(name);
    }
    setText(null);
  };
  return (
    <input
      className="jp-Eelscape-name"
      aria-label={props.label}
      value={text ?? props.name}
      maxLength={40}
      onChange={event => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          commit();
        } else if (event.key === 'Escape') {
          setText(null);
        }
      }}
    />
  );
}
