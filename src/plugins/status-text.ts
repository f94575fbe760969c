/** The words of the status bar's line. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IWorkspace } from '../model/types';

const BACKENDS: Record<string, string> = {
  webgpu: 'WebGPU',
  webgl: 'WebGL',
  wasm: 'WASM',
  cpu: 'CPU'
};

/**
 * "eelscape: training im2spec 2L, epoch 37/200, WebGPU", with several runs
 * "eelscape: training im2spec 2L 37/200, im2spec 10L 21/200, WASM", or "eelscape: idle".
 */
export function statusText(
  workspace: IWorkspace | null,
  trans: TranslationBundle
): string {
  const training = workspace?.training;
  if (!training?.running) {
    return trans.__('eelscape: idle');
  }
  const { label, epoch, epochs, backend, runs } = training;
  if (runs.length > 1) {
    const each = runs.map(run => `${run.label} ${run.epoch}/${run.epochs}`);
    const backends = new Set(
      runs.flatMap(run => (run.backend ? [BACKENDS[run.backend]] : []))
    );
    const list = [...each, ...backends].join(', ');
    return training.paused
      ? trans.__('eelscape: paused %1', list)
      : trans.__('eelscape: training %1', list);
  }
  const text = training.paused
    ? trans.__('eelscape: paused %1, epoch %2/%3', label, epoch, epochs)
    : trans.__('eelscape: training %1, epoch %2/%3', label, epoch, epochs);
  return backend ? `${text}, ${BACKENDS[backend] ?? backend}` : text;
}
