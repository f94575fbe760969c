/** The whole job on the sample, in JupyterLab, and its numbers checked in Python. */
import {
  expect,
  openNotebook,
  outputs,
  panel,
  provide,
  runAll,
  test,
  waitForCell,
  writeNotebook
} from '../lab';

interface IPixel {
  row: number;
  column: number;
  error: number;
  latents: number[];
  measured: number;
}

test('Run All explores, trains both networks and returns numbers that hold', async ({
  page,
  server
}) => {
  test.setTimeout(900_000);
  provide(server, 'checks/main_job_checks.py');
  const file = writeNotebook(server, 'main-job', [
    'import eelscape\nsi, haadf = eelscape.sample("ftio")\nex = eelscape.explore(si, haadf)\nex',
    'image_model = ex.train("spec2im", latent_dims=2, filters=8, epochs=4, batch_size=64)',
    'model = ex.train("im2spec", latent_dims=2, filters=16, epochs=40, batch_size=32, learning_rate=2e-3)',
    'import main_job_checks as checks\n' +
      'print(checks.check_model("im2spec", model, si, haadf))\n' +
      'print(checks.check_model("spec2im", image_model, si, haadf))\n' +
      'print(checks.check_learning(model, si))\n' +
      'print("models", [(m.kind, m.latent_dims) for m in ex.models])',
    'import tempfile, os, numpy as np\n' +
      'folder = tempfile.mkdtemp()\n' +
      'path = os.path.join(folder, "ftio-2L.safetensors")\n' +
      'model.save(path)\n' +
      'again = eelscape.load(path, si, haadf)\n' +
      'assert np.allclose(again.error_map(), model.error_map(), atol=1e-5, equal_nan=True)\n' +
      'print("onnx", [os.path.basename(str(p)) for p in model.to_onnx(os.path.join(folder, "ftio-2L.onnx"))])',
    'print(checks.pixels_for_readout(model, si, ex.selection.energy_range))'
  ]);
  const errors: string[] = [];
  page.on('pageerror', error => errors.push(String(error)));
  await openNotebook(page, server, file);
  await runAll(page);

  await expect(panel(page)).toHaveCount(1, { timeout: 60_000 });
  await waitForCell(page, 5, 840_000);
  const text = await outputs(page, server, file);
  console.log(text.slice(3).join('\n'));
  expect(text[3]).toContain('im2spec: error map');
  expect(text[3]).toContain('spec2im: error map');
  expect(text[3]).toContain('training error');
  expect(text[3]).toContain("models [('spec2im', 2), ('im2spec', 2)]");
  expect(text[4]).toContain('ftio-2L.onnx');

  await expect(panel(page)).toHaveAttribute('data-eelscape-status', 'done');
  const pixels = JSON.parse(text[5].split('READOUT ')[1]) as IPixel[];
  for (const pixel of pixels) {
    await movePointer(page, pixel.row, pixel.column);
    const readout = panel(page).locator('[data-eelscape-readout]');
    await expect(readout).toHaveAttribute('data-row', String(pixel.row));
    await expect(readout).toHaveAttribute('data-column', String(pixel.column));
    const shown = Number(await readout.getAttribute('data-error'));
    expect(Math.abs(shown - pixel.error)).toBeLessThan(1e-5);
    const latents = JSON.parse(
      (await readout.getAttribute('data-latents')) ?? '[]'
    ) as number[];
    pixel.latents.forEach((value, k) =>
      expect(Math.abs(latents[k] - value)).toBeLessThan(
        1e-5 * Math.max(1, Math.abs(value))
      )
    );
    const measured = Number(await readout.getAttribute('data-measured'));
    expect(Math.abs(measured - pixel.measured)).toBeLessThan(
      1e-4 * Math.max(1, Math.abs(pixel.measured))
    );
  }
  expect(errors).toEqual([]);
  await page.screenshot({ path: 'build/screens/main-job.png' });
});

/** Moves the pointer by the keyboard: from where it is, with the arrows. */
async function movePointer(
  page: import('@playwright/test').Page,
  row: number,
  column: number
): Promise<void> {
  const readout = panel(page).locator('[data-eelscape-readout]');
  const navigator = panel(page).locator(
    '[data-eelscape-view="navigator"] [role="application"]'
  );
  await navigator.focus();
  for (let step = 0; step < 200; step++) {
    const i = Number(await readout.getAttribute('data-row'));
    const j = Number(await readout.getAttribute('data-column'));
    if (i === row && j === column) {
      return;
    }
    const key =
      i < row
        ? 'ArrowDown'
        : i > row
          ? 'ArrowUp'
          : j < column
            ? 'ArrowRight'
            : 'ArrowLeft';
    await page.keyboard.press(key);
    await page.waitForTimeout(20);
  }
  throw new Error(`The pointer did not reach (${row}, ${column})`);
}
