import * as React from 'react';
import type { Metric } from '../signal/types';
import { metricHelp, METRICS, metricShort } from './error-metric';
import type { IViewContext } from './view';

/** The measure of errors in a header; it holds for every view. */
export function MetricChoice({
  context
}: {
  context: IViewContext;
}): JSX.Element {
  const { workspace, shown, trans } = context;
  const { display } = workspace.explorer;
  return (
    <select
      className="jp-Eelscape-select jp-mod-header"
      aria-label={trans.__('Measure of errors')}
      title={trans.__(
        'Measure of errors in every view. %1',
        metricHelp(shown.metric, trans)
      )}
      value={shown.metric}
      onChange={event => display.setMetric(event.target.value as Metric)}
    >
      {METRICS.map(metric => (
        <option key={metric} value={metric}>
          {metricShort(metric, trans)}
        </option>
      ))}
    </select>
  );
}
