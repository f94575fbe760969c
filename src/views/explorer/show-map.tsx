import * as React from 'react';
import type { Layer } from '../../model/types';
import type { IViewContext } from '../view';

/** Shows a layer over the image in the navigator, or the image alone again. */
export function ShowMap({
  context: { trans, workspace },
  layer
}: {
  context: IViewContext;
  layer: Layer;
}): JSX.Element {
  const { navigation } = workspace;
  const shown = navigation.layer === layer;
  return (
    <button
      type="button"
      className="jp-Eelscape-button jp-Eelscape-showMap"
      aria-pressed={shown}
      title={trans.__('Show the map over the image in the navigator')}
      onClick={() => navigation.setLayer(shown ? 'haadf' : layer)}
    >
      {trans.__('Map')}
    </button>
  );
}
