/** @jest-environment jsdom */
import './browser-globals';
import { SignalPlot } from '../signal-plot';
import { figureOf } from './figures';
import { contextOf, settle, show, within, workspaceOf } from './single-view';

jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

/** A canvas that keeps the picture that was put onto it last. */
function canvasWith(kept: { picture: ImageData | null }): void {
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement) {
    return {
      canvas: this,
      setTransform: () => undefined,
      clearRect: () => undefined,
      getTransform: () => ({ a: 1 }),
      createImageData: (width: number, height: number) => ({
        width,
        height,
        data: new Uint8ClampedArray(4 * width * height)
      }),
      putImageData: (picture: ImageData) => {
        kept.picture = picture;
      }
    };
  } as never;
}

it('curves are pixels on screen, in their colours, and paths in a figure', async () => {
  const kept: { picture: ImageData | null } = { picture: null };
  canvasWith(kept);
  const context = contextOf(workspaceOf({ status: 'done' }));
  const view = show(new SignalPlot(context));
  await settle(context);
  const named = (part: string): string | null =>
    within(view, `[data-layer=${part}]`)[0].getAttribute(
      'data-eelscape-curves'
    );
  expect(named('lines')).toBe('measured|2L|10L');
  expect(named('residual')).toBe('2L|10L');
  expect(within(view, '[data-layer=lines] path')).toEqual([]);
  expect(within(view, '[data-layer=residual] path')).toEqual([]);

  // The second model's curve is solid: its colour stands in nearly every column of the plot.
  const { data, width, height } = kept.picture!;
  const [red, green, blue] = [0x00, 0x72, 0xb2];
  let columns = 0;
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const at = 4 * (y * width + x);
      // Its edges are mixed with what lies below.
      const off = Math.max(
        Math.abs(data[at] - red),
        Math.abs(data[at + 1] - green),
        Math.abs(data[at + 2] - blue)
      );
      if (off < 32 && data[at + 3] > 127) {
        columns++;
        break;
      }
    }
  }
  expect(columns).toBeGreaterThan(0.7 * width);

  const { svg } = figureOf(view);
  const strokes = Array.from(svg.querySelectorAll('path[stroke]'), path => [
    path.getAttribute('stroke'),
    (path.getAttribute('d')!.match(/[ML]/g) ?? []).length
  ]);
  const { channels } = context.shown.pair!;
  expect(strokes.filter(([, points]) => points === channels).length).toBe(5);
  await settle(context);
  expect(within(view, '[data-layer=lines] path')).toEqual([]);
});
