import type { IQuestion } from '../../kernel/types';
import { makeEmptyScene, makePair, makeScene, settle, SETUP } from './fakes';

const QUESTION: IQuestion = {
  id: 'ex-1',
  name: 'signals',
  question: 'The list holds 2 images of the shape of the scan: which one?',
  groups: [
    {
      key: 'image',
      label: 'HAADF image',
      suggested: 0,
      options: ['BF', 'HAADF'].map(title => ({
        title,
        detail: '10 x 20, counts',
        previewShape: null,
        preview: null
      }))
    }
  ]
};

async function asked() {
  const scene = makeEmptyScene();
  scene.link.resolve(QUESTION);
  await settle();
  return scene;
}

describe('a kernel that must know something first', () => {
  it('is answered, and the data come', async () => {
    const { workspace, link } = await asked();
    expect(workspace.status).toBe('question');
    expect(workspace.question).toBe(QUESTION);
    expect(workspace.title).toBe('signals');
    expect(link.tasks).toHaveLength(0);
    workspace.choose({ image: 1 });
    workspace.choose({ image: 0 });
    expect(link.tasks.map(task => [task.kind, task.params])).toEqual([
      ['choose', { answers: { image: 1 } }]
    ]);
    link.requested.emit({ type: 'reload' });
    expect(workspace.status).toBe('loading');
    link.task('choose').resolve({ fields: {}, arrays: {} });
    await settle();
    expect(link.transfers).toBe(2);
    link.resolve(makePair());
    await settle();
    expect(workspace.status).toBe('ready');
    expect(workspace.question).toBeNull();
    expect(workspace.title).toBe('sample');
  });

  it('is received from without a word of the kernel, too', async () => {
    const { workspace, link } = await asked();
    workspace.choose({ image: 1 });
    link.task('choose').resolve({ fields: {}, arrays: {} });
    await settle();
    expect(link.transfers).toBe(2);
  });

  it('says why an answer is not possible; another can be given', async () => {
    const { workspace, link } = await asked();
    workspace.choose({ image: 1 });
    link.task('choose').reject(new Error('The image is 12 x 20 pixels.'));
    await settle();
    expect(workspace.status).toBe('question');
    expect(workspace.error).toBe('The image is 12 x 20 pixels.');
    workspace.choose({ image: 0 });
    expect(workspace.error).toBe('');
    expect(link.tasks).toHaveLength(2);
  });

  it('keeps the question where the transfer fails after the answer', async () => {
    const { workspace, link } = await asked();
    workspace.choose({ image: 1 });
    link.task('choose').resolve({ fields: {}, arrays: {} });
    await settle();
    link.reject(new Error('Kernel restarted.'));
    await settle();
    expect(workspace.status).toBe('question');
    expect(workspace.error).toBe('Kernel restarted.');
  });

  it('may come in place of data that are open', async () => {
    const { workspace, link } = await makeScene();
    workspace.reload();
    link.resolve(QUESTION);
    await settle();
    expect(workspace.status).toBe('question');
    expect(workspace.data.pair).not.toBeNull();
    workspace.attach(null);
    expect(workspace.question).toBeNull();
    expect(workspace.status).toBe('ready');
  });

  it('lets a run wait for the data', async () => {
    const { workspace, link, client } = await asked();
    link.requested.emit({ type: 'train', run: 'r', setup: SETUP });
    expect(workspace.training.queued).toBe(1);
    workspace.reload();
    link.resolve(makePair());
    await settle();
    expect(client.runs).toHaveLength(1);
    expect(link.failures).toEqual([]);
  });
});

it('nothing is answered where nothing is asked', async () => {
  const { workspace, link } = await makeScene();
  workspace.choose({ image: 0 });
  expect(link.tasks.some(task => task.kind === 'choose')).toBe(false);
});
