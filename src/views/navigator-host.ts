import type { Camera } from './navigator-camera';
import type { IPictureFrame } from './navigator-frame';
import type { ShownLayer } from './navigator-layers';
import type { RegionEditor } from './region-editor';
import type { SelectionDrag } from './selection-drag';

/** What mouse and keys need of the navigator. */
export interface INavigatorHost {
  readonly editor: RegionEditor;
  readonly selection: SelectionDrag;
  readonly camera: Camera;
  /** Where the scan stands now; null without data. */
  frame(): IPictureFrame | null;
  /** Where it stands when all of it is shown. */
  base(): IPictureFrame | null;
  layer(): ShownLayer;
  /** Shows or leaves the residual map of the step being prepared. */
  setResidual(value: boolean): void;
  /** Opens or closes the display settings. */
  openDisplay(): void;
  /** The camera moved: draw the picture again. */
  moved(): void;
}

/** Magnifies about the pointer, which stays in sight. */
export function zoomAtPointer(
  host: INavigatorHost,
  [row, column]: readonly [number, number],
  factor: number
): void {
  const base = host.base();
  const frame = host.frame();
  if (!base || !frame) {
    return;
  }
  const x = frame.left + (column + 0.5) * frame.pixelWidth;
  const y = frame.top + (row + 0.5) * frame.pixelHeight;
  if (host.camera.zoomAt(base, x, y, factor)) {
    host.camera.follow(base, row, column);
    host.moved();
  }
}
