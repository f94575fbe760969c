/** @jest-environment jsdom */
import './browser-globals';
import { nullTranslator } from '@jupyterlab/translation';
import { mockWorkspace } from '../../../ui-tests/panel-harness/mock-workspace';
import type { IExpectedTime, IWorkspace } from '../../model/types';
import { expectedText } from '../expected-time';
import { readList } from '../list-field';
import { ModelStyles } from '../model-styles';
import { Shown } from '../shown';
import {
  all,
  button,
  field,
  one,
  open,
  settle,
  SIZE,
  type
} from './panel-page';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

const rows = (): HTMLElement[] => all('.jp-Eelscape-run');

describe('the strip of several runs', () => {
  it('has a row for each with its own buttons', async () => {
    const workspace = open({ status: 'training', latents: [2, 10] });
    await settle();
    expect(rows().map(row => row.textContent)).toEqual([
      '2Lepoch 37 / 1200.9 s per epoch2 min 27 s left',
      '10Lepoch 28 / 1201.3 s per epoch4 min 54 s left'
    ]);
    const bars = all('[role=progressbar]');
    expect(bars.map(bar => bar.getAttribute('aria-valuenow'))).toEqual([
      '31',
      '24'
    ]);
    button('Pause 10L').click();
    await settle();
    expect(rows()[1].textContent).toContain('paused at 28 / 120');
    expect(rows()[0].textContent).toContain('epoch 37 / 120');
    // Not all of them are held: the toolbar still offers to.
    expect(button('Pause').disabled).toBe(false);
    button('Resume 10L').click();
    await settle();
    expect(workspace.training.runs.map(run => run.paused)).toEqual([
      false,
      false
    ]);
    const stop = jest.spyOn(workspace.training, 'stop');
    button('Stop 2L and keep its last epoch').click();
    expect(stop).toHaveBeenCalledWith('im2spec-2');
    button('Stop').click();
    expect(stop).toHaveBeenLastCalledWith();
  });

  it('says what waits, and lists every network among the models', async () => {
    open({ status: 'training', latents: [2, 10] });
    await settle();
    expect(one('.jp-Eelscape-runsRow').textContent).toContain('then 16L');
    expect(all('.jp-Eelscape-chip').map(chip => chip.textContent)).toEqual([
      '2L',
      '10L · training',
      '16L · waiting'
    ]);
  });

  it('is one line for one run', async () => {
    open({ status: 'training' });
    await settle();
    expect(rows().length).toBe(0);
    expect(one('.jp-Eelscape-strip').textContent).toContain('Epoch 37 / 120');
  });

  it('keeps the runs in sight below an error', async () => {
    open({ status: 'training', latents: [2, 10], error: 'im2spec 4L: no.' });
    await settle();
    expect(one('[role=alert]').textContent).toContain('im2spec 4L: no.');
    expect(rows().length).toBe(2);
  });
});

describe('the plot of several runs', () => {
  it('has a line for each part of each, in the colours of the models', async () => {
    open({ status: 'training', latents: [2, 10] });
    await settle();
    const lines = all('.jp-Eelscape-loss');
    expect(lines.map(line => line.style.stroke)).toEqual([
      'var(--eelscape-model-1)',
      'var(--eelscape-model-1)',
      'var(--eelscape-model-2)',
      'var(--eelscape-model-2)'
    ]);
    const words = all('.jp-Eelscape-lossText').map(text => text.textContent);
    expect(words.map(word => word!.replace(/ [\d.]+$/, '')).sort()).toEqual([
      '10L test',
      '10L train',
      '2L test',
      '2L train'
    ]);
    const heights = all('.jp-Eelscape-lossText')
      .map(text => Number(text.getAttribute('y')))
      .sort((a, b) => a - b);
    heights.slice(1).forEach((height, i) => {
      expect(height - heights[i]).toBeGreaterThanOrEqual(14.9);
    });
  });

  it('names test losses alone where there are many', async () => {
    open({ status: 'training', latents: [2, 10, 4] });
    await settle();
    expect(all('.jp-Eelscape-loss').length).toBe(6);
    const words = all('.jp-Eelscape-lossText').map(text => text.textContent);
    expect(words.length).toBe(3);
    expect(words.every(word => word!.includes('test'))).toBe(true);
  });
});

