import type { IViewContext } from './view';

/** Arrow keys that move the pointer by a pixel, with Shift by 8, where a view shows the scan. */
export function pointerKeys(node: HTMLElement, context: IViewContext): void {
  node.addEventListener('keydown', event => {
    const step = event.shiftKey ? 8 : 1;
    const moves: Record<string, readonly [number, number]> = {
      ArrowUp: [-step, 0],
      ArrowDown: [step, 0],
      ArrowLeft: [0, -step],
      ArrowRight: [0, step]
    };
    const by = moves[event.key];
    if (!by || event.altKey || event.target !== node) {
      return;
    }
    const { navigation } = context.workspace;
    const [row, column] = navigation.pointer;
    navigation.setPointer(row + by[0], column + by[1]);
    event.preventDefault();
    event.stopPropagation();
  });
}
