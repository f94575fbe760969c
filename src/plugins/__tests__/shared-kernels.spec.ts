import { Signal } from '@lumino/signaling';
import { SharedKernels } from '../shared-kernels';

/** A connection to a kernel, as JupyterLab makes it. */
class FakeConnection {
  constructor(
    readonly name: string,
    readonly handleComms: boolean,
    readonly id = 'kernel'
  ) {}
  readonly disposed = new Signal<this, void>(this);
  commsOverSubshells: string = 'perCommTarget';
  isDisposed = false;
  readonly clones: FakeConnection[] = [];
  clone({ handleComms }: { handleComms: boolean }): FakeConnection {
    const made = new FakeConnection(`clone of ${this.name}`, handleComms);
    made.commsOverSubshells = 'disabled';
    this.clones.push(made);
    return made;
  }
  dispose(): void {
    if (!this.isDisposed) {
      this.isDisposed = true;
      this.disposed.emit();
    }
  }
}

function scene() {
  const heard: string[] = [];
  const shared = new SharedKernels(kernel => {
    const { name } = kernel as unknown as FakeConnection;
    heard.push(name);
    let isDisposed = false;
    return {
      get isDisposed() {
        return isDisposed;
      },
      dispose: () => {
        isDisposed = true;
        heard.splice(heard.indexOf(name), 1);
      }
    };
  });
  const add = (connection: FakeConnection) =>
    shared.add(connection as never, {} as never);
  return { heard, add };
}

describe('a kernel that notebooks share', () => {
  it('[K10] is heard by one connection, and by one of a notebook that is left', () => {
    const { heard, add } = scene();
    const first = new FakeConnection('first', true);
    const second = new FakeConnection('second', false);
    const third = new FakeConnection('third', false);
    [first, second, third].forEach(add);
    expect(heard).toEqual(['first']);
    first.dispose();
    expect(heard).toEqual(['clone of second']);
    const [own] = second.clones;
    expect(own.handleComms).toBe(true);
    expect(own.commsOverSubshells).toBe('perCommTarget');
    second.dispose();
    expect(own.isDisposed).toBe(true);
    expect(heard).toEqual(['clone of third']);
    third.dispose();
    expect(heard).toEqual([]);
    expect(third.clones[0].isDisposed).toBe(true);
  });

  it('[K10] is given back where JupyterLab gives its comms to a notebook that comes later', () => {
    const { heard, add } = scene();
    const second = new FakeConnection('second', false);
    const first = add(new FakeConnection('first', true));
    add(second);
    // Another kernel for the first notebook.
    first.dispose();
    expect(heard).toEqual(['clone of second']);
    add(new FakeConnection('later', true));
    expect(heard).toEqual(['later']);
    expect(second.clones[0].isDisposed).toBe(true);
  });

  it('[K10] is left alone where no notebook had its comms, and kernels are told apart', () => {
    const { heard, add } = scene();
    // A console has them: it would close what it does not know.
    const beside = new FakeConnection('beside a console', false);
    add(beside);
    const other = new FakeConnection('other', true, 'another kernel');
    add(other);
    expect(heard).toEqual(['other']);
    other.dispose();
    expect(heard).toEqual([]);
    expect(beside.clones).toEqual([]);
  });
});
