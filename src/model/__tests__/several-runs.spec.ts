import { count, makeScene, settle, SETUP, type IScene } from './fakes';

/** Both networks train at once: wasm is asked for by name, there are two cores. */
async function two(cores = 2): Promise<IScene> {
  const scene = await makeScene(undefined, null, cores);
  const { data, training } = scene.workspace;
  data.change({ backend: 'wasm' });
  data.vary({ latentDims: [2, 10] });
  training.start();
  return scene;
}

describe('several numbers of latents', () => {
  it('train at once, a run each, with their own progress', async () => {
    const { workspace, client } = await two();
    const { training } = workspace;
    expect(client.runs.map(run => run.request.spec.latentDims)).toEqual([
      2, 10
    ]);
    expect(client.runs[0].request.seed).toBe(client.runs[1].request.seed);
    client.runs[1].advance();
    client.runs[1].advance();
    client.runs[0].advance();
    expect(training.runs.map(run => [run.label, run.epoch])).toEqual([
      ['im2spec 2L', 1],
      ['im2spec 10L', 2]
    ]);
    expect(training.runs[1].history.train).toEqual([1, 0.5]);
    expect(training.queued).toBe(0);
    expect(workspace.status).toBe('training');
  });

  it('keep results apart that come in turns', async () => {
    const { workspace, client, link } = await two();
    const { models } = workspace;
    const [small, large] = client.runs;
    large.advance(1.5);
    await settle();
    small.advance(1.3);
    await settle();
    large.advance(1.2);
    await settle();
    // In the order in which they began, whichever was evaluated first.
    expect(models.items.map(item => [item.label, item.epoch])).toEqual([
      ['2L', 1],
      ['10L', 2]
    ]);
    // What is shown stays shown.
    expect(models.active?.label).toBe('10L');
    expect(workspace.training.label).toBe('im2spec 10L');
    large.finish(false, 1.1);
    await settle();
    expect(workspace.status).toBe('training');
    expect(models.active?.label).toBe('10L');
    small.advance(1.2);
    small.finish(false, 1.4);
    await settle();
    expect(workspace.status).toBe('done');
    expect(models.items.map(item => item.latents.length)).toEqual([
      2 * 7 * 17,
      10 * 7 * 17
    ]);
    expect(models.items[0].history.train.length).toBe(2);
    expect(models.items[0].meanError.all).toBeGreaterThan(
      models.items[1].meanError.all
    );
    expect(link.models.map(model => model.title)).toEqual([
      'im2spec 10L, sample',
      'im2spec 2L, sample'
    ]);
  });

  it('are a run for each seed too, with names that tell them apart', async () => {
    const { workspace, client } = await makeScene(undefined, null, 4);
    const { data, training } = workspace;
    data.change({ backend: 'wasm' });
    data.vary({ seed: [3, 4] });
    training.start();
    expect(training.runs.map(run => run.label)).toEqual([
      'im2spec 2L, seed 3',
      'im2spec 2L, seed 4'
    ]);
    client.runs.forEach(run => run.advance(1.2));
    await settle();
    expect(workspace.models.items.map(item => item.label)).toEqual([
      '2L',
      '2L (2)'
    ]);
  });

  it('are refused where one of them cannot be', async () => {
    const { workspace } = await makeScene();
    const { data } = workspace;
    data.vary({ latentDims: [2, 0] });
    expect(data.problem).toContain('Latents 0 is not possible');
    data.change({ latentDims: 3 });
    expect(data.problem).toBe('');
    expect(data.setups.length).toBe(1);
    data.vary({ seed: Array.from({ length: 65 }, (_, i) => i) });
    expect(data.problem).toContain('make 65 runs');
  });
});

