/** One view over the mock workspace in jsdom; import `browser-globals` before it. */
import { MessageLoop } from '@lumino/messaging';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import {
  type IMockOptions,
  mockWorkspace
} from '../../../ui-tests/panel-harness/mock-workspace';
import type { IWorkspace } from '../../model/types';
import { DrawQueue } from '../draw-queue';
import { Highlight } from '../highlight';
import { Shown } from '../shown';
import { Tooltip } from '../tooltip';
import type { IViewContext, View } from '../view';

const opened: Widget[] = [];

beforeAll(() => {
  // jsdom draws nothing: no canvas.
  HTMLCanvasElement.prototype.getContext = (() => null) as never;
  HTMLCanvasElement.prototype.toDataURL = () => 'data:image/png;base64,';
});

afterEach(() => {
  opened.splice(0).forEach(widget => widget.dispose());
});

/** A workspace that is ready, with what a test changes. */
export function workspaceOf(part: Partial<IMockOptions> = {}): IWorkspace {
  return mockWorkspace({
    status: 'ready',
    kind: 'im2spec',
    split: 'left-right',
    problem: '',
    error: '',
    stale: false,
    instant: true,
    ...part
  });
}

export function contextOf(workspace: IWorkspace): IViewContext {
  return {
    workspace,
    shown: new Shown(workspace),
    queue: new DrawQueue(),
    trans: nullTranslator.load('eelscape'),
    tooltip: new Tooltip(),
    highlight: new Highlight(),
    files: {},
    mode: () => 'wide',
    compact: () => false
  };
}

/** Shows a view of 556 x 434 px: a pixel of the mock scan is 6 px wide in the navigator. */
export function show<T extends View>(view: T): T {
  opened.push(view);
  Widget.attach(view, document.body);
  view.place({ left: 0, top: 0, width: 556, height: 434 });
  view.refresh();
  return view;
}

/** Lets React render and the next frames be drawn. */
export async function settle(context: IViewContext): Promise<void> {
  for (let i = 0; i < 3; i++) {
    MessageLoop.flush();
    await new Promise(resolve => requestAnimationFrame(resolve));
    context.queue.flush();
  }
}

/** A mouse event at a place of the view's body. */
export function mouse(
  view: View,
  type: string,
  [x, y]: readonly [number, number],
  more: MouseEventInit = {}
): void {
  view.body.node.dispatchEvent(
    new MouseEvent(type, {
      clientX: x,
      clientY: y,
      button: 0,
      bubbles: true,
      ...more
    })
  );
}

/** Presses, moves in two steps and releases. */
export function drag(
  view: View,
  from: readonly [number, number],
  to: readonly [number, number],
  more: MouseEventInit = {}
): void {
  mouse(view, 'pointerdown', from, more);
  mouse(
    view,
    'pointermove',
    [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2],
    more
  );
  mouse(view, 'pointermove', to, more);
  mouse(view, 'pointerup', to, more);
}

export function press(
  view: View,
  key: string,
  more: KeyboardEventInit = {}
): void {
  view.body.node.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, ...more })
  );
}

export function within(view: View, selector: string): HTMLElement[] {
  return Array.from(view.node.querySelectorAll<HTMLElement>(selector));
}

/** The button of a view's header with that text. */
export function tool(view: View, text: string): HTMLButtonElement {
  return (within(view, 'button') as HTMLButtonElement[]).find(
    item => item.textContent === text
  )!;
}
