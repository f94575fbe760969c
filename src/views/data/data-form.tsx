import * as React from 'react';
import type { IViewContext } from '../view';
import { ComponentsSection } from './components-section';
import { PreprocessingSection } from './preprocessing-section';
import { RegionsSection } from './regions-section';
import { SourceSection } from './source-section';

/** The column of the data: where they come from, what is done to them, what is found in them. */
export function DataForm({
  context
}: {
  context: IViewContext;
}): JSX.Element | null {
  const { workspace, trans } = context;
  const pair = workspace.data.pair;
  return pair ? (
    <form
      className="jp-Eelscape-form"
      aria-label={trans.__('Data')}
      onSubmit={event => event.preventDefault()}
    >
      <SourceSection context={context} pair={pair} />
      <PreprocessingSection context={context} pair={pair} />
      <ComponentsSection context={context} />
      <RegionsSection context={context} pair={pair} />
    </form>
  ) : null;
}
