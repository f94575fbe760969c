/** Draws the figures of docs/paper.md with the product's own Export, and writes the page's numbers. */
import { expect, test } from '../lab';
import {
  KINDS,
  type Kind,
  networksOf,
  networksOfStudy,
  SIZES
} from './networks';
import { writeTables } from './numbers';
import { PaperSession } from './session';

/** Corners (column, row): a particle, a gap, the hole, the field outside of the film. */
const REGIONS = [
  [
    [48, 9],
    [52, 13]
  ],
  [
    [39, 14],
    [41, 20]
  ],
  [
    [17, 19],
    [25, 27]
  ],
  [
    [33, 57],
    [41, 61]
  ]
] as const;

test('Fig. 1: image, spectra of regions, NMF', async ({ page, server }) => {
  const session = await PaperSession.open(page, server, 'ftio');
  const { root } = session;
  await root
    .getByRole('toolbar')
    .first()
    .getByRole('button', { name: 'Data', exact: true })
    .click();
  await root.getByRole('button', { name: 'Run', exact: true }).click();
  const components = root
    .getByRole('list', { name: 'Components' })
    .getByRole('button');
  await expect(components).toHaveCount(4, { timeout: 120_000 });
  for (const [i, letters] of ['cg', 'dh', 'ei', 'fj'].entries()) {
    await components.nth(i).click();
    await session.rest();
    await session.save('navigator', `fig1${letters[0]}`, 60);
    await session.save('signal', `fig1${letters[1]}`, 60);
  }
  await session.regions(REGIONS);
  await session.point(11, 50);
  // The first layer is the image alone.
  await session.view('navigator').locator('.jp-Eelscape-body').press('1');
  await session.rest();
  await session.save('navigator', 'fig1a');
  await session.save('signal', 'fig1b', 100);
});

async function latentSpace(session: PaperSession, figure: string) {
  await session.activate(2);
  await session.save('decoded', `${figure}-decoded`);
  await session.save('projected', `${figure}-projected`);
  await session.place('error', 'upper');
  for (const latents of [2, 10]) {
    await session.activate(latents);
    await session.save('error', `${figure}-error-${latents}L`, 60);
  }
}

async function gallery(session: PaperSession, figure: string) {
  await session.place('pins', 'upper');
  await session.saveAlone('pins', figure);
}

test('Figs. 3 to 6 and S2', async ({ page, server }) => {
  const session = await PaperSession.open(page, server, 'ftio');
  for (const network of networksOf('ftio')) {
    await session.show(network);
  }
  await session.choose('im2spec');
  await latentSpace(session, 'fig3');
  const pins = await session.place('pins', 'upper');
  await pins.getByRole('button', { name: 'Suggest four' }).click();
  await session.rest();
  await gallery(session, 'fig4');
  await session.activate(2);
  const clusters = await session.place('clusters', 'lower');
  // The view begins by itself once it is seen; without a result it offers to.
  const find = clusters.getByRole('button', { name: 'Find clusters' });
  await session.rest();
  if (await find.isVisible()) {
    await find.click();
  }
  await expect(clusters.getByRole('progressbar')).toHaveCount(0, {
    timeout: 120_000
  });
  await session.rest();
  await session.saveAlone('clusters', 'figS2-clusters');
  await session.save('', 'panel', 170);
  await session.choose('spec2im');
  await latentSpace(session, 'fig5');
  await gallery(session, 'fig6');
  await writeTables(session, 'ftio', networksOf('ftio'));
});

test('Fig. S1b: errors against the number of latents', async ({
  page,
  server
}) => {
  const session = await PaperSession.open(page, server, 'ftio');
  for (const network of networksOfStudy()) {
    await session.show(network);
  }
  // The study counts networks of the present setup.
  await session.root
    .getByRole('button', { name: 'Restore', exact: true })
    .click();
  const study = await session.place('study', 'lower');
  const sizes = study.getByLabel('Sizes');
  await sizes.fill(SIZES.join(', '));
  await sizes.press('Enter');
  await study.getByLabel('Directions of the study').selectOption('both');
  await session.rest();
  await session.saveAlone('study', 'figS1b');
  await writeTables(session, 'study', networksOfStudy());
});

test('Fig. S3: fewer pixels a particle', async ({ page, server }) => {
  const session = await PaperSession.open(page, server, 'ftio-low-resolution');
  await session.save('navigator', 'figS3-image');
  for (const network of networksOf('ftio-low-resolution')) {
    await session.show(network);
  }
  const views: Readonly<Record<Kind, string>> = {
    // The image representation: windows for im2spec, decoded images for spec2im.
    im2spec: 'projected',
    spec2im: 'decoded'
  };
  for (const kind of KINDS) {
    await session.choose(kind);
    await session.activate(2);
    await session.save(views[kind], `figS3-${kind}-latent`);
    await session.place('error', 'upper');
    for (const latents of [2, 10]) {
      await session.activate(latents);
      await session.save('error', `figS3-${kind}-error-${latents}L`, 60);
    }
  }
  await writeTables(
    session,
    'ftio-low-resolution',
    networksOf('ftio-low-resolution')
  );
});
