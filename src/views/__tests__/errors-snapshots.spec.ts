/** @jest-environment jsdom */
import './browser-globals';
import { partHistogram, partSpreads } from '../../analysis/error-histogram';
import type { IStudyPoint } from '../../model/explorer/types';
import type { Kind } from '../../signal/types';
import { drawErrors } from '../explorer/errors-drawing';
import { drawStudy, type IStudyPicture } from '../explorer/study-drawing';
import { Surface } from '../marks/surface';

beforeAll(() => {
  // jsdom draws nothing: no canvas.
  HTMLCanvasElement.prototype.getContext = (() => null) as never;
});

function surface(): Surface {
  const made = new Surface(document.createElement('div'));
  made.begin(320, 240);
  return made;
}

/** The drawing as text, an element a line. */
function textOf(drawn: Surface): string {
  return drawn.svg.node()!.innerHTML.replace(/></g, '>\n<');
}

it('draws a histogram of the errors with mean and spread of the models', () => {
  const map = [0.01, 0.02, 0.02, 0.05, 0.06, 0.09, 0.2, NaN];
  const split = [0, 0, 0, 1, 2, 2, 2, -1];
  const spreads = partSpreads(map, split);
  const drawn = surface();
  const frame = drawErrors(drawn, {
    width: 320,
    height: 200,
    histogram: partHistogram(map, split, 4, 0, 0.1),
    selected: { counts: Int32Array.of(0, 0, 2, 1), total: 4 },
    rows: [
      {
        label: '2L',
        style: 0,
        spreads,
        texts: { train: '1.7 ± 0.6 %', test: '11.7 ± 7.4 %' }
      }
    ],
    threshold: 0.08,
    factor: 100,
    names: {
      train: 'train 3',
      guard: 'guard 1',
      test: 'test 3',
      selected: 'selected 4',
      windows: 'Windows (%)',
      above: '1 > 10.0 %',
      threshold: 'worst 5 %',
      errors: 'Relative error (%)',
      spread: 'Mean and standard deviation over windows'
    }
  });
  expect(frame.x.domain()).toEqual([0, 0.1]);
  expect(textOf(drawn)).toMatchSnapshot();
});

describe('the study', () => {
  const spread = (mean: number) => ({ count: 10, mean, sd: 0.01 });
  const point = (kind: Kind, latents: number, test: number): IStudyPoint => ({
    kind,
    latents,
    model: `${kind} ${latents}`,
    train: spread(test / 2),
    test: spread(test),
    r: 0.5 - test,
    mse: test / 4
  });
  const picture = (part: Partial<IStudyPicture> = {}): IStudyPicture => ({
    left: 0,
    top: 0,
    width: 320,
    height: 240,
    sizes: [1, 2, 4],
    curves: [
      {
        kind: 'im2spec',
        shown: true,
        points: [point('im2spec', 1, 0.2), point('im2spec', 4, 0.1)]
      },
      { kind: 'spec2im', shown: false, points: [point('spec2im', 2, 0.7)] }
    ],
    marks: [{ latents: 4, label: '4L', style: 1 }],
    factor: 100,
    apart: false,
    across: false,
    names: {
      errors: 'Relative error (%)',
      r: 'Pearson r',
      mse: 'MSE to HAADF',
      latents: 'Number of latents',
      train: 'train',
      test: 'test'
    },
    ...part
  });

  it('is drawn as three plots of one axis', () => {
    const drawn = surface();
    const places = drawStudy(drawn, picture());
    // Train and test of three networks, then r and MSE of each.
    expect(places.length).toBe(12);
    expect(textOf(drawn)).toMatchSnapshot();
  });

  it('stands side by side where there is room, one direction where units differ', () => {
    const drawn = surface();
    const places = drawStudy(
      drawn,
      picture({ width: 960, across: true, apart: true })
    );
    expect(
      places.filter(({ point: { kind } }) => kind === 'spec2im').length
    ).toBe(2);
    // Each plot has its own sizes below it.
    expect(textOf(drawn).match(/Number of latents/g)?.length).toBe(3);
    expect(Math.max(...places.map(({ x }) => x))).toBeGreaterThan(640);
  });
});
