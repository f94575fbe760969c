import { Signal } from '@lumino/signaling';
import { watchNotebooks } from '../notebooks';
import { mentions } from '../trust';

interface ICell {
  type: string;
  trusted: boolean;
  sharedModel: { getSource(): string };
  outputs: { length: number; get(i: number): { type: string } };
}

/** A code cell with outputs of these types. */
function cell(source: string, trusted: boolean, ...types: string[]): ICell {
  return {
    type: 'code',
    trusted,
    sharedModel: { getSource: () => source },
    outputs: { length: types.length, get: i => ({ type: types[i] }) }
  };
}

class FakeKernel {
  constructor(readonly id: string) {}
  readonly anyMessage = new Signal<this, object>(this);
  /** Send a message as JupyterLab does for a cell. */
  send(msg_type: string, silent = false): void {
    const msg = { header: { msg_type }, content: { silent } };
    this.anyMessage.emit({ direction: 'send', msg });
  }
}

/** A notebook with a kernel that can be changed. */
class FakeNotebook {
  constructor(
    kernel: string | null,
    readonly cells: ICell[] = []
  ) {
    this.model = {
      cells,
      contentChanged: new Signal<FakeNotebook, void>(this)
    };
    this.setKernel(kernel);
  }
  readonly context = { ready: Promise.resolve() };
  readonly isDisposed = false;
  readonly model: {
    cells: ICell[];
    contentChanged: Signal<FakeNotebook, void>;
  };
  kernel: FakeKernel | null = null;
  readonly disposed = new Signal<this, void>(this);
  readonly sessionContext = {
    session: null as { kernel: FakeKernel } | null,
    kernelChanged: new Signal<object, { newValue: FakeKernel | null }>({})
  };
  setKernel(id: string | null): void {
    const newValue = (this.kernel = id ? new FakeKernel(id) : null);
    this.sessionContext.session = newValue && { kernel: newValue };
    this.sessionContext.kernelChanged.emit({ newValue });
  }
  trust(): void {
    this.cells.forEach(item => (item.trusted = true));
    this.model.contentChanged.emit();
  }
  dispose(): void {
    this.disposed.emit();
  }
}

/** Let the notebooks be loaded. */
const loaded = (): Promise<void> => new Promise(done => setTimeout(done, 0));

function makeTracker(first: FakeNotebook[]) {
  const items = [...first];
  const widgetAdded = new Signal<object, FakeNotebook>({});
  return {
    forEach: (f: (n: FakeNotebook) => void) => items.forEach(f),
    widgetAdded,
    add: (n: FakeNotebook) => {
      items.push(n);
      widgetAdded.emit(n);
    }
  };
}

function scene(first: FakeNotebook[]) {
  const tracker = makeTracker(first);
  const watched: string[] = [];
  const untrusted: unknown[] = [];
  const listed = <T>(list: T[], item: T) => {
    list.push(item);
    let isDisposed = false;
    return {
      get isDisposed() {
        return isDisposed;
      },
      dispose: () => {
        isDisposed = true;
        list.splice(list.indexOf(item), 1);
      }
    };
  };
  watchNotebooks(
    tracker as never,
    kernel => listed(watched, kernel.id),
    notebook => listed(untrusted, notebook)
  );
  return { tracker, watched, untrusted };
}

describe('watching notebooks', () => {
  it('takes the kernels that are there and those that come', async () => {
    const { tracker, watched } = scene([new FakeNotebook('a')]);
    await loaded();
    expect(watched).toEqual(['a']);
    const late = new FakeNotebook(null);
    tracker.add(late);
    expect(watched).toEqual(['a']);
    await loaded();
    late.setKernel('b');
    expect(watched).toEqual(['a', 'b']);
    late.setKernel('c');
    expect(watched).toEqual(['a', 'c']);
    late.dispose();
    expect(watched).toEqual(['a']);
  });
});

describe('a notebook that is not trusted', () => {
  const untrustedNotebook = () =>
    new FakeNotebook('a', [
      cell('import eelscape', false),
      cell('eelscape.explore(s, haadf)', false, 'stream', 'execute_result')
    ]);

  it('[K11] is not watched, and says so, until it is trusted', async () => {
    const notebook = untrustedNotebook();
    const { watched, untrusted } = scene([notebook]);
    expect(watched).toEqual([]);
    await loaded();
    expect([watched, untrusted]).toEqual([[], [notebook]]);
    // Another kernel changes nothing of it.
    notebook.setKernel('b');
    notebook.model.contentChanged.emit();
    expect([watched, untrusted]).toEqual([[], [notebook]]);
    notebook.trust();
    expect([watched, untrusted]).toEqual([['b'], []]);
    notebook.setKernel('c');
    expect(watched).toEqual(['c']);
    notebook.dispose();
    expect(watched).toEqual([]);
  });

  it('[K11] is watched before the answer to a cell that its user runs', async () => {
    const notebook = untrustedNotebook();
    const { watched, untrusted } = scene([notebook]);
    await loaded();
    notebook.kernel!.send('kernel_info_request');
    notebook.kernel!.send('execute_request', true);
    expect(watched).toEqual([]);
    notebook.kernel!.send('execute_request');
    expect([watched, untrusted]).toEqual([['a'], []]);
    notebook.kernel!.send('execute_request');
    expect(watched).toEqual(['a']);
  });

  it('[K11] is one whose outputs need trust: text does not', async () => {
    const text = new FakeNotebook('a', [
      cell('eelscape', false, 'stream', 'error'),
      cell('eelscape', true, 'display_data')
    ]);
    const { watched, untrusted } = scene([text]);
    await loaded();
    expect([watched, untrusted]).toEqual([['a'], []]);
  });

  it('[K11] may have to do with eelscape or not', () => {
    expect(mentions([cell('import numpy', false)])).toBe(false);
    expect(mentions([cell('1', true), cell('import eelscape', false)])).toBe(
      true
    );
  });
});
