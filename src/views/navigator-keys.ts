import type { TranslationBundle } from '@jupyterlab/translation';
import type { Layer } from '../model/types';
import { type INavigatorHost, zoomAtPointer } from './navigator-host';
import { hasLayer, shownLatent } from './navigator-layers';
import { pressRegionKey } from './region-keys';
import type { IViewContext } from './view';

const LAYERS: Readonly<Record<string, Layer>> = {
  '1': 'haadf',
  '2': 'energy',
  '3': 'error',
  '4': 'abundance',
  '5': 'split',
  '6': 'latent',
  '7': 'cluster',
  '8': 'veracity',
  '9': 'distance',
  d: 'difference'
};

/** Zoom of one press of a key. */
const ZOOM = 1.5;

/** What the keys do, for screen readers. */
export function keysText(trans: TranslationBundle): string {
  return [
    trans.__(
      'Arrow keys move the pointer by one pixel, with Shift by eight; comma and full stop make it smaller and larger.'
    ),
    trans.__(
      'E puts the second pointer where the pointer is, X exchanges the two, P pins the pointer.'
    ),
    trans.__(
      'S begins a selection at the pointer, which then draws it, Shift and S adds to the selection; S or Enter ends it. Escape takes back, the last thing first.'
    ),
    trans.__(
      '1 to 9 and D choose the layer, C opens the display settings. Plus and minus zoom, 0 shows the whole scan.'
    ),
    trans.__(
      'R selects the next region: Alt and an arrow key move it, Alt, Control and an arrow key resize it, with Shift by eight pixels; Delete removes it, Escape deselects it. With a region tool, Enter draws a region at the pointer; for a polygon Space sets a vertex at the pointer and Enter closes it. A drag with Shift draws over a region.'
    )
  ].join(' ');
}

/** Keys of the navigator: the regions first, then the pointers, the selection, the layers and the zoom. */
export function listenForKeys(
  node: HTMLElement,
  context: IViewContext,
  host: INavigatorHost
): void {
  node.addEventListener('keydown', event => {
    if (
      event.target === node &&
      (pressSelectionKey(event, context, host) ||
        pressRegionKey(event, context, host.editor) ||
        pressPointerKey(event, context, host) ||
        pressLayerKey(event, context, host) ||
        pressZoomKey(event, context, host))
    ) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
}

/** Keys while a rectangle is drawn, and the one that begins it at the pointer. */
function pressSelectionKey(
  event: KeyboardEvent,
  { workspace }: IViewContext,
  { selection, editor }: INavigatorHost
): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return false;
  }
  const key = event.key.toLowerCase();
  if (selection.active) {
    if (key === 'escape') {
      return selection.cancel();
    }
    if (selection.anchored && (key === 's' || key === 'enter')) {
      selection.finish();
      return true;
    }
    return false;
  }
  if (key === 's' && !editor.active) {
    const way = event.shiftKey ? 'add' : 'replace';
    selection.start(workspace.navigation.pointer, way, true);
    return true;
  }
  return false;
}

/** Keys of the two pointers and the pins. */
function pressPointerKey(
  event: KeyboardEvent,
  { workspace }: IViewContext,
  host: INavigatorHost
): boolean {
  const { navigation, explorer } = workspace;
  const { pointer, secondPointer } = navigation;
  const step = event.shiftKey ? 8 : 1;
  const moves: Record<string, readonly [number, number]> = {
    ArrowUp: [-step, 0],
    ArrowDown: [step, 0],
    ArrowLeft: [0, -step],
    ArrowRight: [0, step]
  };
  const by = moves[event.key];
  if (by) {
    navigation.setPointer(pointer[0] + by[0], pointer[1] + by[1]);
    return true;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return false;
  }
  switch (event.key.toLowerCase()) {
    case 'p':
      explorer.pins.add(...pointer);
      return true;
    case 'e':
      navigation.setSecondPointer(pointer);
      return true;
    case 'x':
      if (secondPointer) {
        navigation.setSecondPointer(pointer);
        navigation.setPointer(...secondPointer);
      }
      return true;
    case ',':
      navigation.setPointerSize(navigation.pointerSize - 2);
      return true;
    case '.':
      navigation.setPointerSize(navigation.pointerSize + 2);
      return true;
    case 'c':
      host.openDisplay();
      return true;
    case 'escape':
      // The nearest thing to take away first.
      if (secondPointer) {
        navigation.setSecondPointer(null);
        return true;
      }
      if (explorer.selection.mask) {
        explorer.selection.set(null);
        return true;
      }
      return false;
    default:
      return false;
  }
}

function pressLayerKey(
  event: KeyboardEvent,
  context: IViewContext,
  host: INavigatorHost
): boolean {
  const { workspace, shown } = context;
  const { navigation, explorer } = workspace;
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return false;
  }
  if (key === '5' && shown.residualMap) {
    host.setResidual(true);
    return true;
  }
  const layer = LAYERS[key];
  if (!layer) {
    return false;
  }
  if (Number(key) <= 4 || hasLayer(context, layer)) {
    if (layer === 'latent' && host.layer() === 'latent') {
      const count = shown.active!.setup.latentDims;
      explorer.display.setLatent((shownLatent(context) + 1) % count);
    }
    host.setResidual(false);
    navigation.setLayer(layer);
  }
  return true;
}

function pressZoomKey(
  event: KeyboardEvent,
  { workspace }: IViewContext,
  host: INavigatorHost
): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return false;
  }
  const { pointer } = workspace.navigation;
  switch (event.key) {
    case '+':
    case '=':
      zoomAtPointer(host, pointer, ZOOM);
      return true;
    case '-':
    case '_':
      zoomAtPointer(host, pointer, 1 / ZOOM);
      return true;
    case '0':
      if (host.camera.fit()) {
        host.moved();
      }
      return true;
    default:
      return false;
  }
}
