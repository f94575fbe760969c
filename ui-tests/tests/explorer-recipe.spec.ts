/** What is chosen in the panel comes to Python, outlives the page, and is repeated from a recipe. */
import type { Locator, Page } from '@playwright/test';
import { openExplored } from '../explored';
import { expect, test } from '../lab';

/** A click on a place of the navigator's picture, as shares of its width and height. */
async function clickAt(
  page: Page,
  navigator: Locator,
  across: number,
  down: number
): Promise<void> {
  const box = (await navigator.locator('canvas').first().boundingBox())!;
  await page.mouse.click(box.x + across * box.width, box.y + down * box.height);
}

/** A box drawn over a part of the navigator's picture, which selects the windows in it. */
async function selectBox(
  page: Page,
  navigator: Locator,
  from: readonly [number, number],
  to: readonly [number, number]
): Promise<void> {
  const box = (await navigator.locator('canvas').first().boundingBox())!;
  const at = ([across, down]: readonly [number, number]) =>
    [box.x + across * box.width, box.y + down * box.height] as const;
  await page.keyboard.down('Shift');
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
}

/** The panel of a line, whether it is in front or not. */
function panelOf(page: Page, id: string): Locator {
  return page.locator(`[data-eelscape-id="${id}"]`);
}

test('a recipe repeats training, pins and settings in a second panel', async ({
  page,
  server
}) => {
  const { root, view, show, python } = await openExplored(
    page,
    server,
    'recipe',
    [2]
  );
  const navigator = view('navigator');
  await clickAt(page, navigator, 0.4, 0.5);
  await page.keyboard.press('p');
  await clickAt(page, navigator, 0.6, 0.4);
  await page.keyboard.press('p');
  await selectBox(page, navigator, [0.45, 0.45], [0.6, 0.6]);
  const pins = await show('pins');
  await expect(pins).toContainText('b');
  await expect
    .poll(() => python('print(list(ex.pins), ex.selection.pointer)'))
    .toMatch(/^\['a', 'b'\] \(\d+, \d+\)\n$/);
  await expect
    .poll(async () =>
      Number(await python('print(int(ex.selection.mask.sum()))'))
    )
    .toBeGreaterThan(3);
  // The mean of the selection as Python has it is that of the data under its mask.
  expect(
    await python(
      'print(np.abs(ex.selection.mean.data - si[ex.selection.mask].astype(float).mean(axis=0)).max() < 1e-5)'
    )
  ).toBe('True\n');

  const said = await python(
    [
      'recipe = json.loads(json.dumps(ex.recipe()))',
      'again = eelscape.replay(recipe, si, haadf)',
      'a, b = ex.models[0], again.models[0]',
      'print("id", again.id)',
      'print("repeated", again.repeated[0], again.repeated[0].same)',
      'print("weights", all((a.parameters[n] == b.parameters[n]).all() for n in a.parameters))',
      'print("history", a.history == b.history, "latents", np.array_equal(a.latents(), b.latents(), equal_nan=True))',
      'print("maps", [np.array_equal(a.error_map(m), b.error_map(m), equal_nan=True) for m in ("relative", "mse")])',
      'print("energy", again.dataset.energy == ex.dataset.energy, again.dataset.sha256 == ex.dataset.sha256)'
    ].join('\n')
  );
  expect(said).toContain(
    'im2spec 2L on wasm: the same weights to the last bit True'
  );
  expect(said).toContain('weights True');
  expect(said).toContain('history True latents True');
  expect(said).toContain('maps [True, True]');
  expect(said).toContain('energy True True');

  const [, id] = /id (\w+)/.exec(said)!;
  const second = panelOf(page, id);
  await expect(second).toHaveAttribute('data-eelscape-status', 'done');
  // What the second panel itself says of its places, once they rest.
  await expect
    .poll(() =>
      python(
        'second = json.loads(json.dumps(again.recipe()))\nprint([recipe[name] == second[name] for name in ("pins", "regions", "selection", "analyses")], second["analyses"]["grid_size"] > 1)'
      )
    )
    .toBe('[True, True, True, True] True\n');
  await expect(root).toHaveAttribute('data-eelscape-status', 'done');

  // Other data are refused, with the reason.
  expect(await python('eelscape.replay(recipe, si + 1, haadf)')).toContain(
    'ValueError: These are not the data of the recipe: their values'
  );
});

test('pins, pointer and range outlive the page', async ({ page, server }) => {
  const { root, view, python } = await openExplored(
    page,
    server,
    'reloaded',
    [2]
  );
  await clickAt(page, view('navigator'), 0.4, 0.5);
  await page.keyboard.press('p');
  const places =
    'print(ex.selection.pointer, [(p.letter, p.row, p.column) for p in ex.pins.values()])';
  await expect.poll(() => python(places)).toContain("('a', ");
  const before = await python(places);
  const [, row, column] = /^\((\d+), (\d+)\)/.exec(before)!;
  // The page again; in the single-document mode a plain reload opens the launcher.
  await page.goto(
    `${server.url}/lab/workspaces/reloaded-ipynb/tree/reloaded.ipynb`
  );
  await expect(root).toHaveAttribute('data-eelscape-status', /ready|done/, {
    timeout: 90_000
  });
  const again = root.locator('[data-eelscape-view="navigator"]');
  await expect(
    again.locator('svg text').filter({ hasText: /^a$/ })
  ).toBeVisible();
  // What the readout says in words depends on the panel's width.
  const readout = root.locator('[data-eelscape-readout]');
  await expect(readout).toHaveAttribute('data-row', row);
  await expect(readout).toHaveAttribute('data-column', column);
  expect(await python(places)).toBe(before);
});
