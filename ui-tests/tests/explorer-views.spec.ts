import { openExplored } from '../explored';
import { expect, test } from '../lab';

test('views of the two places are chosen', async ({ page, server }) => {
  const { view, show, python } = await openExplored(page, server, 'views', [2]);
  for (const name of ['pins', 'errors', 'clusters', 'study', 'inverse']) {
    await show(name);
  }
  await show('inverse', 'upper');
  await expect(view('study')).toBeHidden();
  expect(await python('print(len(ex.models))')).toBe('1\n');
});
