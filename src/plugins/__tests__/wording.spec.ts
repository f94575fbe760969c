import { nullTranslator } from '@jupyterlab/translation';
import { modelFileName } from '../../file-name';
import { statusText } from '../status-text';

const trans = nullTranslator.load('eelscape');

describe('the status line', () => {
  it('names run, epoch and backend', () => {
    const training = {
      running: true,
      paused: false,
      label: 'im2spec 2L',
      epoch: 37,
      epochs: 200,
      backend: 'webgpu',
      runs: [{}] as object[]
    };
    const workspace = { training } as never;
    expect(statusText(workspace, trans)).toBe(
      'eelscape: training im2spec 2L, epoch 37/200, WebGPU'
    );
    Object.assign(training, { paused: true, backend: null });
    expect(statusText(workspace, trans)).toBe(
      'eelscape: paused im2spec 2L, epoch 37/200'
    );
    const run = { label: 'im2spec 2L', epoch: 37, epochs: 200 };
    training.runs = [
      { ...run, backend: 'wasm' },
      { ...run, label: 'im2spec 10L', epoch: 21, backend: 'wasm' }
    ];
    training.paused = false;
    expect(statusText(workspace, trans)).toBe(
      'eelscape: training im2spec 2L 37/200, im2spec 10L 21/200, WASM'
    );
    training.running = false;
    expect(statusText(workspace, trans)).toBe('eelscape: idle');
    expect(statusText(null, trans)).toBe('eelscape: idle');
  });
});

describe('the name of a downloaded file', () => {
  it('holds nothing that a path or a shell could take for more', () => {
    expect(modelFileName('FT:IO /../ <film>', 'im2spec 2L (2)')).toBe(
      'FT-IO-..-film-im2spec-2L-2.safetensors'
    );
    expect(modelFileName('..', '/')).toBe('model.safetensors');
  });
});
