import * as React from 'react';
import { canConnect } from './connect-button';
import { ExportMenu } from './export-menu';
import type { FormName } from './layout';
import type { Views } from './panel-views';
import { Provenance } from './provenance';
import { RunStrip } from './run-strip';
import { PanelState } from './states';
import { canSend, sendTitle } from './send-button';
import { formToggles, PanelToolbar } from './toolbar';
import { type IViewContext, Rendering } from './view';

/** What the bars ask of the panel. */
export interface IBarActions {
  /** Whether a form can be seen. */
  shows(name: FormName): boolean;
  toggle(name: FormName): void;
  views(): Views;
}

/** Toolbar, run strip, the state in place of the views, provenance. */
export function createBars(
  context: IViewContext,
  actions: IBarActions
): Rendering[] {
  const { trans, workspace } = context;
  const menu = new ExportMenu(context, actions.views);
  return [
    new Rendering('jp-Eelscape-toolbar', () => (
      <PanelToolbar
        context={context}
        shows={name => actions.shows(name)}
        toggle={name => actions.toggle(name)}
        openExport={anchor => menu.open(anchor)}
        openMore={anchor =>
          menu.open(anchor, [
            ...formToggles(trans).map(({ name, label }) => ({
              label,
              run: () => actions.toggle(name)
            })),
            ...(canConnect(context)
              ? [
                  {
                    label: trans.__('Connect data'),
                    run: () => context.files.connectData?.()
                  }
                ]
              : []),
            {
              label: trans.__('Send to Python'),
              caption: sendTitle(workspace, trans),
              enabled: canSend(workspace),
              run: () => {
                workspace.sendToPython().catch(reason => console.error(reason));
              }
            }
          ])
        }
      />
    )),
    new Rendering('jp-Eelscape-strip', () => <RunStrip context={context} />),
    new Rendering('jp-Eelscape-empty', () => <PanelState context={context} />),
    new Rendering('jp-Eelscape-provenance', () => (
      <Provenance context={context} />
    ))
  ];
}
