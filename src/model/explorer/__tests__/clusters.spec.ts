import type { ITaskResult } from '../../../kernel/types';
import { makeScene, settle, SETUP, type IScene } from '../../__tests__/fakes';
import { MOST_CLUSTERS } from '../clusters-types';

const Z = 2;
/** Valid windows of side 4 on (10, 20). */
const N = 7 * 17;

async function trained(kind: 'im2spec' | 'spec2im' = 'im2spec') {
  const scene = await makeScene();
  const setup = { ...SETUP, kind };
  scene.link.requested.emit({ type: 'train', run: 'own', setup });
  scene.client.runs[0].advance(1.05);
  await settle();
  return scene;
}

async function ended(kind: 'im2spec' | 'spec2im' = 'im2spec') {
  const scene = await trained(kind);
  scene.client.runs[0].finish();
  await settle();
  return scene;
}

/** Window i belongs to cluster i % k; the means lie on the first windows. */
function answer(k: number, latents: Float32Array): ITaskResult {
  const float = (shape: number[], values: Float32Array) => ({ shape, values });
  return {
    fields: { bic: -12.5, converged: true },
    arrays: {
      labels: {
        shape: [N],
        values: Int32Array.from({ length: N }, (_, i) => i % k)
      },
      responsibilities: float([N, k], new Float32Array(N * k)),
      means: float([k, Z], latents.slice(0, k * Z)),
      covariances: float([k, Z, Z], new Float32Array(k * Z * Z)),
      weights: float([k], new Float32Array(k).fill(1 / k))
    }
  };
}

async function found(scene: IScene, k = 8): Promise<void> {
  const { workspace, link } = scene;
  workspace.explorer.clusters.want();
  link.task('clusters').resolve(answer(k, workspace.models.active!.latents));
  await settle();
}

const tasks = ({ link }: IScene, kind: string) =>
  link.tasks.filter(task => task.kind === kind);

describe('clusters', () => {
  it('wait for a model, and for its training to end', async () => {
    const scene = await makeScene();
    const { clusters } = scene.workspace.explorer;
    clusters.want();
    expect(clusters.blocked).toContain('Not trained');
    const busy = await trained();
    busy.workspace.explorer.clusters.want();
    expect(busy.workspace.explorer.clusters.blocked).toContain('training');
    expect([tasks(scene, 'clusters'), tasks(busy, 'clusters')]).toEqual([
      [],
      []
    ]);
  });

  it('send the encodings that are shown', async () => {
    const scene = await ended();
    const { clusters } = scene.workspace.explorer;
    clusters.want();
    clusters.want();
    expect(tasks(scene, 'clusters')).toHaveLength(1);
    const { params } = scene.link.task('clusters');
    const texts = params.encodings as string[];
    const bytes = Buffer.concat(texts.map(text => Buffer.from(text, 'base64')));
    const sent = new Float32Array(new Uint8Array(bytes).buffer);
    expect(sent).toEqual(scene.workspace.models.active!.latents);
    expect({ ...params, encodings: [] }).toEqual({
      encodings: [],
      components: 8,
      latents: Z,
      covariance: 'full',
      seed: 0
    });
    expect(clusters.busy?.text).toContain('8 Gaussians to 119');
  });

  it('lie on the scan, with sizes, masks and centroids', async () => {
    const scene = await ended();
    const { clusters } = scene.workspace.explorer;
    await found(scene);
    const { active } = scene.workspace.models;
    const { map, sizes, bic } = clusters.result!;
    active!.positions.forEach((p, i) => expect(map[p]).toBe(i % 8));
    expect(map[0]).toBeNaN();
    expect([...sizes]).toEqual([15, 15, 15, 15, 15, 15, 15, 14]);
    expect(bic).toBe(-12.5);
    const mask = clusters.maskOf(3)!;
    expect(mask.reduce((a, b) => a + b, 0)).toBe(15);
    expect(clusters.maskOf(3)).toBe(mask);
    expect(clusters.maskOf(8)).toBeNull();
    // The fake network decodes (a, b) to a + channel * b.
    const { decoded, backProjected, neighbours } = clusters.centroids!;
    const [a, b] = active!.latents.subarray(2 * Z);
    expect(decoded[2 * 16 + 5]).toBeCloseTo(a + 5 * b, 4);
    expect([backProjected.length, neighbours]).toEqual([8 * 16, 3]);
    expect(backProjected.every(Number.isFinite)).toBe(true);
    expect(clusters.busy).toBeNull();
  });

  it('back-project spectra for spec2im', async () => {
    const scene = await ended('spec2im');
    await found(scene);
    const { models, data, explorer } = scene.workspace;
    models.setK(1);
    await settle();
    const { backProjected, neighbours } = explorer.clusters.centroids!;
    expect(neighbours).toBe(1);
    // The means lie on the first windows, each of which is nearest to itself.
    const pixel = models.active!.positions[4];
    expect(backProjected.slice(4 * 16, 5 * 16)).toEqual(
      data.pair!.spectra.slice(pixel * 16, (pixel + 1) * 16)
    );
  });

  it('are fitted again with other settings', async () => {
    const scene = await ended();
    const { clusters } = scene.workspace.explorer;
    await found(scene);
    clusters.wantCurve();
    scene.link.task('clusters-bic').resolve({
      fields: {},
      arrays: {
        components: { shape: [2], values: Int32Array.of(1, 2) },
        bic: { shape: [2], values: Float32Array.of(5, 4) }
      }
    });
    await settle();
    const curve = [
      { k: 1, bic: 5 },
      { k: 2, bic: 4 }
    ];
    expect(clusters.curve).toEqual(curve);
    clusters.setK(99);
    expect(clusters.k).toBe(MOST_CLUSTERS);
    expect(clusters.result).toBeNull();
    expect(scene.link.task('clusters').params.components).toBe(MOST_CLUSTERS);
    // BIC is of the same encodings and shapes.
    expect(clusters.curve).toEqual(curve);
    clusters.setCovariance('diag');
    expect(tasks(scene, 'clusters')[1].aborted).toBe(true);
    expect(scene.link.task('clusters').params.covariance).toBe('diag');
    expect(clusters.curve).toEqual([]);
  });

  it('go with the encodings', async () => {
    const scene = await ended();
    const { clusters } = scene.workspace.explorer;
    await found(scene);
    scene.link.requested.emit({ type: 'train', run: 'next', setup: SETUP });
    scene.client.runs[1].advance(1.05);
    await settle();
    scene.client.runs[1].finish();
    await settle();
    scene.workspace.models.activate('next');
    expect([clusters.result, clusters.centroids]).toEqual([null, null]);
    scene.workspace.models.activate('own');
    await found(scene);
    expect(clusters.result!.model).toBe('own');
  });

  it('begin again after an error or a cancel only when asked', async () => {
    const scene = await ended();
    const { clusters } = scene.workspace.explorer;
    clusters.want();
    scene.link.task('clusters').reject(new Error('k is 8; too few.'));
    await settle();
    expect(clusters.error).toBe('k is 8; too few.');
    clusters.want();
    expect(tasks(scene, 'clusters')).toHaveLength(1);
    clusters.run();
    expect(tasks(scene, 'clusters')).toHaveLength(2);
    clusters.cancel();
    await settle();
    expect([scene.link.task('clusters').aborted, clusters.busy]).toEqual([
      true,
      null
    ]);
    clusters.want();
    expect(tasks(scene, 'clusters')).toHaveLength(2);
  });

  it('refuse an answer of another shape', async () => {
    const scene = await ended();
    const { clusters } = scene.workspace.explorer;
    await found(scene, 7);
    expect(clusters.result).toBeNull();
    expect(clusters.error).toContain('cannot be read');
  });

  it('need a kernel', async () => {
    const scene = await ended();
    scene.link.change('gone');
    const { clusters } = scene.workspace.explorer;
    clusters.want();
    expect(clusters.blocked).toContain('kernel is gone');
    expect(tasks(scene, 'clusters')).toHaveLength(0);
  });
});

