/** The arrays behind a view, in their own shapes, for a file of NumPy. */
import { axisValue } from '../signal/axis';
import type { IAxis, Metric } from '../signal/types';
import { shownClusters, veracityMap } from './explorer/cluster-map';
import type { ViewName } from './layout';
import type { INamedArray } from './npz';
import type { ITable } from './table';
import type { IViewContext } from './view';

type Arrays = Record<string, INamedArray>;

const METRICS: readonly Metric[] = ['relative', 'rmse', 'mse', 'mse_raw'];

/**
 * What a view is drawn from: maps over the scan, encodings, grids; what is a list of numbers
 * comes from its table, an array a column. Texts are left out.
 * @param table - null where the view has none.
 */
export function arraysOf(
  context: IViewContext,
  name: ViewName,
  table: ITable | null
): Readonly<Record<string, INamedArray>> {
  const { pair } = context.shown;
  const own = pair ? ownArrays(context, name) : {};
  return Object.keys(own).length ? own : columnArrays(table);
}

function ownArrays(context: IViewContext, name: ViewName): Arrays {
  switch (name) {
    case 'navigator':
      return { ...scan(context), ...maps(context, ['relative']) };
    case 'error':
    case 'errors':
      return { ...scan(context), ...maps(context, METRICS) };
    case 'latent':
      return encodings(context);
    case 'decoded':
    case 'projected':
      return grid(context);
    case 'clusters':
      return { ...clusters(context), ...encodings(context) };
    case 'veracity':
      return veracity(context);
    default:
      return {};
  }
}

/** The image with its axes. */
function scan({ shown }: IViewContext): Arrays {
  const { image, imageUnits, ny, nx, x, y } = shown.pair!;
  return {
    image: array(image, [ny, nx], `(y, x) image${inUnits(imageUnits)}`),
    x: axis(x, 'x'),
    y: axis(y, 'y')
  };
}

/** Errors of the models that are shown, and how each was split. */
function maps({ shown }: IViewContext, metrics: readonly Metric[]): Arrays {
  const { ny, nx } = shown.pair!;
  const found: Arrays = {};
  for (const model of shown.models) {
    const label = shown.labelOf(model).replace(/\W+/g, '_');
    for (const metric of metrics) {
      found[`${metric}_${label}`] = array(
        model.errorBy(metric),
        [ny, nx],
        metric === 'mse_raw'
          ? '(y, x) mean squared error in squared units of the data; NaN where no window fits'
          : `(y, x) ${metric} error, a fraction on the scale of training; NaN where no window fits`
      );
    }
    found[`split_${label}`] = array(
      model.split,
      [ny, nx],
      '(y, x) part of the window: -1 none, 0 train, 1 guard, 2 test'
    );
  }
  return found;
}

function encodings({ shown }: IViewContext): Arrays {
  const { active } = shown;
  if (!active) {
    return {};
  }
  const { nx } = shown.pair!;
  const n = active.positions.length;
  const places = new Int32Array(2 * n);
  active.positions.forEach((pixel, i) => {
    places[2 * i] = Math.floor(pixel / nx);
    places[2 * i + 1] = pixel % nx;
  });
  return {
    encodings: array(
      active.latents,
      [n, active.setup.latentDims],
      `(window, latent) encodings by ${shown.labelOf(active)}`
    ),
    positions: array(places, [n, 2], '(window, row and column)')
  };
}

function grid({ shown }: IViewContext): Arrays {
  const { active, grid: found } = shown;
  if (!active || !found) {
    return {};
  }
  const { size } = found;
  const { window } = active.setup;
  const tile = (values: Float32Array): number[] => {
    const length = values.length / size ** 2;
    return length === window ** 2 ? [window, window] : [length];
  };
  const order = `(node along L${found.axes[1] + 1}, node along L${found.axes[0] + 1}`;
  const side = [size, size];
  return {
    nodes: array(
      found.nodes,
      [...side, active.setup.latentDims],
      `${order}, latent) places in latent space, lowest values first`
    ),
    decoded: array(
      found.decoded,
      [...side, ...tile(found.decoded)],
      `${order}, ...) decoded spectra or images, in units of the data`
    ),
    back_projected: array(
      found.backProjected,
      [...side, ...tile(found.backProjected)],
      `${order}, ...) mean of the nearest windows or spectra, in units of the data`
    ),
    dispersion: array(
      found.dispersion,
      side,
      `${order}) RMS distance of those from their mean, on the scale of training`
    ),
    far: array(found.far, side, `${order}) 1 where no window is near`)
  };
}

function clusters(context: IViewContext): Arrays {
  const found = shownClusters(context);
  if (!found) {
    return {};
  }
  const { k, labels, means } = found;
  const z = means.length / k;
  return {
    labels: array(labels, [labels.length], '(window) cluster, from 0'),
    responsibilities: array(
      found.responsibilities,
      [labels.length, k],
      '(window, cluster) share of a window that a cluster has'
    ),
    means: array(means, [k, z], '(cluster, latent)'),
    covariances: array(
      found.covariances,
      [k, z, z],
      '(cluster, latent, latent)'
    ),
    weights: array(found.weights, [k], '(cluster) share of the mixture')
  };
}

function veracity(context: IViewContext): Arrays {
  const { ny, nx } = context.shown.pair!;
  const { result } = context.workspace.explorer.veracity;
  if (!result || !veracityMap(context)) {
    return {};
  }
  const { feature, latent, ratio } = result.maps;
  const of = `of the ${result.k} nearest other windows; NaN where no window fits`;
  return {
    feature: array(
      feature,
      [ny, nx],
      `(y, x) dispersion of the features, a share of that of all windows, ${of}`
    ),
    latent: array(
      latent,
      [ny, nx],
      `(y, x) dispersion of the encodings, a share of that of all windows, ${of}`
    ),
    ratio: array(ratio, [ny, nx], '(y, x) feature / latent')
  };
}

/** Columns of numbers, named by their titles. */
function columnArrays(table: ITable | null): Arrays {
  const found: Arrays = {};
  table?.columns.forEach((title, i) => {
    const cells = table.rows.map(row => row[i]);
    if (cells.length && cells.every(cell => typeof cell === 'number')) {
      const plain = title.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_|_$/g, '');
      const name = plain && !(plain in found) ? plain : `column_${i + 1}`;
      found[name] = array(
        Float32Array.from(cells),
        [cells.length],
        `(row) ${title}`
      );
    }
  });
  return found;
}

function axis(of: IAxis, name: string): INamedArray {
  return array(
    Float32Array.from({ length: of.size }, (_, i) => axisValue(of, i)),
    [of.size],
    `(${name}) positions${inUnits(of.units)}`
  );
}

function array(
  values: INamedArray['values'],
  shape: readonly number[],
  about: string
): INamedArray {
  return { values, shape, about };
}

function inUnits(units: string): string {
  return units ? ` in ${units}` : ', units unknown';
}
