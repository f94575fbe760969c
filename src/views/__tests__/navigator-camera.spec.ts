import type { IPair } from '../../signal/types';
import { Camera } from '../navigator-camera';
import { framePicture, type IPictureFrame, pixelAt } from '../navigator-frame';

const axis = (size: number) =>
  ({ name: '', units: 'nm', scale: 2, offset: 0, size }) as const;
const pair = { ny: 20, nx: 30, x: axis(30), y: axis(20) } as unknown as IPair;
const base = framePicture(pair, 10, 5, 300, 200);

/** The place of a point of the screen in the scan, in pixels. */
const placeAt = (frame: IPictureFrame, x: number, y: number) => [
  (x - frame.left) / frame.pixelWidth,
  (y - frame.top) / frame.pixelHeight
];

describe('the camera', () => {
  it('shows the whole scan at first', () => {
    expect(new Camera().frame(base)).toEqual(base);
  });

  it('magnifies about the point under the mouse', () => {
    const camera = new Camera();
    const before = placeAt(camera.frame(base), 130, 80);
    expect(camera.zoomAt(base, 130, 80, 2.5)).toBe(true);
    const frame = camera.frame(base);
    expect(frame.pixelWidth).toBeCloseTo(25, 9);
    const after = placeAt(frame, 130, 80);
    expect(after[0]).toBeCloseTo(before[0], 9);
    expect(after[1]).toBeCloseTo(before[1], 9);
    expect(frame.seen).toEqual(base.seen);
  });

  it('never leaves the scan, however far it is dragged', () => {
    const camera = new Camera();
    camera.zoomAt(base, 160, 105, 2);
    camera.pan(base, 5000, -5000);
    const frame = camera.frame(base);
    expect(frame.left).toBeCloseTo(base.left, 9);
    expect(frame.top + frame.height).toBeCloseTo(base.top + base.height, 9);
  });

  it('moves the scan with the mouse', () => {
    const camera = new Camera();
    expect(camera.pan(base, 10, 10)).toBe(false);
    camera.zoomAt(base, 160, 105, 4);
    const before = camera.frame(base);
    camera.pan(base, -20, 8);
    const frame = camera.frame(base);
    expect(frame.left).toBeCloseTo(before.left - 20, 9);
    expect(frame.top).toBeCloseTo(before.top + 8, 9);
  });

  it('stops where a pixel is large enough, and at the whole scan', () => {
    const camera = new Camera();
    camera.zoomAt(base, 160, 105, 1e9);
    expect(camera.frame(base).pixelWidth).toBeCloseTo(64, 9);
    expect(camera.zoomAt(base, 160, 105, 2)).toBe(false);
    camera.zoomAt(base, 160, 105, 1e-9);
    expect(camera.frame(base)).toEqual(base);
    expect(camera.fit()).toBe(false);
  });

  it('moves just so far that a pixel is seen', () => {
    const camera = new Camera();
    camera.zoomAt(base, base.left, base.top, 3);
    expect(camera.follow(base, 2, 3)).toBe(false);
    expect(camera.follow(base, 19, 29)).toBe(true);
    const frame = camera.frame(base);
    const { left, top, width, height } = frame.seen;
    expect(pixelAt(frame, pair, left + width - 1, top + height - 1)).toEqual([
      19, 29
    ]);
    expect(camera.follow(base, 19, 29)).toBe(false);
  });

  it('keeps its place when the view gets another size', () => {
    const camera = new Camera();
    camera.zoomAt(base, 160, 105, 2);
    const other = framePicture(pair, 0, 0, 600, 400);
    const frame = camera.frame(other);
    const [x, y] = placeAt(frame, 300, 200);
    expect([x, y]).toEqual([15, 10]);
  });
});
