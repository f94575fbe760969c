import {
  makeScene,
  settle,
  SETUP,
  type FakeSession,
  type IScene
} from '../../__tests__/fakes';

/** A scene with a trained model, whose network decodes (a, b) to a + channel * b. */
async function trained(
  kind: 'im2spec' | 'spec2im' = 'im2spec'
): Promise<IScene> {
  const scene = await makeScene();
  const { link, client } = scene;
  const setup = { ...SETUP, kind };
  link.requested.emit({ type: 'train', run: kind, setup });
  client.runs[0].advance();
  client.runs[0].finish();
  await settle();
  return scene;
}

async function search({ workspace }: IScene): Promise<void> {
  const { inverse } = workspace.explorer;
  inverse.search();
  for (let i = 0; i < 200 && inverse.busy; i++) {
    await settle();
  }
}

const LINE = Float32Array.from({ length: 16 }, (_, e) => 5 + 4 * e);

describe('the target', () => {
  it('follows the pointer, a pin, the selection, peaks and the hand', async () => {
    const { workspace } = await trained();
    const { explorer, navigation, data } = workspace;
    const { inverse, pins, selection } = explorer;
    const spectrum = (pixel: number): number[] => [
      ...data.pair!.spectra.subarray(16 * pixel, 16 * pixel + 16)
    ];
    navigation.setPointer(3, 7);
    expect([...inverse.target!]).toEqual(spectrum(67));
    navigation.setPointer(4, 9);
    expect([...inverse.target!]).toEqual(spectrum(89));

    pins.add(5, 5);
    inverse.setSource(`pin:${pins.items[0].id}`);
    expect([...inverse.target!]).toEqual(spectrum(105));
    pins.clear();
    expect(inverse.source).toBe('pointer');

    inverse.setSource('selection');
    expect(inverse.target).toBeNull();
    expect(inverse.blocked).toContain('No windows are selected');
    const mask = new Uint8Array(200);
    mask[44] = mask[46] = 1;
    selection.set(mask);
    const [a, b] = [spectrum(44), spectrum(46)];
    inverse.target!.forEach((value, e) =>
      expect(value).toBeCloseTo((a[e] + b[e]) / 2, 5)
    );

    inverse.setSource('peaks');
    expect(inverse.peaks).toHaveLength(1);
    inverse.setPeaks([{ position: 0.45, width: 0.04, height: 8 }], 1);
    expect(inverse.target![5]).toBeCloseTo(9, 5);
    expect(inverse.target![7]).toBeCloseTo(5, 5);

    // What is drawn begins as what was there.
    inverse.setSource('drawn');
    expect(inverse.target![5]).toBeCloseTo(9, 5);
    inverse.draw(LINE);
    expect(inverse.target).toBe(LINE);
    inverse.draw(new Float32Array(3));
    expect(inverse.target).toBe(LINE);
  });
});

describe('a search', () => {
  it('finds the latents, their windows and their mean', async () => {
    const scene = await trained();
    const { inverse } = scene.workspace.explorer;
    inverse.draw(LINE);
    await search(scene);
    expect([inverse.error, inverse.chosen]).toEqual(['', 0]);
    const [best] = inverse.candidates;
    // The fake encodes a window as its column and row.
    expect(best.latents[0]).toBeCloseTo(5, 3);
    expect(best.latents[1]).toBeCloseTo(4, 3);
    best.decoded.forEach((value, e) => expect(value).toBeCloseTo(LINE[e], 2));
    expect(best.pixels[0]).toBe(4 * 20 + 5);
    expect(best.pixels).toHaveLength(3);
    expect(best.far).toBe(false);
    const { image } = scene.workspace.data.pair!;
    const mean = best.pixels.reduce((sum, pixel) => sum + image[pixel] / 3, 0);
    // The element of a 4 x 4 window that is its own pixel.
    expect(best.backProjected[2 * 4 + 2]).toBeCloseTo(mean, 4);
    expect(inverse.searched).toEqual(LINE);
    expect(inverse.stale).toBe(false);
  });

  it('is out of date where the target, the channels or the model change', async () => {
    const scene = await trained();
    const { explorer, navigation } = scene.workspace;
    const { inverse } = explorer;
    inverse.draw(LINE);
    await search(scene);
    inverse.setWithin('range');
    expect(inverse.stale).toBe(true);
    inverse.setWithin('all');
    expect(inverse.stale).toBe(false);
    inverse.draw(LINE.map(value => value + 1));
    expect(inverse.stale).toBe(true);
    navigation.setEnergyRange(2, 5);
    inverse.setWithin('range');
    expect(inverse.channels).toEqual([2, 5]);
  });

  it('is ended by Cancel and leaves what was there', async () => {
    const scene = await trained();
    const { inverse } = scene.workspace.explorer;
    inverse.draw(LINE);
    inverse.search();
    expect(inverse.busy).not.toBeNull();
    inverse.cancel();
    await settle();
    expect([inverse.busy, inverse.error]).toEqual([null, '']);
    expect(inverse.candidates).toHaveLength(0);
  });

  it('says what went wrong', async () => {
    const scene = await trained();
    const { inverse } = scene.workspace.explorer;
    inverse.draw(LINE);
    scene.client.open = () => Promise.reject(new Error('The GPU was lost.'));
    scene.client.sessions.forEach(session => {
      session.decode = () => Promise.reject(new Error('The GPU was lost.'));
    });
    await search(scene);
    expect(inverse.error).toBe('The GPU was lost.');
  });

  it('needs an im2spec model', async () => {
    const scene = await trained('spec2im');
    const { inverse } = scene.workspace.explorer;
    expect([inverse.model, inverse.blocked]).toEqual([
      null,
      'No im2spec model: train one first.'
    ]);
    await search(scene);
    expect(inverse.busy).toBeNull();
  });

  it('decodes the image of the target where there is a spec2im model', async () => {
    const scene = await trained('spec2im');
    const { link, client, workspace } = scene;
    link.requested.emit({ type: 'train', run: 'two', setup: SETUP });
    client.runs[1].advance();
    client.runs[1].finish();
    await settle();
    const open = client.open.bind(client);
    client.open = async spec => {
      const session = (await open(spec)) as FakeSession;
      session.encode = async () => Float32Array.of(3, 1);
      return session;
    };
    client.sessions.forEach(session => {
      session.encode = async () => Float32Array.of(3, 1);
    });
    const { inverse } = workspace.explorer;
    inverse.draw(LINE);
    await search(scene);
    expect(inverse.error).toBe('');
    expect(inverse.image).toMatchObject({ label: '2L', window: 4 });
    expect([...inverse.image!.image.subarray(0, 3)]).toEqual([3, 4, 5]);
  });

  it('is forgotten with its model and with its data', async () => {
    const scene = await trained();
    const { inverse } = scene.workspace.explorer;
    inverse.draw(LINE);
    await search(scene);
    inverse.choose(99);
    expect(inverse.chosen).toBe(-1);
    inverse.choose(0);
    expect(inverse.chosen).toBe(0);
    scene.workspace.models.remove('im2spec');
    expect([inverse.candidates.length, inverse.chosen]).toEqual([0, -1]);
  });
});
