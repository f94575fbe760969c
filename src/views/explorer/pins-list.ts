import { closeIcon, editIcon, type LabIcon } from '@jupyterlab/ui-components';
import type { IPin } from '../../model/explorer/types';
import type { IViewContext } from '../view';
import type { IPinCell } from './pins-layout';

/** A location with its place in the picture and what screen readers say of it. */
export interface IPinPlace {
  readonly pin: IPin;
  readonly cell: IPinCell;
  readonly sentence: string;
}

/** Width of the box for a name, px. */
const NAME = 132;

/** The gallery as a list to work with: a transparent box over each location, buttons for the one in hand. */
export class PinsList {
  constructor(host: HTMLElement, context: IViewContext) {
    const { trans } = context;
    this._context = context;
    this._node = document.createElement('div');
    this._node.className = 'jp-Eelscape-pinList';
    this._node.tabIndex = 0;
    this._node.hidden = true;
    this._node.setAttribute('role', 'listbox');
    this._node.setAttribute('aria-label', trans.__('Pinned locations'));
    this._node.title = trans.__(
      'Click moves the pointer there, a double click renames'
    );
    this._actions = document.createElement('div');
    this._actions.className = 'jp-Eelscape-pinActions';
    this._actions.hidden = true;
    this._rename = this._button(editIcon, () => this._edit());
    this._remove = this._button(closeIcon, () => this._removeActing());
    this._actions.append(this._rename, this._remove);
    this._input = document.createElement('input');
    this._input.className = 'jp-Eelscape-pinInput';
    this._input.maxLength = 40;
    this._input.hidden = true;
    host.append(this._node, this._actions, this._input);
    this._listen(host);
  }

  /** Places the boxes anew. */
  place(places: readonly IPinPlace[]): void {
    this._places = places;
    this._node.hidden = places.length === 0;
    this._node.replaceChildren(
      ...places.map(({ pin, cell, sentence }) => {
        const option = document.createElement('div');
        option.id = `jp-Eelscape-${this._context.workspace.id}-${pin.id}`;
        option.className = 'jp-Eelscape-pinCell';
        option.dataset.pin = pin.id;
        option.setAttribute('role', 'option');
        option.setAttribute('aria-label', sentence);
        option.style.left = `${cell.left}px`;
        option.style.top = `${cell.top}px`;
        option.style.width = `${cell.width}px`;
        option.style.height = `${cell.height}px`;
        return option;
      })
    );
    if (this._editing && !this._placeOf(this._editing)) {
      this._endEdit(false);
    }
    this.mark();
  }

  /** Marks the location at the pointer. */
  mark(): void {
    const here = this._current();
    for (const option of Array.from(this._node.children) as HTMLElement[]) {
      const chosen = option.dataset.pin === here?.pin.id;
      option.setAttribute('aria-selected', String(chosen));
      if (chosen) {
        this._node.setAttribute('aria-activedescendant', option.id);
      }
    }
    if (!here) {
      this._node.removeAttribute('aria-activedescendant');
    }
    this._showActions();
  }

  focus(): void {
    this._node.focus();
  }

