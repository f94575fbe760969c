import type { ITaskResult } from '../../kernel/types';
import { count, makePair, makeScene, settle, SETUP } from './fakes';

const names = (...found: string[]): ITaskResult => ({
  fields: { names: found },
  arrays: {}
});

async function scene() {
  const all = await makeScene(makePair());
  const { link, workspace } = all;
  link.task('source-changes').resolve(names());
  await settle();
  const { source } = workspace;
  return {
    ...all,
    source,
    /** A cell changed variables: the kernel says so and answers which. */
    change: async (...found: string[]) => {
      link.requested.emit({ type: 'changed', what: 'source' });
      link.task('source-changes').resolve(names(...found));
      await settle();
    }
  };
}

describe('variables that changed in Python', () => {
  it('[K4] are known when the kernel says so', async () => {
    const { source, change } = await scene();
    const changed = count(source.changed);
    expect(source.names).toEqual([]);
    await change('s');
    expect(source.names).toEqual(['s']);
    expect(changed.n).toBe(1);
    // The cell took its change back.
    await change();
    expect(source.names).toEqual([]);
  });

  it('[K4] are known to a page that was loaded again', async () => {
    const { workspace, link, source } = await scene();
    workspace.reload();
    link.resolve(makePair());
    await settle();
    link.task('source-changes').resolve(names('s'));
    await settle();
    expect(source.names).toEqual(['s']);
  });

  it('[K4] come anew with Reload; models of the old data go onto the shelf', async () => {
    const { workspace, client, link, source, change } = await scene();
    link.requested.emit({ type: 'train', run: 'r', setup: SETUP });
    client.runs[0].advance();
    client.runs[0].finish(false, 1);
    await settle();
    expect(workspace.models.items).toHaveLength(1);
    await change('s');
    source.reload();
    expect(source.reading).toBe(true);
    source.reload();
    expect(link.tasks.filter(t => t.kind === 'source-reload')).toHaveLength(1);
    link.task('source-reload').resolve(names());
    await settle();
    expect([source.names, source.reading]).toEqual([[], false]);
    link.requested.emit({ type: 'reload' });
    link.resolve(makePair({ sha256: 'two' }));
    await settle();
    expect(workspace.data.pair?.sha256).toBe('two');
    expect(workspace.models.items).toHaveLength(0);
    expect(workspace.shelved).toBe(1);
  });

  it('[K4] stay as they were opened with Keep', async () => {
    const { workspace, link, source, change } = await scene();
    const { transfers } = link;
    await change('s');
    source.keep();
    link.task('source-keep').resolve(names());
    await settle();
    expect(source.names).toEqual([]);
    expect(link.transfers).toBe(transfers);
    expect(workspace.data.pair?.sha256).toBe(makePair().sha256);
  });

  it('[K4] that cannot be opened say why, and may be tried again', async () => {
    const { workspace, link, source, change } = await scene();
    await change('s');
    source.reload();
    link.task('source-reload').reject(new Error('`s` is no longer in Python.'));
    await settle();
    expect(source.error).toBe('`s` is no longer in Python.');
    expect(source.names).toEqual(['s']);
    expect(workspace.data.pair).not.toBeNull();
    source.reload();
    expect([source.error, source.reading]).toEqual(['', true]);
  });

  it('[K4] cannot be asked of a kernel that is gone', async () => {
    const { link, source, change } = await scene();
    await change('s');
    link.state = 'gone';
    link.stateChanged.emit('gone');
    source.keep();
    await settle();
    expect(source.error).toMatch(/kernel is gone/);
    expect(source.names).toEqual(['s']);
  });

  it('[K4] are not read while a network trains', async () => {
    const { workspace, link, source, change } = await scene();
    await change('s');
    workspace.training.start();
    await settle();
    expect(source.blocked).toMatch(/A network trains on these data/);
    source.reload();
    expect(link.tasks.some(task => task.kind === 'source-reload')).toBe(false);
  });
});
