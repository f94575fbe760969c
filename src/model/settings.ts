/** What the user's settings decide, in the model's words. */
import { DEFAULT_SETUP, type BackendName, type ISetup } from '../signal/types';

/** Settings of a workspace; see schema/plugin.json for what a user reads. */
export interface IWorkspaceSettings {
  readonly energyUnit: 'eV' | 'meV';
  /** The setup that a new panel starts with. */
  readonly setup: ISetup;
  /** Epochs between evaluations while training; 0: about twelve a run. */
  readonly evaluateEvery: number;
  /** Seconds between two checkpoints of a run. */
  readonly checkpointEvery: number;
  /** Nodes on a side of the latent grid. */
  readonly gridSize: number;
  /** Nearest windows of the back-projection. */
  readonly k: number;
}

/** The settings of someone who never opened the settings editor. */
export const DEFAULT_SETTINGS: IWorkspaceSettings = {
  energyUnit: 'eV',
  setup: DEFAULT_SETUP,
  evaluateEvery: 0,
  checkpointEvery: 10,
  gridSize: 16,
  k: 3
};

const BACKENDS = ['auto', 'webgpu', 'webgl', 'wasm', 'cpu'];

/**
 * The workspace's settings from the composite of the settings registry.
 * Anything missing or of the wrong type takes its default.
 */
export function readSettings(
  composite: Readonly<Record<string, unknown>>
): IWorkspaceSettings {
  const given = isRecord(composite.setup) ? composite.setup : {};
  const backend = BACKENDS.includes(composite.backend as string)
    ? (composite.backend as BackendName | 'auto')
    : DEFAULT_SETUP.backend;
  return {
    energyUnit: composite.energyUnit === 'meV' ? 'meV' : 'eV',
    setup: { ...DEFAULT_SETUP, ...readSetup(given), backend },
    evaluateEvery: count(composite.evaluateEvery, 0, 0),
    checkpointEvery: count(
      composite.checkpointEvery,
      DEFAULT_SETTINGS.checkpointEvery,
      1
    ),
    gridSize: count(composite.gridSize, DEFAULT_SETTINGS.gridSize, 2),
    k: count(composite.nearestWindows, DEFAULT_SETTINGS.k, 1)
  };
}

/** A setup from Python, which leaves the choice of the backend to the user's setting. */
export function withBackend(
  setup: ISetup,
  settings: IWorkspaceSettings
): ISetup {
  return setup.backend === 'auto'
    ? { ...setup, backend: settings.setup.backend }
    : setup;
}

/** Those entries of a record that a setup knows, of the right type. */
function readSetup(given: Record<string, unknown>): Partial<ISetup> {
  const known = Object.entries(DEFAULT_SETUP).filter(([key, standard]) => {
    const value = given[key];
    return key === 'guard'
      ? value === null || typeof value === 'number'
      : key === 'scaling'
        ? value === 'range' || value === 'robust'
        : typeof value === typeof standard;
  });
  return Object.fromEntries(known.map(([key]) => [key, given[key]]));
}

function count(value: unknown, standard: number, least: number): number {
  return typeof value === 'number' && value >= least
    ? Math.round(value)
    : standard;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Epochs between evaluations of a run of so many epochs. */
export function evaluationInterval(setting: number, epochs: number): number {
  return setting > 0 ? setting : Math.max(1, Math.round(epochs / 12));
}
