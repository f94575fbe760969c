import { makePair, SETUP, evaluationOf } from './fakes';
import { prepareRun } from '../run-request';
import { TrainedModel } from '../trained-model';

async function makeModel(kind: 'im2spec' | 'spec2im', factor: number) {
  const pair = makePair();
  const setup = { ...SETUP, kind };
  const prepared = prepareRun(pair, setup, { evaluateEvery: 1 });
  const model = new TrainedModel({
    id: 'm',
    label: '2L',
    setup,
    pair,
    scaling: prepared.scaling,
    positions: prepared.positions,
    split: prepared.split.map
  });
  await model.update({
    evaluation: evaluationOf(prepared.request, 2, factor),
    history: { train: [1, 2], test: [3, 4] },
    backend: 'wasm',
    notice: ''
  });
  return { pair, prepared, model };
}

/** Targets of a position, in data units, by plain loops. */
function targetOf(
  kind: string,
  pair: ReturnType<typeof makePair>,
  row: number,
  column: number
): number[] {
  const out: number[] = [];
  if (kind === 'im2spec') {
    for (let e = 0; e < pair.channels; e++) {
      out.push(pair.spectra[(row * pair.nx + column) * pair.channels + e]);
    }
    return out;
  }
  for (let i = row - 2; i < row + 2; i++) {
    for (let j = column - 2; j < column + 2; j++) {
      out.push(pair.image[i * pair.nx + j]);
    }
  }
  return out;
}

describe.each(['im2spec', 'spec2im'] as const)('errors of %s', kind => {
  it('equal the formulas computed by hand', async () => {
    const { pair, prepared, model } = await makeModel(kind, 1.1);
    const range =
      kind === 'im2spec' ? prepared.scaling.spectrum : prepared.scaling.image;
    const scale = (v: number) => (v - range.min) / (range.max - range.min);
    const parts: Record<
      number,
      { rel: number[]; rmse: number[]; mse: number[] }
    > = {};
    const targets = new Map<number, number[]>();
    for (let row = 0; row < pair.ny; row++) {
      for (let column = 0; column < pair.nx; column++) {
        const at = row * pair.nx + column;
        const inside =
          row >= 2 &&
          row <= pair.ny - 2 &&
          column >= 2 &&
          column <= pair.nx - 2;
        expect(Number.isNaN(model.error[at])).toBe(!inside);
        if (!inside) {
          continue;
        }
        const truth = targetOf(kind, pair, row, column);
        const t = truth.map(scale);
        const p = truth.map(v => scale(Math.fround(v * 1.1)));
        const mse = t.reduce((s, v, i) => s + (p[i] - v) ** 2, 0) / t.length;
        const sum = t.reduce((s, v, i) => s + (p[i] + v) ** 2, 0) / t.length;
        expect(model.error[at]).toBeCloseTo(Math.sqrt(mse / sum), 6);
        const label = model.split[at];
        parts[label] ??= { rel: [], rmse: [], mse: [] };
        parts[label].rel.push(Math.sqrt(mse / sum));
        parts[label].rmse.push(Math.sqrt(mse));
        parts[label].mse.push(mse);
        targets.set(at, t);
      }
    }
    const mean = (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length;
    expect(model.meanError.train).toBeCloseTo(mean(parts[0].rel), 6);
    expect(model.meanError.test).toBeCloseTo(mean(parts[2].rel), 6);
    expect(model.meanRmse.test).toBeCloseTo(mean(parts[2].rmse), 6);
    const train = [...targets].filter(([at]) => model.split[at] === 0);
    const middle = train[0][1].map((_, i) => mean(train.map(([, t]) => t[i])));
    const test = [...targets].filter(([at]) => model.split[at] === 2);
    const base = mean(
      test.map(([, t]) => mean(t.map((v, i) => (v - middle[i]) ** 2)))
    );
    expect(model.skill.test).toBeCloseTo(1 - mean(parts[2].mse) / base, 5);
  });
});

describe('a trained model', () => {
  it('gives prediction and encoding at a pixel with a window only', async () => {
    const { model, pair } = await makeModel('im2spec', 2);
    expect(model.predictionAt(0, 0)).toBeNull();
    expect(model.latentAt(9, 5)).toBeNull();
    expect(model.predictionAt(-1, 5)).toBeNull();
    expect([...model.latentAt(4, 7)!]).toEqual([7, 4]);
    const prediction = model.predictionAt(4, 7)!;
    expect(prediction.length).toBe(16);
    expect(prediction[3]).toBe(2 * pair.spectra[(4 * 20 + 7) * 16 + 3]);
  });

  it('has an error of zero where it is right', async () => {
    const { model } = await makeModel('spec2im', 1);
    expect(model.meanError.all).toBe(0);
    expect(model.skill).toMatchObject({ train: 1, test: 1 });
  });

  it('keeps a copy of the history', async () => {
    const { model, prepared } = await makeModel('im2spec', 1);
    const history = { train: [1], test: [1] };
    await model.update({
      evaluation: evaluationOf(prepared.request, 3, 1),
      history,
      backend: 'cpu',
      notice: 'note'
    });
    history.train.push(5);
    expect(model.history.train).toEqual([1]);
    expect(model.epoch).toBe(3);
    expect(model.notice).toBe('note');
  });
});
