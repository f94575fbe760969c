import { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { HeaderSelect } from './fields';
import {
  chooseEntry,
  type ILayerEntry,
  layerEntries,
  listLabel,
  shownEntry
} from './navigator-entries';
import { shownLayer } from './navigator-layers';
import { Segment } from './segment';
import type { IViewContext } from './view';

const displayIcon = new LabIcon({
  name: 'eelscape:display',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M8 2.4a5.6 5.6 0 0 1 0 11.2z" fill="currentColor"/></svg>'
});

export interface INavigatorToolsProps {
  readonly context: IViewContext;
  /** Width of the view, px. */
  readonly width: number;
  /** True where the residual map of the step being prepared is chosen. */
  readonly residual: boolean;
  setResidual(value: boolean): void;
  /** Opens or closes the display settings below a button. */
  openDisplay(opener: HTMLElement): void;
}

/** Layer switch, opacity and display settings in the Navigator's header. */
export function NavigatorTools(props: INavigatorToolsProps): JSX.Element {
  const { context, width } = props;
  const { workspace, trans } = context;
  const { navigation } = workspace;
  const entries = layerEntries(context);
  const room = width - (context.mode() === 'sections' ? SECTION_TITLE : 0);
  const shown = switchOf(entries, room);
  const free = room - switchWidth(shown) - BESIDE;
  const choose = (value: string): void => {
    props.setResidual(value === 'residual');
    chooseEntry(context, value);
  };
  return (
    <>
      <LayerSwitch
        entries={shown}
        value={shownEntry(context, props.residual)}
        context={context}
        onChange={choose}
      />
      {free > 66 && (
        <label
          className="jp-Eelscape-opacity"
          title={trans.__('Opacity of the layer over the HAADF image')}
        >
          <span className={free > 138 ? '' : 'jp-Eelscape-hiddenText'}>
            {trans.__('Opacity')}
          </span>
          <input
            type="range"
            min={0}
            max={1}
            step={0.05}
            value={navigation.opacity}
            disabled={['haadf', 'residual'].includes(
              shownLayer(context, props.residual)
            )}
            onChange={event =>
              navigation.setOpacity(Number(event.target.value))
            }
          />
        </label>
      )}
      <button
        type="button"
        className="jp-Eelscape-tool jp-mod-icon"
        title={trans.__(
          'Colours, contrast, zoom and the size of the pointer (C)'
        )}
        aria-label={trans.__('Display')}
        aria-haspopup="dialog"
        data-eelscape-display=""
        onClick={event => props.openDisplay(event.currentTarget)}
      >
        <displayIcon.react tag="span" />
      </button>
    </>
  );
}

/** Width of the list of more layers, px. */
const MORE = 82;

/** How the layers are offered. */
interface ISwitch {
  readonly buttons: readonly ILayerEntry[];
  /** Layers in a list behind the buttons; each list stands for one kind. */
  readonly groups: readonly {
    readonly kind: 'error' | 'abundance';
    readonly members: readonly ILayerEntry[];
  }[];
  readonly more: readonly ILayerEntry[];
}

/** Room that the title, the buttons behind the layers and the gaps between them need, px. */
const BESIDE = 146;
/** What the title of a section needs beyond that, px. */
const SECTION_TITLE = 36;

/**
 * Buttons; more than three models or components become a button and a list a kind, and what a
 * trained model adds is a list. A narrow view has room for one list only.
 */
function switchOf(entries: readonly ILayerEntry[], width: number): ISwitch {
  const of = (group: ILayerEntry['group']): ILayerEntry[] =>
    entries.filter(entry => entry.group === group);
  const own = of('own');
  const more = of('more');
  const kinds = (['error', 'abundance'] as const).map(kind => ({
    kind,
    members: of(kind)
  }));
  const many = kinds.reduce((sum, { members }) => sum + members.length, 0);
  const flat = { buttons: entries.filter(e => e.group !== 'more'), groups: [] };
  const folded = { buttons: own, groups: kinds.filter(k => k.members.length) };
  for (const way of many > 3 ? [folded] : [flat, folded]) {
    if (switchWidth({ ...way, more }) + BESIDE <= width) {
      return { ...way, more };
    }
  }
  return { buttons: [], groups: [], more: entries };
}

/** Width of a switch, px: letters of 12 px are up to 6.8 px wide, by the font. */
function switchWidth({ buttons, groups, more }: ISwitch): number {
  const labels = [
    ...buttons.map(({ label }) => label),
    ...groups.map(({ kind, members }) =>
      members.length === 1 ? members[0].label : kind
    )
  ];
  const list = groups.some(({ members }) => members.length > 1) ? 52 : 0;
  return (
    labels.reduce((sum, label) => sum + 15 + 6.8 * label.length, 0) +
    list +
    (more.length ? MORE + 8 : 0)
  );
}

function LayerSwitch(props: {
  entries: ISwitch;
  value: string;
  context: IViewContext;
  onChange(value: string): void;
}): JSX.Element {
  const { entries, value, context, onChange } = props;
  const { trans } = context;
  const { buttons, more } = entries;
  const label = trans.__('Layer');
  if (!buttons.length) {
    return (
      <HeaderSelect
        label={label}
        value={value}
        choices={more.map(entry => [entry.value, listLabel(entry, context)])}
        onChange={onChange}
      />
    );
  }
  const groups = entries.groups.map(({ kind, members }) => ({
    members,
    current: members.find(entry => entry.current) ?? members[0],
    single: members.length === 1,
    name: kind === 'error' ? trans.__('Error') : trans.__('Abundance'),
    list:
      kind === 'error'
        ? trans.__('Model of the error')
        : trans.__('Component of the abundance')
  }));
  const open = groups.find(
    ({ single, members }) =>
      !single && members.some(entry => entry.value === value)
  );
  const other = more.some(entry => entry.value === value);
  return (
    <>
      <Segment
        label={label}
        value={value}
        choices={[
          ...buttons,
          ...groups.map(({ current, single, name }) =>
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
      {more.length > 0 && (
        <span
          className={`jp-Eelscape-moreLayers${other ? ' jp-mod-chosen' : ''}`}
        >
          <HeaderSelect
            label={trans.__('More layers')}
            value={other ? value : ''}
            choices={[
              ...(other ? [] : [['', trans.__('More')] as const]),
              ...more.map(entry => [entry.value, entry.label] as const)
            ]}
            onChange={chosen => chosen && onChange(chosen)}
          />
        </span>
      )}
    </>
  );
}