describe('one of several runs', () => {
  it('is held and stopped without the other', async () => {
    const { workspace, client } = await two();
    const { training, models } = workspace;
    const [small, large] = client.runs;
    const [{ id }] = training.runs;
    training.pause(id);
    expect(training.runs.map(run => run.paused)).toEqual([true, false]);
    expect(workspace.status).toBe('training');
    training.resume(id);
    large.advance();
    small.advance();
    training.stop(id);
    await settle();
    expect(small.calls).toEqual(['pause', 'resume', 'stop']);
    expect(large.calls).toEqual([]);
    expect(training.runs.map(run => run.label)).toEqual(['im2spec 10L']);
    expect(models.items.map(item => item.label)).toEqual(['2L']);
    expect(workspace.status).toBe('training');
  });

  it('fails alone, and says which it was', async () => {
    const { workspace, client, link } = await two();
    const { training, models } = workspace;
    const [small, large] = client.runs;
    small.advance(1.2);
    large.advance(1.2);
    await settle();
    small.fail(new Error('out of memory.'));
    await settle();
    expect(training.error).toBe('im2spec 2L: out of memory.');
    expect(models.items.map(item => item.label)).toEqual(['10L']);
    large.advance();
    large.finish();
    await settle();
    expect(training.error).toBe('im2spec 2L: out of memory.');
    expect(link.models.length).toBe(1);
  });

  it('ends with the data, as does the other', async () => {
    const { workspace, client, link } = await two();
    client.runs.forEach(run => run.advance(1.2));
    await settle();
    link.requested.emit({ type: 'reload' });
    const pair = workspace.data.pair!;
    link.resolve({ ...pair, sha256: 'two' });
    await settle();
    expect(workspace.models.items.length).toBe(0);
    expect(workspace.training.running).toBe(false);
    expect(workspace.training.error).toContain('im2spec 10L: The data were');
  });
});

describe('a run that is asked for while other data are on their way', () => {
  it('trains on those, not on the ones that go', async () => {
    const { workspace, client, link } = await makeScene();
    link.requested.emit({ type: 'reload' });
    link.requested.emit({ type: 'train', run: 'r', setup: SETUP });
    await settle();
    expect(client.runs.length).toBe(0);
    expect(workspace.training.queued).toBe(1);
    const image = workspace.data.pair!.image.map(value => value + 1);
    link.resolve({ ...workspace.data.pair!, sha256: 'two', image });
    await settle();
    expect(client.runs.length).toBe(1);
    expect(client.runs[0].request.dataset.image).toBe(image);
    expect(workspace.training.error).toBe('');
  });

  it('trains on what stays where they do not come', async () => {
    const { workspace, client, link } = await makeScene();
    link.requested.emit({ type: 'reload' });
    link.requested.emit({ type: 'train', run: 'r', setup: SETUP });
    link.reject(new Error('Block 2 was lost.'));
    await settle();
    expect(client.runs.length).toBe(1);
    expect(client.runs[0].request.dataset.image).toBe(
      workspace.data.pair!.image
    );
  });
});

describe('all runs', () => {
  it('are held, go on and stop by one verb; what waits does not begin', async () => {
    const { workspace, client } = await two(1);
    const { training } = workspace;
    expect(client.runs.length).toBe(1);
    expect(training.waiting).toEqual(['im2spec 10L']);
    training.stop();
    await settle();
    expect(client.runs.length).toBe(1);
    expect(training.queued).toBe(0);
    const both = await two();
    both.workspace.training.pause();
    expect(both.workspace.status).toBe('paused');
    both.workspace.training.resume();
    both.workspace.training.stop();
    for (const run of both.client.runs) {
      expect(run.calls).toEqual(['pause', 'resume', 'stop']);
    }
  });

  it('tell of progress ten times a second at most', async () => {
    const { workspace, client } = await two();
    const changed = count(workspace.training.changed);
    for (let i = 0; i < 20; i++) {
      client.runs.forEach(run => run.advance());
    }
    expect(changed.n).toBe(1);
    await new Promise(resolve => setTimeout(resolve, 150));
    expect(changed.n).toBe(2);
    expect(workspace.training.runs.map(run => run.epoch)).toEqual([20, 20]);
  });

  it('share the threads of the machine', async () => {
    const { client } = await two(4);
    expect(client.runs.map(run => run.request.threads)).toEqual([2, 2]);
    const alone = await makeScene(undefined, null, 4);
    alone.workspace.training.start();
    expect(alone.client.runs[0].request.threads).toBeUndefined();
  });
});

