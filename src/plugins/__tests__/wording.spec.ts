import { nullTranslator } from '@jupyterlab/translation';
import { modelFileName } from '../../file-name';
import { statusText } from '../status-text';
import { versionProblem } from '../version-problem';

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

describe('the version check', () => {
  it('names both versions and the command', () => {
    const text = versionProblem('0.2.0', '0.1.0', trans);
    expect(text).toContain('eelscape 0.1.0 runs in the browser, 0.2.0 on');
    expect(text).toContain('pip install --force-reinstall eelscape==0.2.0');
  });

  it('is quiet where versions agree or say nothing', () => {
    expect(versionProblem('0.1.0', '0.1.0', trans)).toBe('');
    expect(versionProblem(undefined, '0.1.0', trans)).toBe('');
    expect(versionProblem('<b>1</b> && rm', '0.1.0', trans)).toBe('');
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
