/** What goes wrong. */
import { expect } from '../lab';
import { MOST_PINS, startRun, type IStep, type Step } from './actions';

/** Epochs of a run that a fault is to hit: several seconds of work. */
const LONG = 120;

/** Names of the panel's models. */
function models({ session }: IStep): Promise<string[]> {
  return session.root
    .getByRole('group', { name: 'Models' })
    .getByRole('button')
    .allTextContents();
}

/** The kernel was lost: the cell runs again, and what the panel held is still there. */
async function afterKernel(step: IStep, fault: string): Promise<void> {
  const { session, ledger } = step;
  const kept = ledger.steps === 0 ? await models(step) : [];
  ledger.forgetKernel();
  await session.explore();
  await session.settled();
  await ledger.check(session, fault);
  const there = await models(step);
  const gone = kept.filter(name => !there.includes(name));
  if (gone.length > 0) {
    ledger.lost.push(`after ${fault}: models ${gone.join()} in the panel`);
  }
}

async function restartKernel(step: IStep): Promise<void> {
  await step.session.restartKernel();
  await afterKernel(step, 'a restart of the kernel');
}

async function killKernel(step: IStep): Promise<void> {
  await step.session.killKernel();
  await afterKernel(step, 'the end of the kernel');
}

async function killKernelInTraining(step: IStep): Promise<void> {
  const { session, ledger } = step;
  if (ledger.steps > 0) {
    // The next kernel has the data without steps: the model would wait for others.
    await session.python('ex.preprocess([], replace_all=True)');
    await session.settled();
    await ledger.keepState(session);
  }
  await startRun(step, LONG);
  await session.killKernel();
  // Training goes on in the browser, and its model waits there for a kernel.
  await session.ready();
  await afterKernel(step, 'the end of the kernel in mid-training');
  await session.sendToPython();
  await expect
    .poll(async () => Number(await session.python('print(len(ex.models))')), {
      timeout: 30_000
    })
    .toBeGreaterThan(0);
  await ledger.keepModels(session);
}

async function reloadInTraining(step: IStep): Promise<void> {
  const { session, ledger } = step;
  const before = Number(await session.python('print(len(ex.models))'));
  await startRun(step, LONG);
  await expect
    .poll(() => session.keptEpoch(), { timeout: 60_000 })
    .toBeGreaterThan(0);
  const kept = await session.keptEpoch();
  ledger.keepCheckpoint();
  await session.reload();
  await expect(session.root).toContainText(/Restored epoch \d+ of \d+/);
  const text = (await session.root.textContent()) ?? '';
  const restored = Number(/Restored epoch (\d+)/.exec(text)![1]);
  if (restored < kept) {
    ledger.lost.push(`epoch ${restored} of ${kept} after a reload in training`);
  }
  await session.root
    .getByRole('button', { name: 'Resume', exact: true })
    .click();
  await expect
    .poll(async () => Number(await session.python('print(len(ex.models))')), {
      timeout: 120_000
    })
    .toBe(before + 1);
  expect(await session.python('print(ex.models[-1].epoch)')).toBe(`${LONG}`);
  await ledger.keepModels(session);
  await session.ready();
  await ledger.check(session, 'a reload in mid-training');
}

async function crashWorker(step: IStep): Promise<void> {
  const { session, ledger } = step;
  await startRun(step, LONG);
  expect(await session.crashWorkers()).toBeGreaterThan(0);
  // From its last checkpoint.
  expect(await session.python('print(run.wait(180).epoch)')).toBe(`${LONG}`);
  await ledger.keepModels(session);
  await session.ready();
  await ledger.check(session, 'the end of a worker');
}

async function dropNetwork(step: IStep): Promise<void> {
  await step.session.dropNetwork(step.random.whole(500, 5000));
  await step.ledger.check(step.session, 'a gap in the network');
}

async function dropNetworkInTraining(step: IStep): Promise<void> {
  const { session, random, ledger } = step;
  await startRun(step, LONG);
  await session.dropNetwork(random.whole(500, 5000));
  expect(await session.python('print(run.wait(180).epoch)')).toBe(`${LONG}`);
  await ledger.keepModels(session);
  await session.ready();
  await ledger.check(session, 'a gap in the network in mid-training');
}

/** The user goes on while the line is cut: what was done must come to Python afterwards. */
async function pinInGap(step: IStep): Promise<boolean> {
  const { session, ledger } = step;
  const marks = session.view('navigator').locator('.jp-Eelscape-pin');
  const before = await marks.count();
  if (before >= MOST_PINS) {
    return false;
  }
  await session.view('navigator').locator('.jp-Eelscape-body').focus();
  await session.dropNetwork(1500, async () => {
    await session.page.keyboard.press('ArrowDown');
    await session.page.keyboard.press('ArrowRight');
    await session.page.keyboard.press('p');
  });
  const there = await marks.count();
  await expect
    .poll(async () => Number(await session.python('print(len(ex.pins))')), {
      timeout: 20_000
    })
    .toBe(there);
  await ledger.keepState(session);
  return true;
}

export const FAULTS: Readonly<Record<string, Step>> = {
  'kernel restarted': restartKernel,
  'kernel killed': killKernel,
  'kernel killed in mid-training': killKernelInTraining,
  'page reloaded in mid-training': reloadInTraining,
  'worker ended': crashWorker,
  'network gone': dropNetwork,
  'network gone in mid-training': dropNetworkInTraining,
  'pin in a network gap': pinInGap
};
