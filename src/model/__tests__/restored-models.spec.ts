/** Models that the kernel holds, in a page that was loaded anew. */
import { makeEmptyScene, makePair, settle } from './fakes';

/** A page whose data have come; the kernel's answer about models is still to come. */
async function loaded() {
  const scene = makeEmptyScene();
  const pair = makePair();
  scene.link.resolve(pair);
  await settle();
  scene.files.contents = {
    parameters: new Map(),
    split: new Int8Array(pair.ny * pair.nx),
    mask: null,
    meta: {
      kind: 'im2spec',
      latent_dims: 2,
      filters: 8,
      window: 4,
      channels: 16,
      scaling: { image: [0, 10], spectrum: [0, 20] },
      y: pair.y,
      x: pair.x,
      energy: pair.energy,
      setup: { split: 'left-right', latent_dims: 2 },
      history: { train: [1], test: [2] },
      epoch: 1,
      notice: ''
    } as never
  };
  return scene;
}

const file = (byte: number) => ({
  shape: [1],
  values: Uint8Array.of(byte)
});

it('are shown in the order of their training', async () => {
  const { link, workspace } = await loaded();
  link.task('models').resolve({
    fields: { models: 2 },
    arrays: { 'model-0': file(1), 'model-1': file(2) }
  });
  await settle();
  await settle();
  const { models } = workspace;
  expect(models.items.map(item => item.label)).toEqual(['2L', '2L (2)']);
  expect(models.active).toBe(models.items[1]);
  expect(workspace.unsent).toBe(0);
  expect(workspace.status).toBe('done');
});

it('are none in a new kernel', async () => {
  const { link, workspace } = await loaded();
  link.task('models').resolve({ fields: { models: 0 }, arrays: {} });
  await settle();
  expect(workspace.models.items).toEqual([]);
  expect(workspace.training.error).toBe('');
});

it('stay in a kernel that cannot answer', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { link, workspace } = await loaded();
  link.task('models').reject(new Error('The kernel is gone.'));
  await settle();
  expect(workspace.models.items).toEqual([]);
  expect(warn).toHaveBeenCalled();
  warn.mockRestore();
});
