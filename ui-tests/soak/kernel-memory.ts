/** What the kernel holds, and whether it becomes more. */
import type { SoakSession } from './session';

/**
 * Times that one kernel does the same work, before and after its memory must be flat: its allocator
 * reserves more and more for some twenty of them, of which most lies free.
 */
const WARM_UP = 22;
const MEASURED = 12;
/** Shape of the spectra: 4 MB. */
const SHAPE = '(64, 64, 256)';
/** Megabytes that may come from one half to the other; a copy left behind each time makes 25. */
const BOUND = 5;

/** What belongs to eelscape in the kernel's process. */
export interface IKernelHeld {
  /** Resident memory of the process, without what its allocator keeps free. */
  readonly megabytes: number;
  /** Data sets that are alive, whoever holds them. */
  readonly lines: number;
  readonly comms: number;
  readonly models: number;
  readonly datasets: number;
  /** Threads that serve pages while a cell runs. */
  readonly subshells: number;
  /** Imported, of all packages: the first clusters bring those of scikit-learn, for instance. */
  readonly modules: number;
}

const HELD = [
  'import ctypes, gc, sys, threading, comm',
  'from eelscape.connection import Line',
  'from eelscape.dataset import Dataset',
  'from eelscape.model import Model',
  'alive = lambda kind: sum(type(item) is kind for item in gc.get_objects())',
  // The user's own name of a run holds its data as long as it stands.
  'globals().pop("run", None)',
  'gc.collect()',
  // Of glibc: it would give the pages back when it thinks fit.
  'getattr(ctypes.CDLL(None), "malloc_trim", lambda pad: 0)(0)',
  'print(json.dumps({',
  '    "megabytes": int(open("/proc/self/status").read().split("VmRSS:")[1].split()[0]) // 100 / 10,',
  '    "lines": alive(Line), "datasets": alive(Dataset), "models": alive(Model),',
  '    "comms": len(comm.get_comm_manager().comms),',
  '    "subshells": sum(t.name.startswith("subshell-") for t in threading.enumerate()),',
  '    "modules": len(sys.modules)',
  '}))'
].join('\n');

export async function kernelHeld(session: SoakSession): Promise<IKernelHeld> {
  return JSON.parse(await session.python(HELD)) as IKernelHeld;
}

/** '' where one open panel is all that is left, of whatever was opened before. */
export function leftBehind(held: IKernelHeld): string {
  const { lines, datasets, models, comms } = held;
  // A control comm and the data comm of the page.
  const same = lines === 1 && datasets === 1 && models === 0 && comms === 2;
  return same ? '' : `for one panel: ${JSON.stringify(held)}`;
}

/**
 * Opens, trains, loads the page anew and closes in one kernel, again and again, with data large
 * enough for a copy that is left behind to be seen. What stays the same goes up and down by about 4 MB, one array.
 */
export async function holdsAfterWork(
  session: SoakSession
): Promise<IKernelHeld[]> {
  await session.closePanel();
  await session.python('ex.close()');
  await session.restartKernel();
  await session.python(`shape = ${SHAPE}`);
  await session.explore();
  const held: IKernelHeld[] = [];
  for (let n = 0; n < WARM_UP + MEASURED; n++) {
    await session.python(
      `ex.train("${n % 2 ? 'spec2im' : 'im2spec'}", epochs=2, stride=4, filters=8, window=8, backend="wasm")`
    );
    await session.ready();
    await session.reload();
    await session.fresh();
    held.push(await kernelHeld(session));
  }
  return held;
}

/** '' where the kernel holds no more in the second half of the measured runs than in the first. */
export function kernelGrows(held: readonly IKernelHeld[]): string {
  const measured = held.slice(WARM_UP).map(({ megabytes }) => megabytes);
  const half = measured.length / 2;
  const [first, second] = [measured.slice(0, half), measured.slice(half)].map(
    part => part.reduce((sum, value) => sum + value, 0) / half
  );
  return second > first + BOUND
    ? `${first.toFixed(1)} MB in the first runs, ${second.toFixed(1)} MB in the last`
    : '';
}
