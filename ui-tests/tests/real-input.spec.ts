/** Data of other people: a measured hysteresis spectrum image, and a HyperSpy file. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  expect,
  openNotebook,
  outputs,
  panel,
  runAll,
  test,
  waitForCell,
  writeNotebook
} from '../lab';

const HYSTERESIS = path.resolve(
  __dirname,
  '../../../shared/data/dtmicroscope_BEPS_PTO_50x50.h5'
);

test('a measured hysteresis spectrum image is explored, trained and mapped', async ({
  page,
  server
}) => {
  test.skip(
    !fs.existsSync(HYSTERESIS),
    'the measured data are not beside this checkout'
  );
  const local = path.join(server.folder, 'loops.h5');
  fs.copyFileSync(HYSTERESIS, local);
  const file = writeNotebook(server, 'hysteresis', [
    'import h5py, numpy as np, eelscape\n' +
      'found = {}\n' +
      'def visit(name, node):\n' +
      '    if isinstance(node, h5py.Dataset): found[name] = node.shape\n' +
      'with h5py.File("loops.h5") as f:\n' +
      '    f.visititems(visit)\n' +
      '    name = next(n for n, s in found.items() if len(s) == 3 and s[-1] == 64 or s == (50, 50, 64))\n' +
      '    loops = np.asarray(f[name], dtype=np.float32)\n' +
      'print(name, loops.shape)\n' +
      'image = loops.mean(-1)\n' +
      'axes = [dict(name="y", units="um", scale=1.0, offset=0.0, size=50), dict(name="x", units="um", scale=1.0, offset=0.0, size=50), dict(name="Voltage", units="V", scale=1.0, offset=0.0, size=64)]\n' +
      'ex = eelscape.explore(loops, image, axes=axes)\nex',
    'model = ex.train("im2spec", latent_dims=2, filters=8, epochs=3)\n' +
      'e = model.error_map()\n' +
      'ok = np.isfinite(e)\n' +
      'p, t = model.predictions()[ok], loops[ok]\n' +
      'lo, hi = model.scaling["spectrum"]\n' +
      'p, t = (p.astype(float) - lo) / (hi - lo), (t.astype(float) - lo) / (hi - lo)\n' +
      'f = np.sqrt(((p - t) ** 2).mean(-1) / ((p + t) ** 2).mean(-1))\n' +
      'assert np.abs(f - e[ok]).max() < 1e-5\n' +
      'assert ok.sum() == 35 * 35 and ok[8:43, 8:43].all()\n' +
      'print("error map holds", model.energy.units, model.energy.name)'
  ]);
  await openNotebook(page, server, file);
  await runAll(page);
  await expect(panel(page)).toHaveCount(1, { timeout: 60_000 });
  await waitForCell(page, 1, 240_000);
  const text = await outputs(page, server, file);
  expect(text[1]).toContain('error map holds V Voltage');
  await expect(panel(page)).toHaveAttribute('data-eelscape-status', 'done');
  // No electronvolt is invented for an axis in volts.
  await expect(panel(page)).toContainText('Voltage (V)');
});

test('a HyperSpy file keeps its axes on the way back', async ({
  page,
  server
}) => {
  const file = writeNotebook(server, 'hyperspy', [
    'import numpy as np, hyperspy.api as hs, eelscape\n' +
      'si, haadf = eelscape.sample("ftio")\n' +
      's, h = si.to_hyperspy(), haadf.to_hyperspy()\n' +
      's = s.inav[:40, :36]\nh = h.isig[:40, :36]\n' +
      's.axes_manager[0].scale = 0.5; h.axes_manager[0].scale = 0.5\n' +
      's.axes_manager[1].offset = 7.0; h.axes_manager[1].offset = 7.0\n' +
      's.metadata.General.title = "<b>my film</b>"\n' +
      's.save("film.hspy", overwrite=True); h.save("haadf.hspy", overwrite=True)\n' +
      's, h = hs.load("film.hspy"), hs.load("haadf.hspy")\n' +
      'ex = eelscape.explore(s, h)\nex',
    'model = ex.train("im2spec", filters=8, epochs=2, split="top-bottom", train_fraction=0.5, guard=4)\n' +
      'p = model.predictions(as_signal=True)\n' +
      'e = model.error_map(as_signal=True)\n' +
      'for got, want in ((p.axes_manager[0], s.axes_manager[0]), (p.axes_manager[1], s.axes_manager[1]), (p.axes_manager[2], s.axes_manager[2])):\n' +
      '    assert (got.scale, got.offset, got.units, got.size) == (want.scale, want.offset, want.units, want.size), (got, want)\n' +
      'assert p.data.shape == s.data.shape\n' +
      'print("axes kept", type(p).__name__, e.data.shape)'
  ]);
  await openNotebook(page, server, file);
  await runAll(page);
  await expect(panel(page)).toHaveCount(1, { timeout: 90_000 });
  await waitForCell(page, 1, 240_000);
  const text = await outputs(page, server, file);
  expect(text[1]).toContain('axes kept');
  // The title is data: shown as text.
  await expect(panel(page).locator('b', { hasText: /^my film$/ })).toHaveCount(
    0
  );
});

test('wrong input ends in a clear message in the cell and opens no panel', async ({
  page,
  server
}) => {
  const file = writeNotebook(server, 'wrong-input', [
    'import numpy as np, eelscape\n' +
      'rng = np.random.default_rng(0)\n' +
      'si, image = rng.random((40, 50, 20)), rng.random((40, 50))\n' +
      'def attempt(*pair):\n' +
      '    try:\n' +
      '        eelscape.explore(*pair)\n' +
      '    except (ValueError, TypeError) as error:\n' +
      '        print(type(error).__name__, error)\n' +
      '    else:\n' +
      '        print("ACCEPTED")',
    'attempt(si, rng.random((512, 512)))',
    'attempt(si[:12, :50], image[:12])',
    'attempt(si, np.ones((40, 50)))',
    'attempt(np.full((40, 50, 20), np.nan), image)',
    'attempt(si.astype(complex), image)',
    'attempt(si.astype(str), image)',
    'attempt(si[0], image)'
  ]);
  await openNotebook(page, server, file);
  await runAll(page);
  await waitForCell(page, 7, 60_000);
  const text = await outputs(page, server, file);
  expect(text[1]).toMatch(/ValueError .*512.*512.*40.*50/s);
  expect(text[2]).toMatch(/ValueError .*12.*16/s);
  expect(text[3]).toMatch(/ValueError .*constant/s);
  expect(text[4]).toMatch(/ValueError .*NaN/s);
  expect(text[5]).toMatch(/TypeError .*complex128/s);
  expect(text[6]).toMatch(/TypeError .*<U/s);
  expect(text[7]).toMatch(/ValueError .*\(y, x, energy\)/s);
  expect(text.join('')).not.toContain('ACCEPTED');
  await expect(panel(page)).toHaveCount(0);
});
