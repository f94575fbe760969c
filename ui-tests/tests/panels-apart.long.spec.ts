/** Which panels stay where one variable is explored more than once. */
import { expect, openNotebook, panel, test, writeNotebook } from '../lab';
import { runInKernel } from '../leaks';

const DATA = [
  'import numpy as np, eelscape',
  'si = np.random.default_rng(0).random((20, 24, 30), dtype=np.float32)',
  'image = si.sum(2)'
].join('\n');

test('panels of one variable stay where their titles differ; the same again replaces the earlier one', async ({
  page,
  server
}) => {
  await openNotebook(page, server, writeNotebook(server, 'apart', ['']));
  const explore = async (title: string, name: string) => {
    expect(
      await runInKernel(
        page,
        `${name} = eelscape.explore(si, image, title="${title}")`
      )
    ).toBe('');
    await expect(panel(page).last()).toHaveAttribute(
      'data-eelscape-status',
      'ready',
      { timeout: 60_000 }
    );
  };
  const ids = () =>
    panel(page).evaluateAll(nodes =>
      nodes.map(node => node.getAttribute('data-eelscape-id'))
    );
  expect(await runInKernel(page, DATA)).toBe('');
  await explore('raw', 'a');
  const [raw] = await ids();
  await explore('smoothed', 'b');
  await expect(panel(page)).toHaveCount(2);
  await explore('smoothed', 'c');
  // The first "smoothed" went; "raw" is the one that was there.
  await expect(panel(page)).toHaveCount(2);
  expect(await ids()).toContain(raw);
});