describe('the setup of several networks', () => {
  it('takes a list of latents and of seeds', async () => {
    SIZE.width = 1200;
    const workspace = open();
    await settle();
    type(field<HTMLInputElement>('Latents'), '2, 10');
    await settle();
    expect(workspace.data.setups.map(setup => setup.latentDims)).toEqual([
      2, 10
    ]);
    expect(field<HTMLInputElement>('Latents').value).toBe('2, 10');
    type(field<HTMLInputElement>('Seed'), '0 1');
    await settle();
    expect(workspace.data.setups.length).toBe(4);
    type(field<HTMLInputElement>('Latents'), 'two');
    await settle();
    expect(field<HTMLInputElement>('Latents').value).toBe('2, 10');
    expect(button('Train').title).toContain('Train 4 networks');
  });

  it.each([
    ['2, 10', [2, 10]],
    ['7', [7]],
    ['1;2  3', [1, 2, 3]],
    ['4, 4', [4]],
    ['', null],
    ['2, x', null],
    ['2.5', null],
    ['0, 2', null]
  ])('reads %p', (text, values) => {
    expect(readList(text, 1)).toEqual(values);
  });
});

describe('the expected time', () => {
  const trans = nullTranslator.load('');
  const workspace = (part: Partial<IExpectedTime>, runs = 1): IWorkspace =>
    ({
      data: { setup: { epochs: 120 }, setups: new Array(runs).fill({}) },
      expected: {
        measuring: false,
        backend: 'wasm',
        reason: '',
        notice: '',
        device: '2 cores',
        secondsPerEpoch: 12.2,
        seconds: 1464,
        atOnce: 1,
        ...part
      }
    }) as never;

  it('[B4] is told with the backend before anything trains', () => {
    expect(expectedText(workspace({}), trans)).toBe(
      'About 12 s per epoch, 24 min for 120 epochs, on WebAssembly (2 cores).'
    );
    expect(
      expectedText(workspace({ secondsPerEpoch: 0.123, seconds: 14.8 }), trans)
    ).toContain('About 0.12 s per epoch, 15 s for');
  });

  it('is that of all networks where there are several', () => {
    expect(expectedText(workspace({ atOnce: 2 }, 2), trans)).toBe(
      'About 12 s per epoch, 24 min for 2 networks, 2 at once, on WebAssembly.'
    );
    const gpu = { backend: 'webgpu', device: 'nvidia' } as const;
    expect(expectedText(workspace(gpu, 3), trans)).toContain(
      'for 3 networks one after another, on WebGPU (nvidia).'
    );
  });

  it('is no more than the backend where nothing could be measured', () => {
    const none = { secondsPerEpoch: NaN, seconds: NaN, device: '' };
    expect(expectedText(workspace(none), trans)).toBe('Trains on WebAssembly.');
    expect(expectedText(workspace({ backend: null }), trans)).toBe('');
    expect(expectedText(workspace({ measuring: true }), trans)).toContain(
      'Measuring'
    );
  });

  it('stands in the strip and, with the reason, in the form', async () => {
    SIZE.width = 1200;
    open();
    await settle();
    expect(one('.jp-Eelscape-strip').textContent).toContain('per epoch');
    const form = one('[data-eelscape-view=setup]').textContent;
    expect(form).toContain('because WebGPU finds no graphics adapter');
  });
});

describe('looks of models', () => {
  it('are kept when others come and go', () => {
    const styles = new ModelStyles();
    styles.follow(['a', 'b']);
    expect([styles.of('a'), styles.of('b')]).toEqual([0, 1]);
    styles.follow(['b', 'c']);
    expect([styles.of('b'), styles.of('c')]).toEqual([1, 0]);
    styles.follow(['c', 'b', 'd', 'e', 'f']);
    expect([styles.of('b'), styles.of('c')]).toEqual([1, 0]);
    expect([styles.of('d'), styles.of('e'), styles.of('f')]).toEqual([2, 3, 0]);
  });

  it('are those of the run before the model is there', () => {
    const workspace = mockWorkspace({
      status: 'training',
      kind: 'im2spec',
      split: 'left-right',
      problem: '',
      error: '',
      stale: false,
      latents: [2, 10]
    });
    const shown = new Shown(workspace);
    expect(shown.runs.map(run => shown.styleOf(run))).toEqual([0, 1]);
    expect(shown.runs.map(run => shown.nameOf(run))).toEqual(['2L', '10L']);
  });
});
