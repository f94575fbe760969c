/** @jest-environment jsdom */
import './browser-globals';
import { strFromU8, unzipSync } from 'fflate';
import { contextOf, settle, workspaceOf } from './single-view';
import type { ViewName } from '../layout';
import { npzOf } from '../npz';
import { arraysOf } from '../view-arrays';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

/** Header and data of a .npy file. */
function read(npy: Uint8Array): { header: string; data: Uint8Array } {
  expect(Array.from(npy.subarray(0, 8))).toEqual([
    0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0
  ]);
  const length = npy[8] + 256 * npy[9];
  expect((10 + length) % 64).toBe(0);
  const header = strFromU8(npy.subarray(10, 10 + length));
  expect(header.endsWith('\n')).toBe(true);
  return { header: header.trim(), data: npy.slice(10 + length) };
}

describe('a file of NumPy', () => {
  it('holds type, shape and values of each array, and what it is', () => {
    const whole = new Float32Array([9, 1.5, NaN, -2, 3, 4, 5]);
    const files = unzipSync(
      npzOf({
        map: {
          // A part of a larger buffer.
          values: whole.subarray(1),
          shape: [2, 3],
          about: '(y, x) map in \u00b5m'
        },
        labels: {
          values: new Int8Array([-1, 2]),
          shape: [2],
          about: '(row) part'
        }
      })
    );
    expect(Object.keys(files).sort()).toEqual([
      'about.npy',
      'labels.npy',
      'map.npy'
    ]);
    const map = read(files['map.npy']);
    expect(map.header).toBe(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3,), }"
    );
    expect(Array.from(new Float32Array(map.data.buffer))).toEqual([
      1.5,
      NaN,
      -2,
      3,
      4,
      5
    ]);
    const labels = read(files['labels.npy']);
    expect(labels.header).toContain("'descr': '|i1'");
    expect(labels.header).toContain("'shape': (2,)");
    const about = read(files['about.npy']);
    const width = Number(/<U(\d+)/.exec(about.header)![1]);
    const letters = new Uint32Array(about.data.buffer);
    const lines = [0, 1].map(i =>
      String.fromCodePoint(
        ...letters.subarray(i * width, (i + 1) * width).filter(Boolean)
      )
    );
    expect(lines).toEqual(['map (y, x) map in \u00b5m', 'labels (row) part']);
  });
});

describe('the arrays behind a view', () => {
  const product = (shape: readonly number[]): number =>
    shape.reduce((a, b) => a * b, 1);

  it('have their own shapes, in every view', async () => {
    const context = contextOf(workspaceOf({ status: 'done' }));
    const { shown, workspace } = context;
    const { clusters, veracity } = workspace.explorer;
    for (let i = 0; i < 100 && !(clusters.result && veracity.result); i++) {
      clusters.want();
      veracity.want();
      await settle(context);
    }
    const { ny, nx } = shown.pair!;
    const { size } = shown.grid!;
    const n = shown.active!.positions.length;
    const expected: Partial<Record<ViewName, Record<string, number[]>>> = {
      navigator: { image: [ny, nx], x: [nx], y: [ny] },
      errors: { [`mse_raw_${shown.active!.label}`]: [ny, nx] },
      latent: { encodings: [n, 2], positions: [n, 2] },
      decoded: {
        nodes: [size, size, 2],
        decoded: [size, size, shown.pair!.energy.size]
      },
      projected: { back_projected: [size, size, 16, 16] },
      clusters: { covariances: [8, 2, 2], responsibilities: [n, 8] },
      veracity: { ratio: [ny, nx] }
    };
    for (const [name, shapes] of Object.entries(expected)) {
      const arrays = arraysOf(context, name as ViewName, null);
      for (const [key, shape] of Object.entries(shapes)) {
        expect([name, key, arrays[key]?.shape]).toEqual([name, key, shape]);
      }
      for (const { values, shape } of Object.values(arrays)) {
        expect(values).toHaveLength(product(shape));
      }
    }
    const { positions } = arraysOf(context, 'latent', null);
    const pixel = shown.active!.positions[7];
    expect([positions.values[14], positions.values[15]]).toEqual([
      Math.floor(pixel / nx),
      pixel % nx
    ]);
  });

  it('come from the columns of the table where a view is a list of numbers', () => {
    const context = contextOf(workspaceOf({ status: 'done' }));
    const arrays = arraysOf(context, 'training', {
      columns: ['Epoch', '2L train (MSE, scaled)', 'Name'],
      rows: [
        [1, 0.5, 'a'],
        [2, NaN, 'b']
      ]
    });
    expect(Object.keys(arrays)).toEqual(['Epoch', '2L_train_MSE_scaled']);
    expect(Array.from(arrays['2L_train_MSE_scaled'].values)).toEqual([
      0.5,
      NaN
    ]);
  });
});
