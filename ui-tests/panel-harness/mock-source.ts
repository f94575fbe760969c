/** Variables that changed in Python, as the mock workspace has them. */
import { Signal } from '@lumino/signaling';
import type { IElsewhere } from '../../src/kernel/types';
import type { ISourceChanges } from '../../src/model/source-types';

export class MockSource implements ISourceChanges {
  constructor(
    public names: readonly string[],
    readonly blocked: string,
    readonly error: string,
    leading?: number
  ) {
    this.elsewhere =
      leading === undefined
        ? null
        : { training: leading ? { epoch: leading, epochs: 120 } : null };
  }

  readonly reading = false;
  elsewhere: IElsewhere | null;
  readonly changed = new Signal<ISourceChanges, void>(this);
  /** What was pressed. */
  readonly pressed: string[] = [];

  reload(): void {
    this._answer('reload');
  }

  keep(): void {
    this._answer('keep');
  }

  private _answer(pressed: string): void {
    this.pressed.push(pressed);
    this.names = [];
    this.changed.emit();
  }
}