  private _button(icon: LabIcon, click: () => void): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'jp-Eelscape-pinAction';
    icon.element({ container: button, tag: 'span' });
    button.addEventListener('click', event => {
      click();
      event.stopPropagation();
    });
    return button;
  }

  private _listen(host: HTMLElement): void {
    const { _node: node, _actions: actions, _input: input } = this;
    node.addEventListener('click', event => {
      const place = this._placeOf(this._idOf(event.target));
      if (place) {
        this._go(place);
      }
    });
    node.addEventListener('dblclick', event => {
      this._hovered = this._idOf(event.target);
      this._edit();
      event.preventDefault();
    });
    node.addEventListener('keydown', event => this._press(event));
    host.addEventListener('pointermove', event => {
      // Over the buttons the location stays in hand.
      if (!actions.contains(event.target as Node)) {
        this._hover(this._idOf(event.target));
      }
    });
    host.addEventListener('pointerleave', () => this._hover(''));
    for (const part of [node, actions]) {
      part.addEventListener('focusin', () => this._focused(true));
      part.addEventListener('focusout', () => this._focused(false));
    }
    input.addEventListener('keydown', event => {
      if (event.key === 'Enter' || event.key === 'Escape') {
        this._endEdit(event.key === 'Enter');
        this._node.focus();
        event.preventDefault();
      }
      // Letters are no keys of the panel while a name is written.
      event.stopPropagation();
    });
    input.addEventListener('blur', () => this._endEdit(true));
  }

  private _press(event: KeyboardEvent): void {
    const { _places: places } = this;
    if (event.ctrlKey || event.metaKey || event.altKey || !places.length) {
      return;
    }
    const here = places.findIndex(place => place === this._current());
    const last = places.length - 1;
    const steps: Record<string, number> = {
      ArrowDown: Math.min(last, here + 1),
      ArrowRight: Math.min(last, here + 1),
      ArrowUp: Math.max(0, here - 1),
      ArrowLeft: Math.max(0, here - 1),
      Home: 0,
      End: last
    };
    this._hovered = '';
    if (event.key in steps) {
      this._go(places[steps[event.key]]);
    } else if (event.key === 'F2' || event.key === 'Enter') {
      this._edit();
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      this._removeActing();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private _go({ pin }: IPinPlace): void {
    this._context.workspace.navigation.setPointer(pin.row, pin.column);
  }

  private _removeActing(): void {
    const place = this._acting();
    if (!place) {
      return;
    }
    const at = this._places.indexOf(place);
    const next = this._places[at + 1] ?? this._places[at - 1];
    const held =
      this._actions.contains(document.activeElement) ||
      document.activeElement === this._node;
    this._hovered = '';
    this._context.workspace.explorer.pins.remove(place.pin.id);
    if (held && next) {
      this._go(next);
      this._node.focus();
    }
  }

  private _edit(): void {
    const place = this._acting();
    if (!place) {
      return;
    }
    const { pin, cell } = place;
    const { trans } = this._context;
    this._editing = pin.id;
    this._input.hidden = false;
    this._input.value = pin.name;
    this._input.placeholder = trans.__('name');
    this._input.setAttribute(
      'aria-label',
      trans.__('Name of location %1', pin.letter)
    );
    const width = Math.min(NAME, cell.width - 8);
    this._input.style.width = `${width}px`;
    this._input.style.left = `${cell.left + cell.width - width - 6}px`;
    this._input.style.top = `${cell.top + 1}px`;
    this._showActions();
    this._input.focus();
    this._input.select();
  }

  private _endEdit(keep: boolean): void {
    const id = this._editing;
    if (!id) {
      return;
    }
    this._editing = '';
    this._input.hidden = true;
    if (keep) {
      this._context.workspace.explorer.pins.rename(id, this._input.value);
    }
    this._showActions();
  }

  private _hover(id: string): void {
    if (id !== this._hovered) {
      this._hovered = id;
      this._showActions();
      const place = this._placeOf(id);
      const nx = this._context.shown.pair?.nx ?? 0;
      this._context.highlight.set(
        place ? [place.pin.row * nx + place.pin.column] : []
      );
    }
  }

  private _focused(held: boolean): void {
    this._held = held;
    this._showActions();
  }

  /** The buttons stand at the location under the mouse, or at the pointer's where the list has the focus. */
  private _showActions(): void {
    const place = this._editing ? null : this._acting();
    this._actions.hidden = place === null;
    if (place) {
      const { trans } = this._context;
      const { pin, cell } = place;
      this._actions.style.left = `${cell.left + cell.width - 4}px`;
      this._actions.style.top = `${cell.top + cell.height - 28}px`;
      for (const [button, title, name] of [
        [
          this._rename,
          trans.__('Rename (F2)'),
          trans.__('Rename location %1', pin.letter)
        ],
        [
          this._remove,
          trans.__('Remove (Delete)'),
          trans.__('Remove location %1', pin.letter)
        ]
      ] as const) {
        button.title = title;
        button.setAttribute('aria-label', name);
      }
    }
  }

  /** The location that buttons and keys are for; null for none. */
  private _acting(): IPinPlace | null {
    return (
      this._placeOf(this._hovered) ?? (this._held ? this._current() : null)
    );
  }

  /** The location at the pointer. */
  private _current(): IPinPlace | null {
    const [row, column] = this._context.shown.pointer;
    return (
      this._places.find(
        ({ pin }) => pin.row === row && pin.column === column
      ) ?? null
    );
  }

  private _placeOf(id: string): IPinPlace | null {
    return this._places.find(({ pin }) => pin.id === id) ?? null;
  }

  private _idOf(target: EventTarget | null): string {
    const option =
      target instanceof Element ? target.closest('[data-pin]') : null;
    return option instanceof HTMLElement ? (option.dataset.pin ?? '') : '';
  }

  private _context: IViewContext;
  private _node: HTMLElement;
  private _actions: HTMLElement;
  private _rename: HTMLButtonElement;
  private _remove: HTMLButtonElement;
  private _input: HTMLInputElement;
  private _places: readonly IPinPlace[] = [];
  /** Ids of the location under the mouse and of the one that is renamed; '' for none. */
  private _hovered = '';
  private _editing = '';
  /** True while the list or its buttons have the focus. */
  private _held = false;
}
