import type { JSONObject } from '@lumino/coreutils';
import { MAX_STEPS } from '../../signal/limits';
import { BIN, CROP, MEND, previewOf, stateOf } from './answers';
import { count, makePair, makeScene, settle, SETUP } from './fakes';

/** Longer than the rest before a preview. */
const rest = () => new Promise(resolve => setTimeout(resolve, 180));

/** A panel whose data have come, with the kernel's word on the steps. */
async function scene(...steps: (typeof CROP)[]) {
  const pair = makePair();
  const all = await makeScene(pair);
  all.link.task('preprocess-state').resolve(stateOf(pair, ...steps));
  await settle();
  const asked = (kind: string) =>
    all.link.tasks.filter(task => task.kind === kind);
  return { ...all, pair, asked, model: all.workspace.preprocessing };
}

describe('the state of preprocessing', () => {
  it('is asked for when data have come', async () => {
    const { model, pair, asked, workspace, link } = await scene(CROP);
    expect(model.source?.dtype).toBe('uint16');
    expect(model.source?.shape).toEqual([10, 20, 16]);
    expect(model.source?.energy).toEqual(pair.energy);
    expect(model.steps.map(step => step.text)).toEqual(['Did crop_energy.']);
    workspace.reload();
    link.resolve(makePair({ sha256: 'two' }));
    await settle();
    expect(asked('preprocess-state')).toHaveLength(2);
  });

  it('says where it cannot be read', async () => {
    const { model, link, workspace } = await scene();
    workspace.reload();
    link.resolve(makePair());
    await settle();
    link.task('preprocess-state').resolve({ fields: {}, arrays: {} });
    await settle();
    expect(model.error).toMatch(/Install the same version/);
    expect(model.source?.dtype).toBe('uint16');
  });
});

describe('a long list of steps', () => {
  it('[F3] takes no more than the kernel carries out, and says so', async () => {
    const steps = Array.from({ length: MAX_STEPS }, () => CROP);
    const { model, asked } = await scene(...steps);
    model.edit(BIN);
    model.apply();
    expect(asked('preprocess-apply')).toHaveLength(0);
    expect(model.error).toBe(
      'There are 100 preprocessing steps, the most that are carried out. ' +
        'Undo some, or process the data before you open them.'
    );
    expect(model.steps).toHaveLength(MAX_STEPS);
    expect(model.draft).toBe(BIN);
  });
});

