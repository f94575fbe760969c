import { readFileSync } from 'fs';
import { join } from 'path';
import { DEFAULT_SETUP } from '../../signal/types';
import { VERSION } from '../../version';
import { readSnakeSetup, snakeSetup } from '../model-metadata';
import {
  DEFAULT_SETTINGS,
  evaluationInterval,
  readSettings
} from '../settings';

const ROOT = join(__dirname, '..', '..', '..');

function json(...path: string[]) {
  return JSON.parse(readFileSync(join(ROOT, ...path), 'utf-8'));
}

describe('the version', () => {
  it('is that of package.json', () => {
    expect(VERSION).toBe(json('package.json').version);
  });
});

describe('settings', () => {
  /** What the registry hands over where the user has set nothing. */
  function defaults(properties: Record<string, Record<string, unknown>>) {
    return Object.fromEntries(
      Object.entries(properties).map(([key, { default: value }]) => [
        key,
        value
      ])
    );
  }

  it('have the same defaults in the schema as in the code', () => {
    const { properties } = json('schema', 'plugin.json');
    const setup = defaults(properties.setup.properties);
    expect(readSettings(defaults(properties))).toEqual(DEFAULT_SETTINGS);
    expect({ ...setup, backend: properties.backend.default }).toEqual(
      DEFAULT_SETUP
    );
  });

  it('take what is given and pass over what is of another type', () => {
    const settings = readSettings({
      energyUnit: 'meV',
      backend: 'wasm',
      gridSize: 1,
      nearestWindows: 1,
      setup: {
        epochs: 30,
        filters: 'many',
        guard: 8,
        scaling: 'best',
        unknown: 1
      }
    });
    expect(settings.energyUnit).toBe('meV');
    expect(settings.gridSize).toBe(16);
    expect(settings.k).toBe(1);
    expect(settings.setup).toEqual({
      ...DEFAULT_SETUP,
      epochs: 30,
      guard: 8,
      backend: 'wasm'
    });
  });

  it('give about twelve evaluations a run, or as many as asked', () => {
    expect(evaluationInterval(0, 120)).toBe(10);
    expect(evaluationInterval(0, 3)).toBe(1);
    expect(evaluationInterval(7, 120)).toBe(7);
  });
});

describe('a setup in a file', () => {
  it('comes back as it was', () => {
    const setup = { ...DEFAULT_SETUP, guard: 3, seed: 9 };
    expect(readSnakeSetup(snakeSetup(setup))).toEqual(setup);
    expect(readSnakeSetup(snakeSetup(DEFAULT_SETUP))).toEqual(DEFAULT_SETUP);
    expect(readSnakeSetup('text')).toEqual(DEFAULT_SETUP);
    expect(readSnakeSetup({ seed: 'x', epochs: 4 }).epochs).toBe(4);
  });

  it('takes the range for its scale where an older file names none', () => {
    const older = snakeSetup(DEFAULT_SETUP);
    delete older.scaling;
    expect(readSnakeSetup(older).scaling).toBe('range');
    expect(readSnakeSetup({ scaling: 'robust' }).scaling).toBe('robust');
    expect(readSnakeSetup({ scaling: 'best' }).scaling).toBe('range');
  });
});
