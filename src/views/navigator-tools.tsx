import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ITrainedModel, Layer } from '../model/types';
import { Segment } from './segment';
import type { IViewContext } from './view';

/** The layer that can be drawn: errors need a model. */
export function shownLayer({ shown, workspace }: IViewContext): Layer {
  const layer = workspace.navigation.layer;
  return layer === 'error' && !shown.active ? 'haadf' : layer;
}

/** The last `count` models, the active one among them. */
function listed(
  models: readonly ITrainedModel[],
  active: ITrainedModel | null,
  count: number
): readonly ITrainedModel[] {
  const last = models.slice(-count);
  return !active || last.includes(active)
    ? last
    : [active, ...models.slice(1 - count)];
}

/** Layer switch and opacity in the Navigator's header of a view of `width` px. */
export function NavigatorTools({
  context,
  width
}: {
  context: IViewContext;
  width: number;
}): JSX.Element {
  const { shown, workspace, trans } = context;
  const { navigation, models } = workspace;
  const layer = shownLayer(context);
  const narrow = width < 460;
  const list = listed(shown.models, shown.active, narrow ? 2 : 3);
  const active = shown.active;
  const value = layer === 'error' && active ? `error:${active.id}` : layer;
  return (
    <>
      <Segment
        label={trans.__('Layer')}
        value={value}
        choices={[
          {
            value: 'haadf',
            label: trans.__('HAADF'),
            title: trans.__('The image alone (1)')
          },
          {
            value: 'energy',
            label: trans.__('Energy map'),
            title: trans.__('Mean intensity in the energy range (2)')
          },
          ...list.map(model => ({
            value: `error:${model.id}`,
            label: trans.__('Error %1', shown.labelOf(model)),
            title: trans.__('Relative error of each window (3)')
          }))
        ]}
        onChange={choice => {
          if (choice.startsWith('error:')) {
            models.activate(choice.slice(6));
            navigation.setLayer('error');
          } else {
            navigation.setLayer(choice as Layer);
          }
        }}
      />
      {!narrow && (
        <OpacitySlider
          trans={trans}
          value={navigation.opacity}
          disabled={layer === 'haadf'}
          onChange={opacity => navigation.setOpacity(opacity)}
        />
      )}
    </>
  );
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
