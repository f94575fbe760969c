/** What a user does. */
import { expect } from '../lab';
import { METRIC, type Ledger } from './ledger';
import type { Random } from './random';
import type { SoakSession } from './session';

export interface IStep {
  readonly session: SoakSession;
  readonly random: Random;
  readonly ledger: Ledger;
}

/** Returns false where there was nothing to do. */
export type Step = (step: IStep) => Promise<boolean | void>;

export const MOST_PINS = 6;
const MOST_REGIONS = 4;
const SETUP = 'filters=8, window=8, batch_size=64, backend="wasm"';

/** Keyword arguments of a run. */
export function setup({ random }: IStep, epochs: number): string {
  const kind = random.pick(['im2spec', 'spec2im']);
  return `"${kind}", latent_dims=${random.whole(1, 4)}, epochs=${epochs}, seed=${random.whole(0, 100)}, ${SETUP}`;
}

/** Starts a run that takes a while, and waits for its first epochs. */
export async function startRun(step: IStep, epochs: number): Promise<void> {
  const { session } = step;
  await session.python(`run = ex.train(${setup(step, epochs)}, wait=False)`);
  await expect
    .poll(
      async () => Number(await session.python('print(run.progress["epoch"])')),
      {
        timeout: 120_000
      }
    )
    .toBeGreaterThan(1);
}

async function movePointer({ session, random }: IStep): Promise<void> {
  await session.view('navigator').locator('.jp-Eelscape-body').focus();
  for (let n = random.whole(1, 20); n > 0; n--) {
    await session.page.keyboard.press(
      random.pick(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'])
    );
  }
}

async function moveMouse({ session, random }: IStep): Promise<void> {
  const view = session.view(random.pick(['navigator', 'signal', 'latent']));
  const box = await view.boundingBox();
  for (let n = 0; box && n < 20; n++) {
    await session.page.mouse.move(
      box.x + box.width * random.next(),
      box.y + box.height * random.next()
    );
  }
}

async function dragRange({ session, random }: IStep): Promise<void> {
  const box = await session.view('signal').boundingBox();
  if (box) {
    const { mouse } = session.page;
    const y = box.y + 0.6 * box.height;
    await mouse.move(box.x + box.width * (0.2 + 0.3 * random.next()), y);
    await mouse.down();
    await mouse.move(box.x + box.width * (0.6 + 0.3 * random.next()), y, {
      steps: 5
    });
    await mouse.up();
  }
}

async function pin(step: IStep): Promise<boolean> {
  const { session, ledger } = step;
  const marks = session.view('navigator').locator('.jp-Eelscape-pin');
  const before = await marks.count();
  if (before >= MOST_PINS) {
    return false;
  }
  await movePointer(step);
  // Its walk may have led back: a place that is pinned is not pinned twice.
  const places = '[(pin.row, pin.column) for pin in ex.pins.values()]';
  const again = await session.python(
    `print(tuple(ex.selection.pointer) in ${places})`
  );
  if (again.trim() === 'True') {
    return false;
  }
  await session.page.keyboard.press('p');
  // Acknowledged: the kernel knows as many as the navigator shows.
  await expect(async () => {
    expect(await marks.count()).not.toBe(before);
    const known = Number(await session.python('print(len(ex.pins))'));
    expect(known).toBe(await marks.count());
  }).toPass({ timeout: 30_000 });
  await ledger.keepState(session);
  return true;
}

async function drawRegion(step: IStep): Promise<boolean> {
  const { session, random, ledger } = step;
  const outlines = session.regions;
  const before = await outlines.count();
  if (before >= MOST_REGIONS) {
    return false;
  }
  // The tools stand in a column that may be shut.
  const toggle = session.root
    .getByRole('toolbar')
    .first()
    .getByRole('button', { name: 'Data', exact: true });
  const shut = (await toggle.getAttribute('aria-pressed')) !== 'true';
  if (shut) {
    await toggle.click();
  }
  await session.root
    .getByRole('group', { name: 'Tool in Navigator' })
    .getByRole('button', { name: random.pick(['Rectangle', 'Ellipse']) })
    .click();
  await movePointer(step);
  await session.page.keyboard.press('Enter');
  await session.page.keyboard.press('Escape');
  await expect(outlines).toHaveCount(before + 1);
  await session.page.keyboard.press('Alt+ArrowRight');
  // Acknowledged: the kernel has the region where its user last put it.
  await expect
    .poll(() => session.python('print(len(ex.regions))'), { timeout: 30_000 })
    .toBe(`${before + 1}`);
  await session.told();
  await ledger.keepState(session);
  if (shut) {
    await toggle.click();
  }
  return true;
}

async function chooseMeasure(step: IStep): Promise<boolean> {
  const { session, random, ledger } = step;
  const choice = session.root.getByLabel('Measure of errors').first();
  if (!(await choice.isVisible())) {
    return false;
  }
  const metric = random.pick(['relative', 'rmse', 'mse', 'mse_raw']);
  await choice.selectOption(metric);
  await expect
    .poll(() => session.python(`print(${METRIC})`), { timeout: 30_000 })
    .toBe(metric);
  await ledger.keepState(session);
  return true;
}

async function train(step: IStep): Promise<void> {
  const { session, random, ledger } = step;
  await session.python(`ex.train(${setup(step, random.whole(1, 4))})`);
  await ledger.keepModels(session);
}

async function cancelTraining(step: IStep): Promise<void> {
  const { session, ledger } = step;
  await startRun(step, 500);
  await session.python('run.stop()\nrun.wait(120)');
  await ledger.keepModels(session);
}

async function selectModel({ session, random }: IStep): Promise<boolean> {
  const chips = session.root
    .getByRole('group', { name: 'Models' })
    .getByRole('button');
  const count = await chips.count();
  if (count === 0) {
    return false;
  }
  await chips.nth(random.whole(0, count)).click();
  return true;
}

async function preprocess({ session, random, ledger }: IStep): Promise<void> {
  const steps = Number(
    await session.python('print(len(ex.recipe()["preprocessing"]))')
  );
  await session.python(
    steps > 0
      ? 'ex.undo()'
      : `ex.preprocess({"step": "crop_energy", "start": ${random.whole(0, 8)}, "stop": ${random.whole(36, 46)}})`
  );
  await session.settled();
  await ledger.keepState(session);
}

async function exportModel({ session }: IStep): Promise<boolean> {
  const status = await session.root.getAttribute('data-eelscape-status');
  if (status !== 'done') {
    return false;
  }
  const [download] = await Promise.all([
    session.page.waitForEvent('download'),
    session.command('eelscape:export-model')
  ]);
  expect(await download.failure()).toBeNull();
  return true;
}

async function reloadPage({ session, ledger }: IStep): Promise<void> {
  await session.reload();
  await ledger.check(session, 'a reload of the page');
}

async function closeAndReopen({ session, ledger }: IStep): Promise<void> {
  await session.closePanel();
  await session.reload();
  await ledger.check(session, 'closing the panel');
}

export const ACTIONS: Readonly<Record<string, Step>> = {
  'move the pointer': movePointer,
  'move the mouse': moveMouse,
  'drag a range': dragRange,
  pin,
  'draw a region': drawRegion,
  'choose a measure': chooseMeasure,
  train,
  'cancel a run': cancelTraining,
  'select a model': selectModel,
  'preprocess or undo': preprocess,
  'export a model': exportModel,
  'reload the page': reloadPage,
  'close and reopen': closeAndReopen
};
