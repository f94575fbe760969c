import { gridStep } from '../analysis/latent-space';
import type { IViewContext } from './view';

/** Arrow, Home, End and Enter keys of the latent cursor, the same in Latent and the two grids. */
export function latentKeys(node: HTMLElement, context: IViewContext): void {
  node.addEventListener('keydown', event => {
    const { shown, workspace } = context;
    const grid = shown.grid;
    if (!grid || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const { navigation } = workspace;
    const [first, second] = grid.axes;
    const ranges = [grid.ranges[first], grid.ranges[second]];
    const steps = ranges.map(range => gridStep(range, grid.size));
    const [a, b] = navigation.latentCursor ?? [
      (ranges[0].min + ranges[0].max) / 2,
      (ranges[1].min + ranges[1].max) / 2
    ];
    const hold = (value: number, i: number): number =>
      Math.max(ranges[i].min, Math.min(ranges[i].max, value));
    const set = (x: number, y: number, follow = false): void =>
      navigation.setLatentCursor(hold(x, 0), hold(y, 1), follow);
    switch (event.key) {
      case 'ArrowLeft':
        set(a - steps[0], b);
        break;
      case 'ArrowRight':
        set(a + steps[0], b);
        break;
      case 'ArrowUp':
        set(a, b + steps[1]);
        break;
      case 'ArrowDown':
        set(a, b - steps[1]);
        break;
      case 'Home':
        set(ranges[0].min, b);
        break;
      case 'End':
        set(ranges[0].max, b);
        break;
      case 'Enter':
        set(a, b, true);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
}
