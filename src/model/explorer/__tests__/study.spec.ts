import { structureOf } from '../../../analysis/structure';
import { partMeans } from '../../../analysis/error-map';
import {
  count,
  type FakeRun,
  type IScene,
  makePair,
  makeScene,
  settle,
  SETUP
} from '../../__tests__/fakes';
import { TEST } from '../../../signal/types';
import { STUDY_SIZES } from '../study-model';
import type { IStudyModel } from '../study-types';

/** Trains the run that began last to its end. */
async function finish(run: FakeRun, factor = 1.2): Promise<void> {
  for (let epoch = 0; epoch < SETUP.epochs; epoch++) {
    run.advance();
  }
  run.finish(false, factor);
  await settle();
  await settle();
}

async function scene(cores = 1): Promise<IScene & { study: IStudyModel }> {
  const made = await makeScene(undefined, null, cores);
  // Asked for by name: on "auto" nobody knows yet how many runs go at once.
  made.workspace.data.change({ backend: 'wasm' });
  return { ...made, study: made.workspace.explorer.study };
}

function states(study: IStudyModel): string[] {
  return study.entries.map(
    ({ kind, latents, state }) => `${kind} ${latents} ${state}`
  );
}

describe('latent-size study', () => {
  it('begins with the sizes of the paper, in both directions', async () => {
    const { study } = await scene();
    expect(study.sizes).toEqual([1, 2, 3, 4, 6, 8, 10, 16]);
    expect(study.sizes).toBe(STUDY_SIZES);
    expect(study.kinds).toEqual(['im2spec', 'spec2im']);
    expect(study.missing).toBe(16);
    expect(study.progress).toBeNull();
  });

  it('takes whole sizes once and in order, and keeps what it has where none fits', async () => {
    const { study } = await scene();
    const changes = count(study.changed);
    study.setSizes([4, 2, 4, 0, 1.5]);
    expect(study.sizes).toEqual([2, 4]);
    study.setSizes([]);
    study.setSizes([2, 4]);
    study.setKinds([]);
    expect(study.sizes).toEqual([2, 4]);
    expect(study.kinds.length).toBe(2);
    expect(changes.n).toBe(1);
  });

  it('trains what is missing, with the setup of the panel, one after another', async () => {
    const { study, client, workspace } = await scene();
    workspace.training.start();
    await finish(client.runs[0]);
    const known = workspace.models.active!.id;
    study.setSizes([1, 2]);
    expect(states(study)).toEqual([
      'im2spec 1 missing',
      'im2spec 2 done',
      'spec2im 1 missing',
      'spec2im 2 missing'
    ]);
    study.run();
    expect(client.runs.length).toBe(2);
    expect(states(study)[0]).toBe('im2spec 1 trains');
    expect(states(study)[2]).toBe('spec2im 1 waits');
    expect(study.progress).toMatchObject({ done: 0, total: 3, fraction: 0 });
    client.runs[1].advance();
    expect(study.progress).toMatchObject({
      fraction: 1 / 9,
      trains: ['im2spec 1L, epoch 1 of 3'],
      // Two epochs of this run and three each of two others, 2 s an epoch.
      secondsLeft: 16
    });
    const { spec, seed, epochs } = client.runs[1].request;
    expect([spec.latentDims, spec.filters, seed, epochs]).toEqual([1, 8, 0, 3]);
    client.runs[1].advance();
    client.runs[1].advance();
    client.runs[1].finish();
    await settle();
    await settle();
    expect(client.runs[2].request.spec).toMatchObject({
      kind: 'spec2im',
      latentDims: 1
    });
    expect(study.progress?.done).toBe(1);
    await finish(client.runs[2]);
    await finish(client.runs[3]);
    expect(study.progress).toBeNull();
    expect(study.missing).toBe(0);
    // What was shown before is shown again.
    expect(workspace.models.active?.id).toBe(known);
    expect(workspace.data.setup.kind).toBe('im2spec');
    study.run();
    expect(client.runs.length).toBe(4);
  });

  it('leaves the model shown that a person chose meanwhile', async () => {
    const { study, client, workspace } = await scene();
    workspace.training.start();
    await finish(client.runs[0]);
    study.setKinds(['im2spec']);
    study.setSizes([3, 4, 6]);
    study.run();
    const { models } = workspace;
    await finish(client.runs[1]);
    await finish(client.runs[2]);
    // What trains is shown meanwhile, as ever.
    expect(models.active?.label).toBe('4L');
    models.activate(models.items.find(model => model.label === '3L')!.id);
    await finish(client.runs[3]);
    expect(models.active?.label).toBe('3L');
  });

  it('is cancelled: what waits never begins, what is complete stays', async () => {
    const { study, client, workspace } = await scene();
    study.setKinds(['im2spec']);
    study.setSizes([1, 2, 3]);
    study.run();
    await finish(client.runs[0]);
    client.runs[1].advance();
    study.cancel();
    await settle();
    await settle();
    expect(study.progress).toBeNull();
    expect(client.runs.length).toBe(2);
    expect(client.runs[1].calls).toContain('stop');
    expect(workspace.training.running).toBe(false);
    expect(workspace.training.queued).toBe(0);
    // The run that was ended early is no point of the study.
    expect(states(study)).toEqual([
      'im2spec 1 done',
      'im2spec 2 missing',
      'im2spec 3 missing'
    ]);
  });

  it('says which ended early, and trains them on the next run', async () => {
    const { study, client } = await scene();
    study.setKinds(['im2spec']);
    study.setSizes([1, 2]);
    study.run();
    client.runs[0].fail(new Error('Loss became NaN.'));
    await settle();
    expect(states(study)[0]).toBe('im2spec 1 failed');
    await finish(client.runs[1]);
    expect(study.missing).toBe(1);
    study.run();
    await finish(client.runs[2]);
    expect(states(study)).toEqual(['im2spec 1 done', 'im2spec 2 done']);
  });

  it('trains as many at once as there is room for', async () => {
    const { study, client } = await scene(2);
    study.setKinds(['im2spec']);
    study.setSizes([1, 2, 3]);
    study.run();
    expect(client.runs.length).toBe(2);
    await finish(client.runs[1]);
    expect(client.runs.length).toBe(3);
    expect(study.progress).toMatchObject({ done: 1, total: 3 });
  });

  it('belongs to a setup: another seed or split is another study', async () => {
    const { study, client, workspace } = await scene();
    study.setKinds(['im2spec']);
    study.setSizes([2]);
    study.run();
    await finish(client.runs[0]);
    expect(study.missing).toBe(0);
    const changes = count(study.changed);
    workspace.data.change({ seed: 5 });
    expect(study.missing).toBe(1);
    workspace.data.change({ seed: 0, backend: 'cpu' });
    // The backend makes no other network.
    expect(study.missing).toBe(0);
    expect(changes.n).toBeGreaterThan(0);
  });

  it('does not count a model that learnt from other data', async () => {
    const { study, client, workspace } = await scene();
    study.setKinds(['im2spec']);
    study.setSizes([2]);
    study.run();
    await finish(client.runs[0]);
    expect(study.missing).toBe(0);
    // Shown over data that it does not know, every window is one to test on.
    workspace.models.items[0].split.fill(TEST);
    expect(study.missing).toBe(1);
  });

  it('cannot train where a setup does not fit the data', async () => {
    const { study, client, workspace } = await scene();
    workspace.data.change({ window: 6, guard: 6 });
    expect(study.problem).toContain('4');
    study.run();
    expect(client.runs.length).toBe(0);
    study.setKinds(['im2spec']);
    expect(study.problem).toBe('');
  });

  it('ends where the data are replaced', async () => {
    const { study, client, workspace, link } = await scene();
    study.setKinds(['im2spec']);
    study.setSizes([1, 2]);
    study.run();
    workspace.reload();
    link.resolve(makePair({ sha256: 'two' }));
    await settle();
    await settle();
    expect(study.progress).toBeNull();
    expect(workspace.training.queued).toBe(0);
    expect(client.runs.length).toBe(1);
    expect(study.missing).toBe(2);
  });
});

