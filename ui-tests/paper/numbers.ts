/** The numbers of docs/paper.md, computed by NumPy from the models' arrays and written between its marks. */
import * as fs from 'node:fs';
import { fileOf, type INetwork, PAGE } from './networks';
import type { PaperSession } from './session';

interface INumbers {
  readonly kind: string;
  readonly latents: number;
  readonly relative: readonly [number, number];
  readonly spread: readonly [number, number];
  readonly rmse: readonly [number, number];
  readonly mse: readonly [number, number];
  readonly most: readonly [number, number];
  readonly r: number;
  readonly structure: number;
}

/** Means over the windows of the training and the test part; the structure over all windows. */
const CODE = `
def numbers(path):
    model = eelscape.load(path, si, haadf)
    split = model.split
    image = np.asarray(haadf, dtype=np.float64)
    error = {m: model.error_map(metric=m).astype(np.float64) for m in ("relative", "rmse", "mse")}
    parts = [split == 0, split == 2]
    means = {m: [float(np.nanmean(e[p])) for p in parts] for m, e in error.items()}
    here = np.isfinite(error["relative"])
    scale = lambda v: (v - v.min()) / (v.max() - v.min())
    a, b = scale(error["relative"][here]), scale(image[here])
    return dict(
        kind=model.kind, latents=model.latent_dims, **means,
        spread=[float(np.nanstd(error["relative"][p])) for p in parts],
        most=[float(np.nanpercentile(error["relative"][p], 99)) for p in parts],
        r=float(np.corrcoef(a, b)[0, 1]), structure=float(np.mean((a - b) ** 2)))
`;

/** Computes the table of networks of the session's sample and puts it between the marks of a name in the page. */
export async function writeTables(
  session: PaperSession,
  name: string,
  networks: readonly INetwork[]
): Promise<void> {
  await session.python(CODE);
  const rows: INumbers[] = [];
  for (const network of networks) {
    const path = JSON.stringify(fileOf(network));
    rows.push(
      JSON.parse(await session.python(`print(json.dumps(numbers(${path})))`))
    );
  }
  rows.sort((a, b) => a.kind.localeCompare(b.kind) || a.latents - b.latents);
  const table = [
    '| network | latents | relative error, train | relative error, test | 99 % of test windows below | RMSE, test | MSE, test | Pearson r with HAADF | MSE with HAADF |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(row =>
      [
        '',
        row.kind,
        row.latents,
        `${percent(row.relative[0])} ± ${percent(row.spread[0])}`,
        `${percent(row.relative[1])} ± ${percent(row.spread[1])}`,
        percent(row.most[1]),
        percent(row.rmse[1]),
        percent(row.mse[1], 2),
        row.r.toFixed(2),
        row.structure.toFixed(3),
        ''
      ]
        .join(' | ')
        .trim()
    )
  ];
  put(name, table.join('\n'));
}

function percent(fraction: number, decimals = 1): string {
  return `${(100 * fraction).toFixed(decimals)} %`;
}

function put(name: string, text: string): void {
  const page = fs.readFileSync(PAGE, 'utf8');
  const [begin, end] = [`<!-- begin: ${name} -->`, `<!-- end: ${name} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < 0) {
    throw new Error(`docs/paper.md has no place for the table "${name}".`);
  }
  fs.writeFileSync(
    PAGE,
    `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`
  );
}
