import * as React from 'react';
import { ColourKey } from './colour-key';
import { HeaderSelect } from './fields';
import type { IViewContext } from './view';

/** Nodes on a side and windows of a mean that are offered. */
const SIZES = [8, 12, 16, 24, 32];
const MEANS = [1, 3, 5, 10];

/** Nodes of the latent grid, to be chosen. */
export function GridSize({ context }: { context: IViewContext }): JSX.Element {
  const { shown, trans, workspace } = context;
  const size = shown.grid?.size ?? SIZES[0];
  return (
    <HeaderSelect
      label={trans.__('Nodes of the latent grids, along x and y')}
      value={String(size)}
      choices={withValue(SIZES, size).map(
        n => [String(n), `${n} \u00d7 ${n}`] as const
      )}
      onChange={value => workspace.models.setGridSize(Number(value))}
    />
  );
}

/** Windows that a node of the back-projection is the mean of, to be chosen. */
export function NearestWindows({
  context
}: {
  context: IViewContext;
}): JSX.Element {
  const { trans, workspace } = context;
  const { k } = workspace.models;
  return (
    <HeaderSelect
      label={trans.__('Windows nearest to a node that are averaged')}
      value={String(k)}
      choices={withValue(MEANS, k).map(
        n =>
          [
            String(n),
            n === 1 ? trans.__('nearest') : trans.__('mean of %1', n)
          ] as const
      )}
      onChange={value => workspace.models.setK(Number(value))}
    />
  );
}

/** Colours of tiles that hold spectra. */
export function TileKey(props: {
  low: string;
  high: string;
  units: string;
}): JSX.Element {
  const { low, high, units } = props;
  return (
    <ColourKey
      colours="viridis"
      low={low}
      high={units ? `${high} ${units}` : high}
    />
  );
}

function withValue(list: readonly number[], value: number): number[] {
  return [...new Set([...list, value])].sort((a, b) => a - b);
}
