import type { IWorkspace } from '../../src/model/types';
import type { IPair } from '../../src/signal/types';

/** The file part of a panel that is no file: it can be saved, not connected. */
export function mockFile(pair: IPair | null): IWorkspace['file'] {
  return {
    name: '',
    spectraBytes: pair?.spectra.byteLength ?? 0,
    wanted: null,
    changed: null!,
    save: () => Promise.resolve(new Uint8Array(0)),
    saveNow: () => new Uint8Array(0),
    open: () => Promise.resolve(),
    connect: () => false
  };
}
