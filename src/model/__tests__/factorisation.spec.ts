import { factorsOf, NO_FACTORS } from './answers';
import { count, makePair, makeScene, settle } from './fakes';

async function scene() {
  const pair = makePair();
  const all = await makeScene(pair);
  all.link.task('factorisation').resolve(NO_FACTORS);
  await settle();
  return { ...all, pair, model: all.workspace.factorisation };
}

describe('factorising', () => {
  it('shows the maps as a layer and the endmembers beside them', async () => {
    const { model, pair, link, workspace } = await scene();
    const { navigation } = workspace;
    expect(model.result).toBeNull();
    navigation.setComponent(5);
    model.run(3);
    const task = link.task('nmf');
    expect(task.params).toEqual({ components: 3, seed: 0 });
    expect(model.busy).toEqual({
      text: 'Factorising into 3 components',
      fraction: null
    });
    task.options.onProgress?.({ fraction: 0.25, message: 'Pass 50 of 200' });
    expect(model.busy).toEqual({ text: 'Pass 50 of 200', fraction: 0.25 });
    model.run(4);
    expect(link.task('nmf')).toBe(task);
    task.resolve(factorsOf(pair, 3));
    await settle();
    const result = model.result!;
    expect(result.abundances.map(map => [map.length, map[199]])).toEqual([
      [200, 0],
      [200, 1],
      [200, 2]
    ]);
    expect(result.endmembers.map(spectrum => spectrum[1])).toEqual([1, 17, 33]);
    expect([result.explained, result.report]).toEqual([
      0.97,
      ['12 negative values were set to 0.']
    ]);
    expect([navigation.layer, navigation.component]).toEqual(['abundance', 2]);
    expect(model.busy).toBeNull();
  });

  it('says why it failed, and can be cancelled', async () => {
    const { model, link } = await scene();
    model.run(400);
    link.task('nmf').reject(new Error('At most 16 components are possible.'));
    await settle();
    expect(model.error).toBe('At most 16 components are possible.');
    model.run(4);
    expect(model.error).toBe('');
    model.cancel();
    await settle();
    expect(link.task('nmf').aborted).toBe(true);
    expect([model.error, model.busy, model.result]).toEqual(['', null, null]);
  });

  it.each([
    ['no maps', { abundances: undefined }],
    [
      'too few of them',
      { abundances: factorsOf(makePair(), 2).arrays.abundances }
    ]
  ])('refuses %s', async (_, change) => {
    const { model, pair, link } = await scene();
    model.run(3);
    const good = factorsOf(pair, 3);
    const arrays = { ...good.arrays, ...change } as typeof good.arrays;
    link.task('nmf').resolve({ ...good, arrays });
    await settle();
    expect(model.result).toBeNull();
    expect(model.error).toMatch(/cannot read/);
  });
});

describe('a result that a cell made', () => {
  it('is asked for when data come and when it changes', async () => {
    const { model, pair, link, workspace } = await scene();
    link.requested.emit({ type: 'changed', what: 'factorisation' });
    link.task('factorisation').resolve(factorsOf(pair, 2));
    await settle();
    expect(model.result?.abundances).toHaveLength(2);
    expect(workspace.navigation.layer).toBe('haadf');
  });

  it('is not shown over other data', async () => {
    const { model, pair, link, workspace } = await scene();
    model.run(2);
    link.task('nmf').resolve(factorsOf(pair, 2));
    await settle();
    expect(model.result).not.toBeNull();
    const changed = count(model.changed);
    workspace.reload();
    const other = makePair({ sha256: 'two' });
    link.resolve(other);
    await settle();
    expect(model.result).toBeNull();
    expect(changed.n).toBeGreaterThan(0);
    expect(workspace.navigation.layer).toBe('haadf');
    link.task('factorisation').resolve(factorsOf(pair, 2));
    await settle();
    expect(model.result).toBeNull();
    link.requested.emit({ type: 'changed', what: 'factorisation' });
    link.task('factorisation').resolve(factorsOf(other, 2));
    await settle();
    expect(model.result).not.toBeNull();
  });

  it('does not come after one that was asked for later', async () => {
    const { model, pair, link } = await scene();
    link.requested.emit({ type: 'changed', what: 'factorisation' });
    const early = link.task('factorisation');
    model.run(3);
    link.task('nmf').resolve(factorsOf(pair, 3));
    early.resolve(factorsOf(pair, 2));
    await settle();
    expect(model.result?.abundances).toHaveLength(3);
  });
});