describe('runs of Python', () => {
  it('train at once, each told of by its id', async () => {
    const { workspace, client, link } = await makeScene(undefined, null, 2);
    const wasm = { ...SETUP, backend: 'wasm' as const };
    link.requested.emit({ type: 'train', run: 'a', setup: wasm });
    const second = { ...wasm, latentDims: 10, kind: 'spec2im' as const };
    link.requested.emit({ type: 'train', run: 'b', setup: second });
    expect(client.runs.length).toBe(2);
    // The panel stays with the first.
    expect(workspace.data.setup).toEqual(wasm);
    client.runs[1].advance();
    client.runs[0].advance();
    client.runs[1].advance();
    expect(link.progress.map(({ run, epoch }) => [run, epoch])).toEqual([
      ['b', 1],
      ['a', 1],
      ['b', 2]
    ]);
    link.requested.emit({ type: 'stop', run: 'b' });
    await settle();
    expect(link.models.map(model => model.run)).toEqual(['b']);
    expect(workspace.training.runs.map(run => run.id)).toEqual(['a']);
  });

  it('that wait are told when everything is stopped', async () => {
    const { workspace, link } = await makeScene();
    link.requested.emit({ type: 'train', run: 'a', setup: SETUP });
    link.requested.emit({ type: 'train', run: 'b', setup: SETUP });
    workspace.training.stop();
    expect(link.failures.map(([run]) => run)).toEqual(['b']);
  });
});

describe('the grid of a network that trains', () => {
  it('follows its evaluations and holds its axes still', async () => {
    const { workspace, client } = await two();
    const { models } = workspace;
    client.runs[0].advance(1.5);
    await settle();
    const first = models.grid!;
    // The encodings, and a little room at each end.
    expect(first.ranges[0].min).toBeCloseTo(2 - 0.05 * 16, 10);
    expect(first.backProjected.length).toBe(16 * 16);
    client.runs[0].advance(1.4);
    await settle();
    expect(models.grid).not.toBe(first);
    expect(models.grid!.ranges).toEqual(first.ranges);
    expect(models.grid!.decoded[0]).toBe(2);
    client.runs[0].finish();
    await settle();
    // Of the finished network they are those of its encodings.
    expect(models.grid!.ranges[0]).toEqual({ min: 2, max: 18 });
    expect(workspace.training.error).toBe('');
  });

  it('does not ask again while an answer is to come', async () => {
    const { workspace, client } = await two();
    const [run] = client.runs;
    const answers: (() => void)[] = [];
    const asked: number[] = [];
    run.decode = (_, n) => {
      asked.push(n);
      const epoch = run.epoch;
      return new Promise(resolve =>
        answers.push(() => resolve(new Float32Array(n * 16).fill(epoch)))
      );
    };
    for (const factor of [1.5, 1.4, 1.3, 1.2]) {
      run.advance(factor);
      await settle();
    }
    // One grid and one cursor under way, whatever came meanwhile.
    expect(asked.sort((a, b) => a - b)).toEqual([1, 16]);
    while (answers.length > 0) {
      answers.splice(0).forEach(answer => answer());
      await settle();
    }
    expect(asked.filter(n => n === 16).length).toBe(2);
    expect(workspace.models.grid!.decoded[0]).toBe(4);
  });

  it('says nothing when the run ends with a question open', async () => {
    const { workspace, client } = await two();
    const [run] = client.runs;
    run.decode = () => Promise.reject(new Error('The run has ended.'));
    run.advance(1.5);
    await settle();
    run.finish();
    await settle();
    expect(workspace.training.error).toBe('');
    expect(workspace.models.grid).not.toBeNull();
  });
});
