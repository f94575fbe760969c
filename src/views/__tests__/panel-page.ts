/** A panel over the mock workspace in jsdom; import `browser-globals` before it. */
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import {
  type IMockOptions,
  mockWorkspace
} from '../../../ui-tests/panel-harness/mock-workspace';
import type { IWorkspace } from '../../model/types';
import { createPanel } from '../panel';

/** Size of every element: jsdom lays nothing out. */
export const SIZE = { width: 1526, height: 828 };

/** The panel that is open. */
export const page: { panel: Widget | null } = { panel: null };

beforeAll(() => {
  for (const [name, value] of [
    ['clientWidth', () => SIZE.width],
    ['clientHeight', () => SIZE.height]
  ] as const) {
    Object.defineProperty(HTMLElement.prototype, name, {
      configurable: true,
      get: value
    });
  }
  // jsdom draws nothing: no canvas.
  HTMLCanvasElement.prototype.getContext = (() => null) as never;
});

afterEach(() => {
  page.panel?.dispose();
  page.panel = null;
  SIZE.width = 1526;
});

export function open(part: Partial<IMockOptions> = {}): IWorkspace {
  const workspace = mockWorkspace({
    status: 'ready',
    kind: 'im2spec',
    split: 'left-right',
    problem: '',
    error: '',
    stale: false,
    instant: true,
    ...part
  });
  page.panel = createPanel(workspace);
  Widget.attach(page.panel, document.body);
  return workspace;
}

/** Frames that are asked for and have not come. */
const frames = new Set<number>();

beforeAll(() => {
  const { requestAnimationFrame, cancelAnimationFrame } = window;
  window.requestAnimationFrame = callback => {
    const id = requestAnimationFrame(time => {
      frames.delete(id);
      callback(time);
    });
    frames.add(id);
    return id;
  };
  window.cancelAnimationFrame = id => {
    frames.delete(id);
    cancelAnimationFrame(id);
  };
});

/** Lets React render and everything be drawn, in as many frames as it takes. */
export async function settle(): Promise<void> {
  const end = Date.now() + 10_000;
  // Between two frames that draw a timer has its turn: no frame is asked for meanwhile.
  let quiet = 0;
  for (let i = 0; i < 4 || (quiet < 6 && Date.now() < end); i++) {
    MessageLoop.flush();
    await new Promise(resolve => setTimeout(resolve, i < 4 ? 20 : 5));
    quiet = frames.size ? 0 : quiet + 1;
  }
}

export const one = (selector: string): HTMLElement =>
  page.panel!.node.querySelector<HTMLElement>(selector)!;

export const all = (selector: string): HTMLElement[] =>
  Array.from(page.panel!.node.querySelectorAll<HTMLElement>(selector));

export const bodyOf = (view: string): HTMLElement =>
  one(`[data-eelscape-view=${view}] .jp-Eelscape-body`);

/** The first button with that text or label. */
export const button = (text: string): HTMLButtonElement =>
  (all('button') as HTMLButtonElement[]).find(
    item =>
      item.textContent === text || item.getAttribute('aria-label') === text
  )!;

export const key = (
  node: HTMLElement,
  name: string,
  more: KeyboardEventInit = {}
): void => {
  node.dispatchEvent(
    new KeyboardEvent('keydown', { key: name, bubbles: true, ...more })
  );
};

/** The input or select of a label within a view. */
export function field<T extends HTMLInputElement | HTMLSelectElement>(
  label: string
): T {
  const named = one(`[aria-label="${label}"]`);
  if (named) {
    return named as T;
  }
  const owner = all('label').find(item => item.textContent === label);
  return document.getElementById(owner!.getAttribute('for')!) as T;
}

/** Types into an input and leaves it, as React sees it. */
export function type(input: HTMLInputElement, text: string): void {
  const set = Object.getOwnPropertyDescriptor(
    HTMLInputElement.prototype,
    'value'
  )!.set!;
  set.call(input, text);
  input.dispatchEvent(new Event('input', { bubbles: true }));
  input.dispatchEvent(new FocusEvent('focusout', { bubbles: true }));
}

/** Chooses an option, as React sees it. */
export function choose(select: HTMLSelectElement, value: string): void {
  select.value = value;
  select.dispatchEvent(new Event('change', { bubbles: true }));
}

/** The Data column. */
export const column = (): HTMLElement => one('[data-eelscape-view=data]');

/** A panel with the Data column open. */
export async function openData(
  part: Partial<IMockOptions> = {}
): Promise<IWorkspace> {
  const workspace = open(part);
  await settle();
  button('Data').click();
  await settle();
  return workspace;
}

/** Takes an entry of the menu that "Add step" opens. */
export async function addStep(label: string): Promise<void> {
  button('Add step').click();
  await settle();
  const menu = document.querySelector<HTMLElement>('.lm-Menu')!;
  const at = Array.from(menu.querySelectorAll('.lm-Menu-itemLabel')).findIndex(
    item => item.textContent === label
  );
  expect(at).toBeGreaterThanOrEqual(0);
  for (const keyCode of [...Array<number>(at + 1).fill(40), 13]) {
    menu.dispatchEvent(
      new KeyboardEvent('keydown', { keyCode, bubbles: true })
    );
  }
  await settle();
}
