/**
 * Rounds of random work and random faults: what was acknowledged is there afterwards, nothing is
 * wrong in the console, and memory does not grow from round to round.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Page } from '@playwright/test';
import { machineOf } from '../bench/results';
import { expect, test, type IServer } from '../lab';
import { ACTIONS, type Step } from './actions';
import { FAULTS } from './faults';
import { heapAfterCollection, grows } from './heap';
import {
  holdsAfterWork,
  kernelGrows,
  kernelHeld,
  leftBehind,
  type IKernelHeld
} from './kernel-memory';
import { Ledger } from './ledger';
import { MINUTES, SEED } from './options';
import { Random } from './random';
import { SoakSession } from './session';

const FILE = path.resolve(__dirname, '../../benchmarks/results/soak.json');
/** Actions and faults of a round, after which a fresh panel is looked at. */
const STEPS = 10;
const FAULT_SHARE = 0.3;

/** Errors that come from eelscape's own files. */
function watchConsole(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', error => {
    if (/eelscape/.test(error.stack ?? '')) {
      errors.push(String(error.stack));
    }
  });
  page.on('console', message => {
    const ours = `${message.location().url} ${message.text()}`;
    if (message.type() === 'error' && /eelscape/.test(ours)) {
      errors.push(ours);
    }
  });
  return errors;
}

/** Checkpoints every second, so that a fault in training need not wait for one. */
function keepOften(server: IServer): void {
  const folder = path.join(server.folder, '.settings/eelscape');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(
    path.join(folder, 'plugin.jupyterlab-settings'),
    JSON.stringify({ checkpointEvery: 1 })
  );
}

/** Each once before any comes again, in an order by chance. */
function* inTurn(kinds: readonly string[], random: Random): Generator<string> {
  for (;;) {
    const left = [...kinds];
    while (left.length > 0) {
      yield left.splice(random.whole(0, left.length), 1)[0];
    }
  }
}

// Wide enough for a panel beside the notebook that shows all of its buttons.
test.use({ viewport: { width: 2600, height: 1100 } });

test('what was acknowledged outlives random faults', async ({
  page,
  server
}) => {
  console.log(`soak: ${MINUTES} minutes, SOAK_SEED=${SEED}`);
  keepOften(server);
  const random = new Random(SEED);
  const ledger = new Ledger();
  const errors = watchConsole(page);
  const session = await SoakSession.open(page, server);
  const { machine } = await machineOf(page);
  const faults = inTurn(Object.keys(FAULTS), random);
  const counts: Record<'actions' | 'faults', Record<string, number>> = {
    actions: {},
    faults: {}
  };
  const heap: number[] = [];
  const kernel: IKernelHeld[] = [];
  const took: string[] = [];
  const end = Date.now() + MINUTES * 60_000;
  const doStep = async (
    sort: 'actions' | 'faults',
    name: string,
    step: Step
  ): Promise<void> => {
    const start = Date.now();
    took.push(name);
    try {
      await session.dismiss();
      if ((await step({ session, random, ledger })) !== false) {
        counts[sort][name] = (counts[sort][name] ?? 0) + 1;
      }
    } catch (error) {
      throw new Error(
        `SOAK_SEED=${SEED}, step ${took.length}: ${took.slice(-6).join(', ')}:\n${(error as Error).stack}`
      );
    }
    if (process.env.SOAK_TALK) {
      console.log(`${took.length} ${name}: ${Date.now() - start} ms`);
    }
  };
  while (Date.now() < end) {
    for (let n = 0; n < STEPS && Date.now() < end; n++) {
      if (random.next() < FAULT_SHARE) {
        const fault = faults.next().value as string;
        await doStep('faults', fault, FAULTS[fault]);
      } else {
        const action = random.pick(Object.keys(ACTIONS));
        await doStep('actions', action, ACTIONS[action]);
      }
    }
    await ledger.checkFiles(session);
    await session.fresh();
    ledger.forgetPanel();
    heap.push(await heapAfterCollection(page));
    kernel.push(await kernelHeld(session));
  }
  const worked = await holdsAfterWork(session);
  const sum = (of: Record<string, number>) =>
    Object.values(of).reduce((a, b) => a + b, 0);
  const results = {
    date: new Date().toISOString(),
    machine,
    seed: SEED,
    minutes: MINUTES,
    rounds: heap.length,
    actions: sum(counts.actions),
    faults: sum(counts.faults),
    ...{ actionsByKind: counts.actions, faultsByKind: counts.faults },
    acknowledged: ledger.counts,
    lost: ledger.lost,
    errors,
    heapMegabytes: heap,
    // Of the kernel that lives at the end of a round: some have just begun.
    kernelAfterRounds: kernel,
    kernelAfterSameWork: worked
  };
  fs.writeFileSync(FILE, `${JSON.stringify(results, null, 1)}\n`);
  console.log(JSON.stringify(results, null, 1));
  expect(ledger.lost).toEqual([]);
  expect(errors).toEqual([]);
  expect(grows(heap)).toBe('');
  expect([...kernel, ...worked].map(leftBehind).filter(Boolean)).toEqual([]);
  expect(kernelGrows(worked)).toBe('');
});
