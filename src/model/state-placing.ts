/** Puts a state that Python has kept or made into the parts of a panel. */
import type { IPanelState } from '../kernel/types';
import { indexOf } from '../signal/axis';
import { maskOf } from '../signal/mask-runs';
import { COVARIANCES } from './explorer/clusters-types';
import type { IClustersModel, IExplorer } from './explorer/types';
import type { RegionsModel } from './regions-model';
import type { IDataModel, IModelsModel, INavigationModel } from './types';

/** The parts that a state is of. */
export interface IPlaces {
  readonly data: IDataModel;
  readonly navigation: INavigationModel;
  readonly regions: RegionsModel;
  readonly models: IModelsModel;
  readonly explorer: IExplorer;
}

/** What the present data do not reach is left out; regions and pins that are there stay. */
export function placeState(parts: IPlaces, state: IPanelState): void {
  const { data, navigation, regions, models, explorer } = parts;
  const pair = data.pair;
  if (!pair) {
    return;
  }
  const inside = (pixel: readonly [number, number] | null) =>
    pixel !== null && pixel[0] < pair.ny && pixel[1] < pair.nx;
  regions.restore(state.regions);
  if (regions.items.some(({ name }) => name === state.region)) {
    regions.select(state.region);
  }
  explorer.pins.restore(state.pins);
  const { pointer, secondPointer, energyRange, analysis } = state;
  if (pointer && inside(pointer)) {
    navigation.setPointer(...pointer);
  }
  navigation.setSecondPointer(inside(secondPointer) ? secondPointer : null);
  if (energyRange) {
    const [first, last] = energyRange.map(e => indexOf(pair.energy, e));
    navigation.setEnergyRange(first, last);
  }
  explorer.display.setMetric(state.metric);
  if (analysis.k !== null) {
    models.setK(analysis.k);
  }
  if (analysis.gridSize !== null) {
    models.setGridSize(analysis.gridSize);
  }
  if (analysis.axes) {
    models.setAxes(...analysis.axes);
  }
  placeClusters(explorer.clusters, analysis.clusters);
  if (analysis.transfer) {
    explorer.transfer.restore(analysis.transfer);
  }
  const selected = maskOf(state.selection, pair.ny * pair.nx);
  explorer.selection.set(selected);
  // After what its target may come from.
  if (analysis.inverse) {
    explorer.inverse.restore(analysis.inverse);
  }
}

function placeClusters(
  clusters: IClustersModel,
  state: IPanelState['analysis']['clusters']
): void {
  const covariance = COVARIANCES.find(one => one === state?.covariance);
  if (state && covariance) {
    clusters.setK(state.k);
    clusters.setCovariance(covariance);
    clusters.setSeed(state.seed);
  }
}