describe('veracity', () => {
  async function computed(scene: IScene): Promise<void> {
    const { veracity } = scene.workspace.explorer;
    for (let i = 0; i < 50 && (veracity.progress ?? 1) < 1; i++) {
      await settle();
    }
    await settle();
  }

  it('is computed when somebody asks, for what is shown', async () => {
    const scene = await ended();
    const { veracity } = scene.workspace.explorer;
    await settle();
    expect([veracity.result, veracity.progress]).toEqual([null, null]);
    veracity.want();
    await computed(scene);
    const { positions, feature, maps, k, model } = veracity.result!;
    expect([model, k, positions.length]).toEqual(['own', 10, N]);
    positions.forEach((p, i) => expect(maps.feature[p]).toBe(feature[i]));
    expect(maps.ratio[0]).toBeNaN();
    // Encodings are the pixels' places: inside the scan all neighbourhoods are alike.
    const inner = positions.indexOf(5 * 20 + 10);
    expect(veracity.result!.latent[inner]).toBeCloseTo(
      veracity.result!.latent[inner + 1],
      6
    );
  });

  it('keeps its numbers until those of other neighbours have come', async () => {
    const scene = await ended();
    const { veracity } = scene.workspace.explorer;
    veracity.want();
    await computed(scene);
    const before = veracity.result!;
    veracity.setK(1);
    expect(veracity.k).toBe(2);
    expect(veracity.result).toBe(before);
    await computed(scene);
    expect(veracity.result!.k).toBe(2);
    veracity.show('ratio');
    expect(veracity.shown).toBe('ratio');
  });

  it('waits for the training and goes with the model', async () => {
    const busy = await trained();
    const { veracity } = busy.workspace.explorer;
    veracity.want();
    expect(veracity.blocked).toContain('training');
    busy.client.runs[0].finish();
    await settle();
    veracity.want();
    await computed(busy);
    expect(veracity.result).not.toBeNull();
    busy.workspace.models.remove('own');
    expect(veracity.result).toBeNull();
    expect(veracity.blocked).toContain('Not trained');
  });
});
