/** Trains the networks of docs/paper.md in the panel; those that are kept are not trained again. */
import * as fs from 'node:fs';
import { test } from '../lab';
import { fileOf, networksOf, networksOfStudy } from './networks';
import { PaperSession } from './session';

for (const [name, networks] of [
  ['Figs. 3 to 6', networksOf('ftio')],
  ['Fig. S3', networksOf('ftio-low-resolution')],
  ['Fig. S1b', networksOfStudy()]
] as const) {
  test(`networks of ${name}`, async ({ page, server }) => {
    const missing = networks.filter(network => !fs.existsSync(fileOf(network)));
    if (!missing.length) {
      return;
    }
    const session = await PaperSession.open(page, server, missing[0].sample);
    for (const network of missing) {
      await session.train(network);
    }
  });
}
