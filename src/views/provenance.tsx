import * as React from 'react';
import { sameUnits } from '../signal/axis';
import type { IPair } from '../signal/types';
import { energyScale } from './energy-scale';
import { KernelNote } from './kernel-note';
import { setupLeaks } from './run-strip';
import type { IViewContext } from './view';
import { significant, splitName } from './wording';

/** The bottom line: what data, which windows, which split, which seed, which backend. */
export function Provenance({
  context
}: {
  context: IViewContext;
}): JSX.Element | null {
  const { workspace, shown, trans } = context;
  const { data, training } = workspace;
  const pair = data.pair;
  const { steps } = workspace.preprocessing;
  if (!pair) {
    return null;
  }
  const full = context.mode() === 'wide';
  const active = shown.active;
  const setup = active?.setup ?? data.setup;
  const counts = active ? countsOf(active.split) : data.windows;
  const energy = energyScale(pair.energy, workspace.navigation.energyUnit);
  const step = Math.abs(
    (energy.domain[1] - energy.domain[0]) / Math.max(1, pair.channels - 1)
  );
  const leaks = setupLeaks(setup);
  const guard = setup.guard ?? setup.window;
  const backend = training.running ? training.backend : active?.backend;
  return (
    <div className="jp-Eelscape-provenanceRow">
      {pair.simulated && (
        <span className="jp-Eelscape-badge">{trans.__('Simulated data')}</span>
      )}
      {/* Before what a narrow panel cuts off. */}
      <KernelNote context={context} />
      {full && (
        <span>
          {[
            `${pair.name} (${pair.nx}, ${pair.ny} | ${pair.channels})`,
            pixelText(pair),
            `${energy.rangeText(0, pair.channels - 1)}, ${significant(step, 3)} ${energy.units}/ch`
          ]
            .filter(Boolean)
            .join(' \u00b7 ')}
        </span>
      )}
      {full && (
        <span>
          {trans.__(
            'window %1 \u00d7 %1 px%2 \u00b7 %3 windows',
            setup.window,
            windowText(pair, setup.window),
            counts ? counts.train + counts.guard + counts.test : 0
          )}
        </span>
      )}
      {steps.length > 0 && (
        <span title={steps.map(step => step.text).join('\n')}>
          {trans._n('%1 step', '%1 steps', steps.length)}
        </span>
      )}
      <span className={leaks ? 'jp-Eelscape-warningText' : undefined}>
        {leaks ? '▲ ' : ''}
        {setup.split === 'random'
          ? trans.__(
              'split random: %1 train, %2 test',
              counts?.train ?? 0,
              counts?.test ?? 0
            )
          : !full
            ? trans.__('split %1, guard %2 px', splitName(setup.split), guard)
            : trans.__(
                'split %1, guard %2 px: %3 train, %4 guard, %5 test',
                splitName(setup.split),
                guard,
                counts?.train ?? 0,
                counts?.guard ?? 0,
                counts?.test ?? 0
              )}
      </span>
      <span>{trans.__('seed %1', setup.seed)}</span>
      {backend && <span>{backendName(backend)}</span>}
      <span className="jp-Eelscape-spacer" />
    </div>
  );
}

/** "2 nm/px". */
export function pixelText(pair: IPair): string {
  const { x, y } = pair;
  if (x.values || y.values || !x.units) {
    return '';
  }
  const across = significant(Math.abs(x.scale), 3);
  const down = significant(Math.abs(y.scale), 3);
  return sameUnits(x, y) && across === down
    ? `${across} ${x.units}/px`
    : `${across} ${x.units} \u00d7 ${down} ${y.units} a px`;
}

/** Name of a backend as its makers write it. */
export function backendName(backend: string): string {
  const names: Record<string, string> = {
    auto: 'automatic',
    webgpu: 'WebGPU',
    webgl: 'WebGL',
    wasm: 'WASM',
    cpu: 'CPU'
  };
  return names[backend] ?? backend;
}

function windowText(pair: IPair, side: number): string {
  const { x, y } = pair;
  if (x.values || y.values || !x.units || !sameUnits(x, y)) {
    return '';
  }
  const across = significant(Math.abs(side * x.scale), 3);
  const down = significant(Math.abs(side * y.scale), 3);
  return ` = ${down} \u00d7 ${across} ${x.units}`;
}

function countsOf(split: Int8Array): {
  train: number;
  guard: number;
  test: number;
} {
  const counts = { train: 0, guard: 0, test: 0 };
  for (const label of split) {
    if (label === 0) {
      counts.train++;
    } else if (label === 1) {
      counts.guard++;
    } else if (label === 2) {
      counts.test++;
    }
  }
  return counts;
}