describe('the preview of a draft', () => {
  it('comes after a rest, for the latest draft and the pointer', async () => {
    const { model, pair, asked, workspace } = await scene();
    model.edit(BIN);
    model.edit(CROP);
    expect(asked('preprocess-preview')).toHaveLength(0);
    await rest();
    const [task, ...more] = asked('preprocess-preview');
    expect(more).toHaveLength(0);
    expect(task.params).toEqual({
      step: CROP,
      pixel: [...workspace.navigation.pointer]
    });
    expect(model.preview).toBeNull();
    task.resolve(previewOf(pair, { ...CROP, stop: 0.5 }, 7));
    await settle();
    expect(model.preview?.after[3]).toBe(7);
    expect(model.preview?.params).toEqual({ ...CROP, stop: 0.5 });
    expect(model.preview?.background).toBeNull();
    expect(model.preview?.residual).toHaveLength(16);
    expect(model.preview?.flags).toHaveLength(200);
    expect(model.draft).toBe(CROP);
  });

  it('follows the pointer with at most one under way', async () => {
    const { model, pair, asked, workspace } = await scene();
    model.edit(CROP);
    await rest();
    for (let column = 0; column < 3; column++) {
      workspace.navigation.setPointer(1, column);
      await rest();
    }
    expect(asked('preprocess-preview')).toHaveLength(1);
    asked('preprocess-preview')[0].resolve(previewOf(pair, CROP, 1));
    await settle();
    expect(asked('preprocess-preview')).toHaveLength(2);
    expect(asked('preprocess-preview')[1].params.pixel).toEqual([1, 2]);
    asked('preprocess-preview')[1].resolve(previewOf(pair, CROP, 2));
    await settle();
    expect(model.preview?.after[0]).toBe(2);
    await rest();
    expect(asked('preprocess-preview')).toHaveLength(2);
  });

  it('ends the one of an earlier draft, and never shows it', async () => {
    const { model, pair, asked } = await scene();
    model.edit(CROP);
    await rest();
    model.edit({ ...CROP, start: 0.44 });
    expect(asked('preprocess-preview')[0].aborted).toBe(true);
    await rest();
    asked('preprocess-preview')[1].resolve(previewOf(pair, CROP, 5));
    await settle();
    expect(model.preview?.after[0]).toBe(5);
    model.edit(BIN);
    expect(model.preview).toBeNull();
    model.edit(null);
    await rest();
    expect(asked('preprocess-preview')).toHaveLength(2);
    expect(model.error).toBe('');
  });

  it('shows what is wrong with a draft until another comes', async () => {
    const { model, link } = await scene();
    model.edit(CROP);
    await rest();
    link
      .task('preprocess-preview')
      .reject(new Error('Nothing is left between 0.42 and 0.41 eV.'));
    await settle();
    expect(model.error).toBe('Nothing is left between 0.42 and 0.41 eV.');
    expect(model.preview).toBeNull();
    model.edit(BIN);
    expect(model.error).toBe('');
  });

  it.each([
    ['a spectrum of another length', { before: new Float32Array(3) }],
    ['no mean', { mean_after: null }],
    ['maps of two shapes', { residual_map: new Float32Array(7) }]
  ])('refuses %s', async (_, change: Record<string, Float32Array | null>) => {
    const { model, pair, link } = await scene();
    model.edit(CROP);
    await rest();
    const good = previewOf(pair, CROP, 1);
    const arrays = { ...good.arrays };
    for (const [name, values] of Object.entries(change)) {
      if (values) {
        arrays[name] = { shape: [values.length], values };
      } else {
        delete arrays[name];
      }
    }
    link.task('preprocess-preview').resolve({ ...good, arrays });
    await settle();
    expect(model.preview).toBeNull();
    expect(model.error).toMatch(/cannot read/);
  });

  it('is not shown where its maps are of data that are on their way', async () => {
    const { model, pair, link } = await scene();
    model.edit(CROP);
    await rest();
    const other = { ...pair, ny: 5, nx: 10 };
    link.task('preprocess-preview').resolve(previewOf(other, CROP, 1));
    await settle();
    expect([model.preview, model.error]).toEqual([null, '']);
  });

  it('is not asked for while nothing is prepared', async () => {
    const { workspace, asked } = await scene();
    workspace.navigation.setPointer(1, 1);
    await rest();
    expect(asked('preprocess-preview')).toHaveLength(0);
  });
});

