/** The errors of every model by part, below the error map. */
import type { ITrainedModel } from '../model/types';
import { errorText, metricName, metricUnits, spreadText } from './error-metric';
import { spreadsOf } from './error-spreads';
import { MODEL_DASHES, MODEL_WIDTHS } from './marks/palette';
import type { ITable } from './table';
import type { IViewContext } from './view';
import { fixed } from './wording';

/** Height of a row and of the head, px. */
export const ROW = 19;
export const HEAD = 22;

const PARTS = ['train', 'test'] as const;

/** Fills a table with two rows a model: mean ± standard deviation over windows, RMSE or relative error, skill. */
export function fillErrorTable(
  table: HTMLTableElement,
  { shown, trans }: IViewContext
): void {
  const { metric, targetUnits } = shown;
  const other = metric === 'rmse' ? 'relative' : 'rmse';
  const head = row('th', [
    trans.__('model'),
    trans.__('part'),
    trans.__('%1, mean \u00b1 sd', metricName(metric, trans)),
    metricName(other, trans),
    trans.__('skill')
  ]);
  const body = shown.models.flatMap(model =>
    PARTS.map(part => {
      const { mean, sd } = spreadsOf(shown, model)[part];
      const beside =
        other === 'rmse' ? model.meanRmse[part] : model.meanError[part];
      const line = row('td', [
        part === 'train' ? shown.labelOf(model) : '',
        part === 'train' ? trans.__('train') : trans.__('test'),
        spreadText(mean, sd, metric, targetUnits),
        errorText(beside, other, targetUnits),
        fixed(model.skill[part], 2)
      ]);
      line.title = trans.__(
        'Skill: 1 is perfect, 0 is no better than the mean of the training targets'
      );
      if (part === 'train') {
        line.className = 'jp-mod-first';
        line.firstElementChild!.prepend(mark(shown.styleOf(model)));
      }
      return line;
    })
  );
  table.replaceChildren(head, ...body);
}

/** The same numbers, unrounded: errors as fractions but for raw MSE. */
export function errorNumbers({ shown, trans }: IViewContext): ITable | null {
  const { metric, targetUnits, models } = shown;
  if (!models.length) {
    return null;
  }
  const name = metricName(metric, trans);
  const units =
    metric === 'mse_raw'
      ? metricUnits(metric, targetUnits) || trans.__('squared data units')
      : trans.__('fraction');
  const rows = models.flatMap((model: ITrainedModel) => {
    const spreads = spreadsOf(shown, model);
    return (['train', 'guard', 'test'] as const).map(part => [
      shown.labelOf(model),
      part,
      spreads[part].count,
      spreads[part].mean,
      spreads[part].sd,
      part === 'guard' ? NaN : model.meanRmse[part],
      part === 'guard' ? NaN : model.skill[part]
    ]);
  });
  return {
    title: trans.__('Errors by part of the split'),
    columns: [
      trans.__('Model'),
      trans.__('Part'),
      trans.__('Windows'),
      trans.__('Mean %1 (%2)', name, units),
      trans.__('Standard deviation (%1)', units),
      trans.__('Mean RMSE (fraction of full scale)'),
      trans.__('Skill')
    ],
    rows
  };
}

function row(tag: 'th' | 'td', cells: readonly string[]): HTMLElement {
  const element = document.createElement('tr');
  for (const text of cells) {
    const cell = document.createElement(tag);
    cell.textContent = text;
    element.append(cell);
  }
  return element;
}

function mark(style: number): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('width', '18');
  svg.setAttribute('height', '8');
  svg.setAttribute('class', 'jp-Eelscape-mark');
  svg.setAttribute('aria-hidden', 'true');
  svg.style.stroke = `var(--eelscape-model-${style + 1})`;
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', 'M0,4H18');
  path.setAttribute('stroke-width', String(MODEL_WIDTHS[style] + 0.5));
  const dash = MODEL_DASHES[style];
  if (dash) {
    path.setAttribute('stroke-dasharray', dash);
  }
  svg.append(path);
  return svg;
}