describe('points of the study', () => {
  it('hold the errors and their structure, by any measure', async () => {
    const { study, client, workspace } = await scene();
    study.setKinds(['im2spec']);
    study.setSizes([1, 2, 3]);
    study.run();
    await finish(client.runs[0], 1.5);
    await finish(client.runs[1], 1.2);
    await finish(client.runs[2], 1.19);
    const { image } = workspace.data.pair!;
    for (const metric of ['relative', 'mse_raw'] as const) {
      const points = study.points('im2spec', metric);
      expect(points.map(point => point.latents)).toEqual([1, 2, 3]);
      points.forEach((point, i) => {
        const model = workspace.models.items[i];
        const map = model.errorBy(metric);
        expect(point.model).toBe(model.id);
        const means = partMeans(map, model.split);
        expect(point.test.mean).toBeCloseTo(means.test, 10);
        expect(point.train.mean).toBeCloseTo(means.train, 10);
        const { r, mse } = structureOf(map, image);
        expect([point.r, point.mse]).toEqual([r, mse]);
      });
      expect(points[0].test.mean).toBeGreaterThan(points[1].test.mean);
      expect(study.points('im2spec', metric)).toBe(points);
    }
    expect(study.points('spec2im', 'relative')).toEqual([]);
    const suggestion = study.suggestion('im2spec', 'relative')!;
    expect(suggestion.best.latents).toBe(3);
    // 0.19 / 2.19 is within 5 % of 0.2 / 2.2 by the relative error on a scale from 0.
    expect(suggestion.chosen.latents).toBeLessThanOrEqual(3);
    expect(study.suggestion('spec2im', 'relative')).toBeNull();
  });
});
