import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IWorkspace } from '../model/types';
import type { IViewContext } from './view';
import { duration, significant } from './wording';

/** How long the next training will take, in the form that decides it; with the reasons for the backend. */
export function ExpectedNote({
  context
}: {
  context: IViewContext;
}): JSX.Element | null {
  const { workspace, trans } = context;
  const { expected } = workspace;
  const text = expectedText(workspace, trans);
  return text ? (
    <p className="jp-Eelscape-note" role="status">
      {[text, expected.notice || expected.reason].filter(Boolean).join(' ')}
    </p>
  ) : null;
}

/** The same in one line, with the reasons as its tooltip. */
export function ExpectedLine({
  context
}: {
  context: IViewContext;
}): JSX.Element | null {
  const { workspace, trans } = context;
  const { expected } = workspace;
  const text = expectedText(workspace, trans);
  return text ? (
    <span className="jp-Eelscape-dim" title={expected.reason || undefined}>
      {[text, expected.notice].filter(Boolean).join(' ')}
    </span>
  ) : null;
}

/** "About 12 s per epoch, 24 min for 120 epochs, on WebAssembly (2 cores)."; '' while nothing is known. */
export function expectedText(
  { expected, data }: IWorkspace,
  trans: TranslationBundle
): string {
  if (expected.measuring) {
    return trans.__('Measuring how long an epoch takes\u2026');
  }
  if (!expected.backend) {
    return '';
  }
  const name = longName(expected.backend, trans);
  // The device is a run's: beside others it has its own share of the cores.
  const on =
    expected.device && expected.atOnce === 1
      ? `${name} (${expected.device})`
      : name;
  const { setups, setup } = data;
  if (!Number.isFinite(expected.secondsPerEpoch)) {
    return trans.__('Trains on %1.', on);
  }
  const epoch = shortTime(expected.secondsPerEpoch);
  const all = roughTime(expected.seconds);
  if (setups.length === 1) {
    return trans._n(
      'About %2 per epoch, %3 for %1 epoch, on %4.',
      'About %2 per epoch, %3 for %1 epochs, on %4.',
      setup.epochs,
      epoch,
      all,
      on
    );
  }
  const { atOnce } = expected;
  return atOnce > 1
    ? trans.__(
        'About %1 per epoch, %2 for %3 networks, %4 at once, on %5.',
        epoch,
        all,
        setups.length,
        atOnce,
        on
      )
    : trans.__(
        'About %1 per epoch, %2 for %3 networks one after another, on %4.',
        epoch,
        all,
        setups.length,
        on
      );
}

/** "24 min": an estimate has no seconds beside many minutes. */
function roughTime(seconds: number): string {
  return duration(seconds < 600 ? seconds : 60 * Math.round(seconds / 60));
}

/** "0.12 s", "12 s", "2 min 5 s". */
function shortTime(seconds: number): string {
  return seconds < 10 ? `${significant(seconds, 2)} s` : duration(seconds);
}

/** What a user who knows no backends may know it as. */
function longName(backend: string, trans: TranslationBundle): string {
  const names: Record<string, string> = {
    webgpu: 'WebGPU',
    webgl: 'WebGL',
    wasm: 'WebAssembly',
    cpu: trans.__('plain JavaScript')
  };
  return names[backend] ?? backend;
}