describe('applying steps', () => {
  it('sends the whole list and takes what the kernel made of it', async () => {
    const { model, pair, link } = await scene(MEND);
    model.edit(CROP);
    model.apply();
    const task = link.task('preprocess-apply');
    expect(task.params).toEqual({ steps: [MEND, CROP] });
    expect(model.busy).toEqual({ text: 'Applying the step', fraction: null });
    const changed = count(model.changed);
    task.options.onProgress?.({ fraction: 0.5, message: 'Row 5 of 10' });
    expect(model.busy).toEqual({ text: 'Row 5 of 10', fraction: 0.5 });
    expect(changed.n).toBe(1);
    model.apply();
    model.undo();
    expect(link.task('preprocess-apply')).toBe(task);
    task.resolve(stateOf(pair, MEND, CROP));
    await settle();
    expect(model.steps).toHaveLength(2);
    expect(model.draft).toBeNull();
    expect(model.busy).toBeNull();
    expect(link.transfers).toBe(1);
    link.requested.emit({ type: 'reload' });
    expect(link.transfers).toBe(2);
  });

  it('takes the parameters that the preview has shown', async () => {
    const { model, pair, link } = await scene();
    model.edit(CROP);
    await rest();
    const params = { ...CROP, stop: 0.53 };
    link.task('preprocess-preview').resolve(previewOf(pair, params, 1));
    await settle();
    model.apply();
    const sent = link.task('preprocess-apply').params as JSONObject;
    expect(sent.steps).toEqual([params]);
  });

  it('undoes and redoes, one step at a time', async () => {
    const { model, pair, link } = await scene(MEND, CROP);
    const answer = async (...steps: (typeof CROP)[]) => {
      const task = link.task('preprocess-apply');
      expect(task.params).toEqual({ steps });
      task.resolve(stateOf(pair, ...steps));
      await settle();
    };
    model.undo();
    await answer(MEND);
    model.undo();
    await answer();
    expect(model.undone.map(step => step.params)).toEqual([CROP, MEND]);
    model.undo();
    expect(link.tasks.filter(t => t.kind === 'preprocess-apply')).toHaveLength(
      2
    );
    model.redo();
    await answer(MEND);
    expect(model.undone.map(step => step.params)).toEqual([CROP]);
    model.edit(BIN);
    model.apply();
    await answer(MEND, BIN);
    expect(model.undone).toEqual([]);
    model.redo();
    expect(model.busy).toBeNull();
  });

  it('forgets what was undone when a cell changes the steps', async () => {
    const { model, pair, link, workspace } = await scene(MEND, CROP);
    model.undo();
    link.task('preprocess-apply').resolve(stateOf(pair, MEND));
    await settle();
    const receive = async (...steps: (typeof CROP)[]) => {
      workspace.reload();
      link.resolve(makePair());
      await settle();
      link.task('preprocess-state').resolve(stateOf(pair, ...steps));
      await settle();
    };
    link.requested.emit({ type: 'reload' });
    await receive(MEND);
    expect(model.undone).toHaveLength(1);
    link.requested.emit({ type: 'reload' });
    expect(model.undone).toHaveLength(0);
    model.undo();
    link.task('preprocess-apply').resolve(stateOf(pair));
    await settle();
    expect(model.undone).toHaveLength(1);
    await receive(BIN);
    expect(model.undone).toHaveLength(0);
  });

  it('keeps everything where it fails, and says why until the next action', async () => {
    const { model, link } = await scene(MEND);
    model.edit(CROP);
    model.apply();
    link.task('preprocess-apply').reject(new Error('Kernel restarted.'));
    await settle();
    expect(model.error).toBe('Kernel restarted.');
    expect(model.steps).toHaveLength(1);
    expect(model.draft).toBe(CROP);
    model.undo();
    expect(model.error).toBe('');
  });

  it('can be cancelled', async () => {
    const { model, link, pair } = await scene(MEND);
    model.edit(CROP);
    model.apply();
    model.cancel();
    expect(link.task('preprocess-apply').aborted).toBe(true);
    expect(model.busy).toBeNull();
    await settle();
    expect(model.error).toBe('');
    expect(model.steps).toHaveLength(1);
    model.apply();
    link.task('preprocess-apply').resolve(stateOf(pair, MEND, CROP));
    await settle();
    expect(model.steps).toHaveLength(2);
  });

  it('does not mark models unsent: Python has kept them', async () => {
    const { model, link, client, workspace } = await scene(MEND);
    workspace.training.start();
    client.runs[0].advance();
    client.runs[0].finish();
    await settle();
    expect(workspace.unsent).toBe(0);
    const receive = async () => {
      link.requested.emit({ type: 'reload' });
      link.resolve(makePair());
      await settle();
    };
    model.undo();
    await receive();
    expect(workspace.unsent).toBe(0);
    // The kernel's answer may come before its reload.
    link.task('preprocess-apply').resolve(stateOf(makePair()));
    await settle();
    model.redo();
    link.task('preprocess-apply').resolve(stateOf(makePair(), MEND));
    await settle();
    await receive();
    expect(workspace.unsent).toBe(0);
    await receive();
    expect(workspace.unsent).toBe(1);
  });
});

describe('what keeps steps from being applied', () => {
  it('is a network that trains', async () => {
    const { model, link, client, workspace } = await scene(MEND);
    expect(model.blocked).toBe('');
    const changed = count(model.changed);
    link.requested.emit({ type: 'train', run: 'r', setup: SETUP });
    expect(model.blocked).toMatch(/network trains/);
    expect(changed.n).toBe(1);
    model.undo();
    expect(link.tasks.some(t => t.kind === 'preprocess-apply')).toBe(false);
    client.runs[0].advance();
    client.runs[0].finish();
    await settle();
    expect(model.blocked).toBe('');
    expect(workspace.factorisation.blocked).toBe('');
  });

  it('is a kernel that is gone', async () => {
    const { model, link, workspace } = await scene(MEND);
    link.change('gone');
    expect(model.blocked).toMatch(/kernel is gone/);
    expect(workspace.factorisation.blocked).toMatch(/kernel is gone/);
    model.undo();
    workspace.factorisation.run(4);
    expect(link.tasks.some(t => /apply|nmf/.test(t.kind))).toBe(false);
    workspace.attach(null);
    expect(model.blocked).toMatch(/^No kernel/);
  });
});

it('nothing is heard after the end', async () => {
  const { model, pair, link, workspace } = await scene(MEND);
  model.edit(CROP);
  await rest();
  const preview = link.task('preprocess-preview');
  model.apply();
  const apply = link.task('preprocess-apply');
  const changed = count(model.changed);
  workspace.dispose();
  expect([preview.aborted, apply.aborted]).toEqual([true, true]);
  preview.resolve(previewOf(pair, CROP, 1));
  await rest();
  expect(changed.n).toBe(0);
});
