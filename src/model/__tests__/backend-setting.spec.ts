import { DEFAULT_SETUP } from '../../signal/types';
import { DEFAULT_SETTINGS, readSettings, withBackend } from '../settings';
import { Workspace } from '../workspace';
import {
  FakeClient,
  FakeFiles,
  FakeLink,
  makePair,
  settle,
  SETUP
} from './fakes';

describe('the setting of the backend', () => {
  it('is what a new panel trains on, and a cell that names none', async () => {
    const link = new FakeLink();
    const client = new FakeClient();
    const { setup, ...settings } = readSettings({ backend: 'wasm' });
    expect(setup.backend).toBe('wasm');
    const workspace = new Workspace({
      id: link.id,
      link,
      network: client,
      files: new FakeFiles(),
      settings: { ...settings, setup: { ...SETUP, backend: setup.backend } }
    });
    link.resolve(makePair());
    await settle();
    expect(workspace.data.setup.backend).toBe('wasm');
    workspace.training.start();
    expect(client.runs[0].request.backend).toBe('wasm');
    client.runs[0].finish();
    await settle();
    link.requested.emit({
      type: 'train',
      run: 'r',
      setup: { ...SETUP, backend: 'auto' }
    });
    await settle();
    expect(client.runs[1].request.backend).toBe('wasm');
    workspace.dispose();
  });

  it('gives way to a cell that names one', () => {
    const settings = {
      ...DEFAULT_SETTINGS,
      setup: { ...DEFAULT_SETUP, backend: 'wasm' as const }
    };
    const named = { ...DEFAULT_SETUP, backend: 'cpu' as const };
    expect(withBackend(named, settings)).toBe(named);
    expect(withBackend(DEFAULT_SETUP, settings).backend).toBe('wasm');
    expect(withBackend(DEFAULT_SETUP, DEFAULT_SETTINGS).backend).toBe('auto');
  });
});
