import {
  count,
  makeEmptyScene,
  makePair,
  makeScene,
  settle,
  SETUP
} from './fakes';

const SPEC2IM = { ...SETUP, kind: 'spec2im' as const, latentDims: 3 };

describe('a run from the panel', () => {
  it('goes from ready over training to done, and to Python', async () => {
    const { workspace, client, link } = await makeScene();
    const { training, models } = workspace;
    training.start();
    expect(workspace.status).toBe('training');
    expect(training.label).toBe('im2spec 2L');
    const request = client.runs[0].request;
    expect(request.evaluate.length).toBe(7 * 17);
    expect(request.evaluateEvery).toBe(1);
    expect(request.train.length + request.test.length).toBeLessThan(7 * 17);
    client.runs[0].advance();
    expect(training.epoch).toBe(1);
    expect(training.secondsLeft).toBe(4);
    expect(training.backend).toBe('wasm');
    client.runs[0].advance(1.5);
    await settle();
    expect(models.items.length).toBe(1);
    expect(models.active?.epoch).toBe(2);
    expect(workspace.exportModel()).toBeNull();
    expect(training.error).toMatch(/^im2spec 2L still trains: it can be saved/);
    training.dismissError();
    client.runs[0].finish();
    await settle();
    expect(workspace.status).toBe('done');
    expect(models.items.length).toBe(1);
    expect(training.history.train).toEqual([1, 0.5]);
    expect(workspace.navigation.layer).toBe('error');
    expect(link.models.length).toBe(1);
    expect(link.models[0].positions).toEqual(request.evaluate);
    // For other tabs over the same data.
    expect(link.progress.every(({ run }) => run === link.models[0].run)).toBe(
      true
    );
    expect(workspace.unsent).toBe(0);
    expect(workspace.exportModel()).toBe(link.models[0].file);
  });

  it('pauses, resumes and stops', async () => {
    const { workspace, client } = await makeScene();
    const { training } = workspace;
    training.start();
    training.pause();
    training.pause();
    expect(workspace.status).toBe('paused');
    training.resume();
    training.resume();
    expect(workspace.status).toBe('training');
    client.runs[0].advance();
    training.stop();
    await settle();
    expect(client.runs[0].calls).toEqual(['pause', 'resume', 'stop']);
    expect(workspace.status).toBe('done');
  });

  it('leaves no model when stopped in the first epoch', async () => {
    const { workspace, client } = await makeScene();
    workspace.training.start();
    workspace.training.stop();
    await settle();
    expect(client.runs[0].calls).toEqual(['stop']);
    expect(workspace.models.items.length).toBe(0);
    expect(workspace.status).toBe('ready');
  });

  it('shows what went wrong, and takes back the unfinished model', async () => {
    const { workspace, client } = await makeScene();
    workspace.training.start();
    client.runs[0].advance(1.2);
    await settle();
    expect(workspace.models.items.length).toBe(1);
    client.runs[0].fail(new Error('The worker ended: out of memory.'));
    await settle();
    expect(workspace.training.error).toBe('The worker ended: out of memory.');
    expect(workspace.models.items.length).toBe(0);
    expect(workspace.status).toBe('ready');
    const changed = count(workspace.training.changed);
    workspace.training.dismissError();
    workspace.training.dismissError();
    expect(workspace.training.error).toBe('');
    expect(changed.n).toBe(1);
  });
});

describe('the queue', () => {
  it('runs one after another, each with its own setup', async () => {
    const { workspace, client, link } = await makeScene();
    link.requested.emit({ type: 'train', run: 'a', setup: SETUP });
    link.requested.emit({ type: 'train', run: 'b', setup: SPEC2IM });
    expect(client.runs.length).toBe(1);
    expect(workspace.training.queued).toBe(1);
    expect(workspace.data.setup).toEqual(SETUP);
    client.runs[0].advance();
    client.runs[0].finish();
    await settle();
    expect(client.runs.length).toBe(2);
    expect(client.runs[1].request.spec.kind).toBe('spec2im');
    expect(workspace.data.setup).toEqual(SPEC2IM);
    expect(workspace.models.active).toBeNull();
    expect(workspace.training.queued).toBe(0);
    client.runs[1].advance();
    client.runs[1].finish();
    await settle();
    expect(link.models.map(model => model.run)).toEqual(['a', 'b']);
    expect(workspace.models.active?.kind).toBe('spec2im');
    expect(workspace.models.items.map(item => item.label)).toEqual([
      '2L',
      '3L'
    ]);
  });

  it('waits for the data', async () => {
    const { workspace, client, link } = makeEmptyScene();
    link.requested.emit({ type: 'train', run: 'a', setup: SETUP });
    expect(client.runs.length).toBe(0);
    expect(workspace.training.queued).toBe(1);
    link.resolve(makePair());
    await settle();
    expect(client.runs.length).toBe(1);
    expect(workspace.status).toBe('training');
  });

  it('goes on after a run that failed', async () => {
    const { client, link } = await makeScene();
    link.requested.emit({ type: 'train', run: 'a', setup: SETUP });
    link.requested.emit({ type: 'train', run: 'b', setup: SETUP });
    client.runs[0].fail(new Error('broken'));
    await settle();
    expect(link.failures).toEqual([['a', 'broken']]);
    expect(client.runs.length).toBe(2);
  });

  it('lets Python stop a run that trains or waits', async () => {
    const { workspace, client, link } = await makeScene();
    link.requested.emit({ type: 'train', run: 'a', setup: SETUP });
    link.requested.emit({ type: 'train', run: 'b', setup: SETUP });
    link.requested.emit({ type: 'stop', run: 'b' });
    expect(workspace.training.queued).toBe(0);
    expect(link.failures.map(([run]) => run)).toEqual(['b']);
    expect(client.runs[0].calls).toEqual([]);
    link.requested.emit({ type: 'stop', run: 'unknown' });
    expect(client.runs[0].calls).toEqual([]);
    client.runs[0].advance();
    link.requested.emit({ type: 'stop', run: 'a' });
    await settle();
    expect(link.models.map(model => model.run)).toEqual(['a']);
  });

  it('tells Python the progress of its own runs, once an epoch', async () => {
    const { client, link } = await makeScene();
    link.requested.emit({ type: 'train', run: 'a', setup: SETUP });
    client.runs[0].advance();
    client.runs[0].advance();
    expect(link.progress.map(p => [p.run, p.epoch])).toEqual([
      ['a', 1],
      ['a', 2]
    ]);
    client.runs[0].epoch--;
    client.runs[0].advance();
    expect(link.progress.length).toBe(2);
  });
});

