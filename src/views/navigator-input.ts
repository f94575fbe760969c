import type { Layer } from '../model/types';
import { type IPictureFrame, pixelAt } from './navigator-frame';
import { pictureOf, type ShownLayer } from './navigator-layers';
import type { RegionEditor } from './region-editor';
import { pressRegionKey } from './region-keys';
import type { IViewContext } from './view';
import { significant } from './wording';

/** A handle at the border of the scan can be taken from outside, px. */
const BORDER = 6;

/** What the input needs of the navigator. */
export interface INavigatorState {
  frame(): IPictureFrame | null;
  layer(): ShownLayer;
  /** Shows or leaves the residual map of the step being prepared. */
  setResidual(value: boolean): void;
}

/** Mouse and keys of the navigator: the pointer, the regions, the layers. */
export function listenOnNavigator(
  node: HTMLElement,
  context: IViewContext,
  editor: RegionEditor,
  state: INavigatorState
): void {
  const { shown, tooltip, workspace } = context;
  let dragging: 'pointer' | 'region' | null = null;
  const place = (event: MouseEvent): [number, number] => {
    const box = node.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const inside = (event: MouseEvent, border = 0): boolean => {
    const frame = state.frame();
    const [x, y] = place(event);
    return (
      frame !== null &&
      x >= frame.left - border &&
      y >= frame.top - border &&
      x < frame.left + frame.width + border &&
      y < frame.top + frame.height + border
    );
  };
  const pixel = (event: MouseEvent): readonly [number, number] | null => {
    const frame = state.frame();
    const pair = shown.pair;
    return frame && pair ? pixelAt(frame, pair, ...place(event)) : null;
  };
  const point = (event: MouseEvent): void => {
    const at = pixel(event);
    if (at) {
      workspace.navigation.setPointer(...at);
    }
  };
  node.addEventListener('pointerdown', event => {
    if (event.button !== 0 || !inside(event, BORDER)) {
      return;
    }
    if (editor.press(place(event), event.shiftKey)) {
      dragging = 'region';
    } else if (inside(event)) {
      dragging = 'pointer';
      point(event);
    } else {
      return;
    }
    tooltip.hide();
    node.setPointerCapture?.(event.pointerId);
  });
  node.addEventListener('pointermove', event => {
    if (dragging === 'pointer') {
      point(event);
    } else if (!editor.move(place(event))) {
      node.style.cursor = editor.cursor(place(event), event.shiftKey);
    }
    const free = !dragging && !editor.active;
    const at = free && inside(event) ? pixel(event) : null;
    if (at) {
      tooltip.show(
        event.clientX,
        event.clientY,
        pixelLines(context, state.layer(), ...at)
      );
    } else {
      tooltip.hide();
    }
  });
  node.addEventListener('pointerup', event => {
    // A click on the selected region that moved nothing is meant for the pointer.
    if (dragging === 'region' && !editor.release()) {
      point(event);
    }
    dragging = null;
  });
  node.addEventListener('pointercancel', () => {
    if (dragging === 'region') {
      editor.cancel();
    }
    dragging = null;
  });
  node.addEventListener('dblclick', () => editor.close());
  node.addEventListener('pointerleave', () => tooltip.hide());
  node.addEventListener('keydown', event => {
    if (
      pressRegionKey(event, context, editor) ||
      pressKey(event, context, state)
    ) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
}

/** What the tooltip says of a pixel. */
export function pixelLines(
  context: IViewContext,
  layer: ShownLayer,
  row: number,
  column: number
): string[] {
  const { shown, workspace, trans } = context;
  const pair = shown.pair!;
  const pixel = row * pair.nx + column;
  const picture = pictureOf(context, layer);
  const lines = [
    `(${column}, ${row})`,
    picture && Number.isFinite(picture.values[pixel])
      ? picture.text(picture.values[pixel])
      : `${significant(pair.image[pixel], 4)} ${pair.imageUnits}`.trim()
  ];
  if (shown.excludedAt(row, column)) {
    lines.push(trans.__('excluded'));
  }
  if (workspace.preprocessing.preview?.flags?.[pixel]) {
    lines.push(trans.__('changed by the step'));
  }
  const regions = shown.regionsAt(row, column);
  if (regions.length) {
    lines.push(regions.map(region => region.name).join(', '));
  }
  return lines;
}

/** Keys of the pointer and the layers; true where the key was one of them. */
function pressKey(
  event: KeyboardEvent,
  { workspace, shown }: IViewContext,
  state: INavigatorState
): boolean {
  const { navigation } = workspace;
  const step = event.shiftKey ? 8 : 1;
  const [row, column] = navigation.pointer;
  const moves: Record<string, readonly [number, number]> = {
    ArrowUp: [-step, 0],
    ArrowDown: [step, 0],
    ArrowLeft: [0, -step],
    ArrowRight: [0, step]
  };
  const layers: Record<string, Layer> = {
    '1': 'haadf',
    '2': 'energy',
    '3': 'error',
    '4': 'abundance'
  };
  const by = moves[event.key];
  if (by) {
    navigation.setPointer(row + by[0], column + by[1]);
    return true;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return false;
  }
  if (event.key === '5' && shown.residualMap) {
    state.setResidual(true);
    return true;
  }
  if (layers[event.key]) {
    state.setResidual(false);
    navigation.setLayer(layers[event.key]);
    return true;
  }
  return false;
}
