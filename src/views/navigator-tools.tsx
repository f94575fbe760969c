import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { HeaderSelect } from './fields';
import {
  chooseEntry,
  type ILayerEntry,
  layerEntries,
  shownEntry,
  shownLayer
} from './navigator-layers';
import { Segment } from './segment';
import type { IViewContext } from './view';

export interface INavigatorToolsProps {
  readonly context: IViewContext;
  /** Width of the view, px. */
  readonly width: number;
  /** True where the residual map of the step being prepared is chosen. */
  readonly residual: boolean;
  setResidual(value: boolean): void;
}

/** Layer switch and opacity in the Navigator's header. */
export function NavigatorTools(props: INavigatorToolsProps): JSX.Element {
  const { context, width } = props;
  const { workspace, trans } = context;
  const { navigation } = workspace;
  const narrow = width < 460;
  const entries = layerEntries(context);
  // Many layers need the room of the slider.
  const slider = !narrow && width >= (entries.length > 4 ? 580 : 460);
  const choose = (value: string): void => {
    props.setResidual(value === 'residual');
    chooseEntry(context, value);
  };
  return (
    <>
      <LayerSwitch
        entries={entries}
        value={shownEntry(context, props.residual)}
        narrow={narrow}
        trans={trans}
        onChange={choose}
      />
      {slider && (
        <OpacitySlider
          trans={trans}
          value={navigation.opacity}
          disabled={['haadf', 'residual'].includes(
            shownLayer(context, props.residual)
          )}
          onChange={opacity => navigation.setOpacity(opacity)}
        />
      )}
    </>
  );
}

/**
 * Buttons; more than three models or components become a button and a list a kind. A narrow view
 * has room for one list only.
 */
function LayerSwitch(props: {
  entries: readonly ILayerEntry[];
  value: string;
  narrow: boolean;
  trans: TranslationBundle;
  onChange(value: string): void;
}): JSX.Element {
  const { entries, value, narrow, trans, onChange } = props;
  const label = trans.__('Layer');
  const own = entries.filter(entry => entry.group === 'own');
  const many = entries.length - own.length;
  if (narrow ? entries.length > 4 : own.length > 2 && many > 3) {
    return (
      <HeaderSelect
        label={label}
        value={value}
        choices={entries.map(entry => [entry.value, listLabel(entry, trans)])}
        onChange={onChange}
      />
    );
  }
  if (many <= 3) {
    return (
      <Segment
        label={label}
        value={value}
        choices={entries}
        onChange={onChange}
      />
    );
  }
  const groups = (['error', 'abundance'] as const).map(group => {
    const members = entries.filter(entry => entry.group === group);
    return {
      members,
      current: members.find(entry => entry.current) ?? members[0],
      single: members.length === 1,
      name: group === 'error' ? trans.__('Error') : trans.__('Abundance'),
      list:
        group === 'error'
          ? trans.__('Model of the error')
          : trans.__('Component of the abundance')
    };
  });
  const open = groups.find(
    group => !group.single && group.current?.value === value
  );
  return (
    <>
      <Segment
        label={label}
        value={value}
        choices={[
          ...own,
          ...groups
            .filter(group => group.members.length)
            .map(({ current, single, name }) =>
              single ? current : { ...current, label: name }
            )
        ]}
        onChange={onChange}
      />
      {open && (
        <HeaderSelect
          label={open.list}
          value={value}
          choices={open.members.map(entry => [entry.value, entry.short])}
          onChange={onChange}
        />
      )}
    </>
  );
}

/** A label that stands alone in a list. */
function listLabel(entry: ILayerEntry, trans: TranslationBundle): string {
  return entry.group === 'abundance'
    ? trans.__('Abundance %1', entry.label)
    : entry.label;
}

function OpacitySlider(props: {
  trans: TranslationBundle;
  value: number;
  disabled: boolean;
  onChange(value: number): void;
}): JSX.Element {
  return (
    <label className="jp-Eelscape-opacity">
      <span>{props.trans.__('Opacity')}</span>
      <input
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={props.value}
        disabled={props.disabled}
        onChange={event => props.onChange(Number(event.target.value))}
      />
    </label>
  );
}