describe('a kernel that is gone', () => {
  it('leaves the run alone; the model is sent later', async () => {
    const { workspace, client, link } = await makeScene();
    link.requested.emit({ type: 'train', run: 'a', setup: SETUP });
    const changed = count(workspace.changed);
    link.change('gone');
    expect(changed.n).toBe(1);
    expect(workspace.linkState).toBe('gone');
    expect(workspace.status).toBe('training');
    client.runs[0].advance(1.3);
    client.runs[0].finish();
    await settle();
    expect(workspace.status).toBe('done');
    expect(workspace.unsent).toBe(1);
    expect(link.models.length).toBe(0);
    expect(link.progress.length).toBe(0);
    expect(workspace.exportModel()).not.toBeNull();
    await workspace.sendToPython();
    expect(workspace.unsent).toBe(1);
    link.change('connected');
    await workspace.sendToPython();
    expect(link.models.length).toBe(1);
    expect(workspace.unsent).toBe(0);
    await workspace.sendToPython();
    expect(link.models.length).toBe(1);
  });

  it('keeps a model whose way to Python broke', async () => {
    const { workspace, client, link } = await makeScene();
    link.broken = 'The kernel did not answer for 30 s.';
    workspace.training.start();
    client.runs[0].advance();
    client.runs[0].finish();
    await settle();
    expect(workspace.unsent).toBe(1);
    expect(workspace.training.error).toContain('did not answer for 30 s');
    link.broken = '';
    await workspace.sendToPython();
    expect(workspace.unsent).toBe(0);
  });
});

describe('the model file', () => {
  it('names setup, scaling, split and history as Python does', async () => {
    const { client, link, workspace } = await makeScene();
    workspace.training.start();
    client.runs[0].advance();
    client.runs[0].finish();
    await settle();
    const text = new TextDecoder().decode(link.models[0].file);
    const meta = JSON.parse(text);
    expect(meta.setup).toEqual({
      kind: 'im2spec',
      scaling: 'range',
      latent_dims: 2,
      epochs: 3,
      batch_size: 8,
      learning_rate: 1e-3,
      filters: 8,
      window: 4,
      stride: 1,
      windows: 'all',
      split: 'left-right',
      guard: 4,
      train_fraction: 0.67,
      seed: 0,
      backend: 'auto'
    });
    const { image } = makePair();
    expect(meta.scaling.image).toEqual([
      Math.min(...image),
      Math.max(...image)
    ]);
    expect(meta.split).toMatchObject({ kind: 'left-right', leaking: false });
    expect(meta.history).toEqual({ train: [1], test: [2] });
    expect(meta.energy.scale).toBe(0.01);
    expect(meta.versions.eelscape).toMatch(/^\d/);
  });

  it('[B3] names the batch that it was trained with where memory had no room for the one asked for', async () => {
    const { client, link, workspace } = await makeScene();
    workspace.training.start();
    const [run] = client.runs;
    run.batchSize = 4;
    run.advance();
    run.finish();
    await settle();
    const meta = JSON.parse(new TextDecoder().decode(link.models[0].file));
    expect(meta.setup.batch_size).toBe(4);
    // What is asked for next time stays.
    expect(workspace.data.setup.batchSize).toBe(8);
  });

  it('writes losses that are not finite as null', async () => {
    const { client, link, workspace } = await makeScene();
    workspace.training.start();
    const [run] = client.runs;
    run.advance();
    Object.defineProperty(run, 'history', {
      value: { train: [NaN], test: [Infinity] }
    });
    run.finish();
    await settle();
    const meta = JSON.parse(new TextDecoder().decode(link.models[0].file));
    expect(meta.history).toEqual({ train: [null], test: [null] });
  });
});
