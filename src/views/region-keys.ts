import {
  movePoints,
  resizePoints,
  shapeAbout
} from '../analysis/region-shapes';
import { addSelected, type RegionEditor } from './region-editor';
import type { IViewContext } from './view';

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0]
};

/** Side of a region that the keyboard draws, pixels. */
const SIDE = 8;

/** Keys of the regions in the navigator; true where the key was one of them. */
export function pressRegionKey(
  event: KeyboardEvent,
  context: IViewContext,
  editor: RegionEditor
): boolean {
  const { regions, navigation } = context.workspace;
  const pair = context.shown.pair;
  if (!pair || event.metaKey) {
    return false;
  }
  const { ny, nx } = pair;
  const selected = regions.items.find(item => item.name === regions.selected);
  const arrow = ARROWS[event.key];
  if (arrow && event.altKey) {
    if (selected) {
      const step = event.shiftKey ? 8 : 1;
      const [dx, dy] = [arrow[0] * step, arrow[1] * step];
      regions.reshape(
        selected.name,
        event.ctrlKey
          ? resizePoints(selected, dx, dy, ny, nx)
          : movePoints(selected.points, dx, dy, ny, nx)
      );
    }
    // Without a region too: Alt and an arrow would leave the page.
    return true;
  }
  if (event.altKey || event.ctrlKey) {
    return false;
  }
  const [row, column] = navigation.pointer;
  switch (event.key) {
    case 'r':
    case 'R':
      return selectNext(context);
    case 'Delete':
    case 'Backspace':
      if (editor.active) {
        editor.removeVertex();
        return true;
      }
      if (selected) {
        regions.remove(selected.name);
      }
      return selected !== undefined;
    case 'Escape':
      if (editor.cancel()) {
        return true;
      }
      if (regions.tool) {
        regions.setTool(null);
        return true;
      }
      if (selected) {
        regions.select(null);
      }
      return selected !== undefined;
    case ' ':
      if (regions.tool !== 'polygon') {
        return false;
      }
      editor.addVertex([column + 0.5, row + 0.5]);
      return true;
    case 'Enter':
      if (editor.active) {
        editor.close();
        return true;
      }
      if (!regions.tool) {
        return false;
      }
      addSelected(
        regions,
        regions.tool,
        shapeAbout(regions.tool, row, column, SIDE, ny, nx)
      );
      return true;
    default:
      return false;
  }
}

function selectNext({ workspace }: IViewContext): boolean {
  const { items, selected } = workspace.regions;
  if (items.length) {
    const at = items.findIndex(item => item.name === selected);
    workspace.regions.select(items[(at + 1) % items.length].name);
  }
  return true;
}
