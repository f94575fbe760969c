/** @jest-environment jsdom */
import './browser-globals';
import { crc32 } from '../../signal/crc32';
import { captionOf, choicesOf } from '../export-caption';
import { fileName } from '../export-file';
import { pictureOf, svgText, titleOf } from '../export-picture';
import { withResolution } from '../export-png';
import { LatentGrid } from '../latent-grid';
import { Navigator } from '../navigator';
import { SignalPlot } from '../signal-plot';
import { csvOf } from '../table';
import { TrainingPlot } from '../training-plot';
import type { View } from '../view';
import { figureOf, LOOK } from './figures';
import { contextOf, settle, show, workspaceOf } from './single-view';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

async function open<T extends View>(
  make: (context: ReturnType<typeof contextOf>) => T
): Promise<{ view: T; context: ReturnType<typeof contextOf> }> {
  const context = contextOf(workspaceOf({ status: 'done' }));
  const view = show(make(context));
  await settle(context);
  return { view, context };
}

describe('a figure', () => {
  it('has title, axes with units, scale bar, colour bar and caption', async () => {
    const { view, context } = await open(one => new Navigator(one));
    context.workspace.navigation.setLayer('error');
    await settle(context);
    const text = figureOf(view).svg.textContent!;
    for (const part of ['Navigator', 'x (nm)', '40 nm', '%', 'caption']) {
      expect(text).toContain(part);
    }
  });

  it('goes without what it is asked to leave out', async () => {
    const { view, context } = await open(one => new Navigator(one));
    context.workspace.navigation.setLayer('error');
    await settle(context);
    const bare = { title: false, caption: '' };
    const whole = figureOf(view, bare).svg.textContent!;
    const without = figureOf(view, {
      ...bare,
      colourBars: false,
      scaleBars: false
    });
    expect(whole).toContain('40 nm');
    expect(without.svg.textContent).not.toContain('40 nm');
    expect(without.svg.textContent).not.toContain('Navigator');
    expect(without.svg.textContent!.length).toBeLessThan(whole.length);
    expect(without.svg.textContent).toContain('x (nm)');
    // On screen everything is there again.
    await settle(context);
    expect(view.node.textContent).toContain('40 nm');
  });

  it('stands on white, on the theme or on nothing', async () => {
    const { view } = await open(one => new SignalPlot(one));
    const paper = (background: 'white' | 'theme' | 'transparent') =>
      figureOf(view, { background })
        .svg.querySelector(':scope > rect')
        ?.getAttribute('fill');
    expect(paper('white')).toBe('#ffffff');
    expect(paper('transparent')).toBeUndefined();
    view.node.style.setProperty('--jp-layout-color1', 'rgb(1, 2, 3)');
    expect(paper('theme')).toBe('rgb(1, 2, 3)');
    expect(view.node.classList.contains('jp-mod-print')).toBe(false);
  });

  it('is free of classes and style sheets, and its words are text', async () => {
    const { view } = await open(one => new SignalPlot(one));
    const { svg, width, height } = figureOf(view);
    expect(svg.querySelectorAll('[class], [style], style')).toHaveLength(0);
    expect(svg.querySelectorAll('text').length).toBeGreaterThan(8);
    expect(svg.getAttribute('viewBox')).toBe(`0 0 ${width} ${height}`);
    const text = svgText(figureOf(view));
    expect(text).toContain('xmlns="http://www.w3.org/2000/svg"');
    expect(
      new DOMParser().parseFromString(text, 'image/svg+xml').documentElement
        .tagName
    ).toBe('svg');
  });

  it('takes the colour key of the header along', async () => {
    const { view } = await open(one => new LatentGrid(one, 'decoded'));
    const key = view.node.querySelector('.jp-Eelscape-key')!;
    expect(key.textContent).not.toBe('');
    const { svg } = figureOf(view);
    expect(svg.textContent).toContain(key.lastChild!.textContent);
    expect(svg.querySelectorAll('linearGradient stop').length).toBe(9);
    expect(
      figureOf(view, { colourBars: false }).svg.querySelector('linearGradient')
    ).toBeNull();
  });

  it('of several views has the title of each', async () => {
    const { view, context } = await open(one => new SignalPlot(one));
    const other = show(new TrainingPlot(context));
    await settle(context);
    const subject = { views: [view, other], title: 'scan', whole: true };
    const { svg } = pictureOf(subject, view.node, LOOK);
    for (const title of ['scan', 'Signal', 'Training', 'caption']) {
      expect(svg.textContent).toContain(title);
    }
  });

  it('takes text of the data as text', async () => {
    const { view, context } = await open(one => new SignalPlot(one));
    const markup = '<img src=x onerror=alert(1)>';
    const { svg } = figureOf(view, { caption: markup });
    expect(svg.querySelector('img')).toBeNull();
    expect(svg.textContent).toContain(markup);
    expect(titleOf(view)).toContain('Signal');
    expect(captionOf(context)).toContain('eelscape');
  });
});

describe('a caption', () => {
  it('says data, networks, split, seed, backend and version', async () => {
    const { context } = await open(one => new SignalPlot(one));
    const caption = captionOf(context).replace(/\u00a0/g, ' ');
    for (const part of [
      'simulated data',
      'im2spec 2L (epoch ',
      'split left | right, guard 16 px',
      'seed ',
      'eelscape 0.'
    ]) {
      expect(caption).toContain(part);
    }
  });

  it('says what is chosen in the header', async () => {
    const { view } = await open(one => new LatentGrid(one, 'projected'));
    expect(choicesOf(view).replace(/\u00a0/g, ' ')).toContain(': mean of 3');
  });
});

describe('PNG', () => {
  it('gets its resolution behind the header, with a checksum', () => {
    expect(crc32(Uint8Array.from('123456789', one => one.charCodeAt(0)))).toBe(
      0xcbf43926
    );
    const png = Uint8Array.from({ length: 60 }, (_, i) => i);
    const out = withResolution(png, 300);
    expect(out.length).toBe(81);
    expect(Array.from(out.subarray(0, 33))).toEqual(
      Array.from(png.subarray(0, 33))
    );
    expect(Array.from(out.subarray(54))).toEqual(Array.from(png.subarray(33)));
    const view = new DataView(out.buffer);
    expect(view.getUint32(33)).toBe(9);
    expect(String.fromCharCode(...out.subarray(37, 41))).toBe('pHYs');
    // 300 pixels an inch are 11811 a metre.
    expect([view.getUint32(41), view.getUint32(45), out[49]]).toEqual([
      11811, 11811, 1
    ]);
    expect(view.getUint32(50)).toBe(crc32(out.subarray(37, 50)));
  });
});

describe('files', () => {
  it('are named after the data', () => {
    expect(fileName('FT:IO monolayer (simulated)')).toBe(
      'FT-IO-monolayer-simulated'
    );
    expect(fileName('../..')).not.toContain('/');
    expect(fileName('')).toBe('eelscape');
  });

  it('of tables quote what holds commas and leave out what has no value', () => {
    expect(
      csvOf({
        columns: ['x (px)', 'name, long', 'value'],
        rows: [
          [1, 'a "b"', 0.5],
          [2, 'two\nlines', NaN]
        ]
      })
    ).toBe('x (px),"name, long",value\n1,"a ""b""",0.5\n2,"two\nlines",\n');
  });
});
