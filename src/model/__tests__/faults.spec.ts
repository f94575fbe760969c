/** Faults of the data, as a panel meets them. */
import { scalingOf } from '../../signal/scaling';
import { makePair, makeScene, settle, SETUP } from './fakes';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('pixels that hold nothing', () => {
  it('[D3] are in no window, no scale, no map and no mean', async () => {
    const clean = makePair();
    const mask = new Uint8Array(200);
    mask[5 * 20 + 12] = 1;
    const image = clean.image.slice();
    const spectra = clean.spectra.slice();
    image[5 * 20 + 12] = NaN;
    spectra.fill(Infinity, (5 * 20 + 12) * 16, (5 * 20 + 13) * 16);
    const pair = makePair({ mask, image, spectra });
    const { workspace, client } = await makeScene(pair);
    workspace.training.start();
    const { request } = client.runs[0];
    const { scaling } = request.dataset;
    expect(
      [scaling.image, scaling.spectrum].every(
        range => Number.isFinite(range.min) && Number.isFinite(range.max)
      )
    ).toBe(true);
    for (const part of [request.train, request.test, request.evaluate]) {
      part.forEach(position => {
        const row = Math.floor(position / 20);
        const column = position % 20;
        // The window of side 4 holds rows and columns -2 to +1 of its centre.
        const holds =
          row - 2 <= 5 && 5 <= row + 1 && column - 2 <= 12 && 12 <= column + 1;
        expect(holds).toBe(false);
      });
    }
    expect(request.evaluate.length).toBe(7 * 17 - 16);
    client.runs[0].advance();
    client.runs[0].finish();
    await settle();
    const model = workspace.models.active!;
    expect(model.error[5 * 20 + 12]).toBeNaN();
    expect(model.error.filter(Number.isFinite)).toHaveLength(7 * 17 - 16);
    expect(Object.values(model.meanError).every(Number.isFinite)).toBe(true);
    workspace.regions.add('rectangle', [
      [11, 4],
      [14, 7]
    ]);
    const [region] = workspace.regions.items;
    expect(region.pixels).toBe(8);
    expect(region.mean!.every(Number.isFinite)).toBe(true);
  });

  it('[D3] everywhere leave nothing to learn from, and say so', async () => {
    const mask = new Uint8Array(200).fill(1);
    const { workspace, client } = await makeScene(makePair({ mask }));
    expect(workspace.data.problem).toMatch(
      /No window of 4 x 4 pixels fits between the masked pixels/
    );
    workspace.training.start();
    expect(client.runs).toHaveLength(0);
    expect(workspace.training.error).toBe(workspace.data.problem);
  });
});

describe('data that hold one value', () => {
  it('[D5] constant image: nothing to learn, before training', async () => {
    const image = new Float32Array(200).fill(7);
    const { workspace, client, link } = await makeScene(makePair({ image }));
    expect(workspace.data.problem).toMatch(
      /^The HAADF image is constant \(7 at every pixel\): nothing to learn/
    );
    link.requested.emit({ type: 'train', run: 'r', setup: SETUP });
    expect(link.failures).toEqual([['r', workspace.data.problem]]);
    expect(client.runs).toHaveLength(0);
  });

  it('[D5] all-zero spectra: nothing to learn, before training', async () => {
    const spectra = new Float32Array(200 * 16);
    const { workspace, client } = await makeScene(makePair({ spectra }));
    workspace.training.start();
    expect(workspace.training.error).toMatch(
      /^The spectra are constant \(0 in every channel\): nothing to learn/
    );
    expect(client.runs).toHaveLength(0);
  });

  it('[D5] constant between the percentiles: another scaling is named', async () => {
    const image = new Float32Array(200).fill(7);
    image[3] = 8;
    const wide = makePair({ image });
    // 200 values: the 99.9 percentile lies between the two greatest.
    const big = new Float32Array(4000 * 16).map((_, i) => (i % 16) + 1);
    const pair = {
      ...wide,
      ny: 50,
      nx: 80,
      y: { ...wide.y, size: 50 },
      x: { ...wide.x, size: 80 },
      image: new Float32Array(4000).fill(7).fill(8, 3, 4),
      spectra: big
    };
    const { workspace } = await makeScene(pair);
    expect(workspace.data.problem).toBe('');
    workspace.data.change({ scaling: 'robust' });
    expect(workspace.data.problem).toBe(
      'The HAADF image is constant (7 between the 0.1 and 99.9 ' +
        'percentiles): nothing to learn. Set the scaling to "range".'
    );
  });
});

describe('few windows', () => {
  it('[D11] fewer than a batch: one batch an epoch, and said so', async () => {
    const { workspace, client, link } = await makeScene();
    const setup = { ...SETUP, batchSize: 64 };
    link.requested.emit({ type: 'train', run: 'r', setup });
    const { train } = client.runs[0].request;
    const notice =
      `Batch 64 is more than the ${train.length} training windows: ` +
      `each epoch is one batch of ${train.length}.`;
    expect(train.length).toBeLessThan(64);
    expect(workspace.training.notice).toBe(notice);
    client.runs[0].advance();
    client.runs[0].finish();
    await settle();
    expect(workspace.training.notice).toBe(notice);
    expect(workspace.models.active!.notice).toBe(notice);
    expect(link.models[0].notice).toBe(notice);
    expect(JSON.parse(text(link.models[0].file)).notice).toBe(notice);
  });

  it('[D11] as many as a batch: nothing to say', async () => {
    const { workspace, client } = await makeScene();
    workspace.training.start();
    expect(client.runs[0].request.train.length).toBeGreaterThan(8);
    expect(workspace.training.notice).toBe('');
  });

  it('[D11] an empty test part is refused with the numbers', async () => {
    const { workspace, client, link } = await makeScene();
    const setup = { ...SETUP, guard: 15, trainFraction: 0.9 };
    link.requested.emit({ type: 'train', run: 'r', setup });
    expect(client.runs).toHaveLength(0);
    expect(link.failures[0][1]).toMatch(
      /^The left-right split leaves no window to test, 14 to train, of 119 windows \(17 columns of positions, guard 15 pixels\): choose/
    );
    expect(workspace.data.problem).toBe(link.failures[0][1]);
  });
});

describe('the scale of a setup', () => {
  const outlier = () => {
    const spectra = makePair().spectra.slice();
    spectra[0] = 1e6;
    return makePair({ spectra });
  };

  it('is robust where the setup says so, in the run, the model and the file', async () => {
    const pair = outlier();
    const { workspace, client, link } = await makeScene(pair);
    const setup = { ...SETUP, scaling: 'robust' as const };
    link.requested.emit({ type: 'train', run: 'r', setup });
    const robust = scalingOf(pair, true);
    expect(robust.spectrum.max).toBeLessThan(100);
    expect(client.runs[0].request.dataset.scaling).toEqual(robust);
    client.runs[0].advance();
    client.runs[0].finish();
    await settle();
    const model = workspace.models.active!;
    expect(model.scaling).toEqual(robust);
    expect(model.setup.scaling).toBe('robust');
    const meta = JSON.parse(text(link.models[0].file));
    expect(meta.setup.scaling).toBe('robust');
    expect(meta.scaling.spectrum).toEqual([
      robust.spectrum.min,
      robust.spectrum.max
    ]);
    workspace.data.change({ scaling: 'range' });
    workspace.training.start();
    expect(client.runs[1].request.dataset.scaling).toEqual(scalingOf(pair));
  });
});
