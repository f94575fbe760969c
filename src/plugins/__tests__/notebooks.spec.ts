import { Signal } from '@lumino/signaling';
import { watchNotebooks } from '../notebooks';

/** A notebook with a kernel that can be changed. */
class FakeNotebook {
  constructor(kernel: string | null) {
    this.setKernel(kernel);
  }
  readonly disposed = new Signal<this, void>(this);
  readonly sessionContext = {
    session: null as { kernel: { id: string } } | null,
    kernelChanged: new Signal<object, { newValue: { id: string } | null }>({})
  };
  setKernel(id: string | null): void {
    const newValue = id ? { id } : null;
    this.sessionContext.session = newValue && { kernel: newValue };
    this.sessionContext.kernelChanged.emit({ newValue });
  }
  dispose(): void {
    this.disposed.emit();
  }
}

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
  watchNotebooks(tracker as never, kernel => {
    watched.push(kernel.id);
    let isDisposed = false;
    return {
      get isDisposed() {
        return isDisposed;
      },
      dispose: () => {
        isDisposed = true;
        watched.splice(watched.indexOf(kernel.id), 1);
      }
    };
  });
  return { tracker, watched };
}

describe('watching notebooks', () => {
  it('takes the kernels that are there and those that come', () => {
    const { tracker, watched } = scene([new FakeNotebook('a')]);
    expect(watched).toEqual(['a']);
    const late = new FakeNotebook(null);
    tracker.add(late);
    expect(watched).toEqual(['a']);
    late.setKernel('b');
    expect(watched).toEqual(['a', 'b']);
    late.setKernel('c');
    expect(watched).toEqual(['a', 'c']);
    late.dispose();
    expect(watched).toEqual(['a']);
  });
});
