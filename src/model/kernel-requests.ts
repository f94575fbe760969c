/** What cells ask of a panel, passed on to the part that does it. */
import type { ILink, KernelRequest } from '../kernel/types';
import type { ISetup } from '../signal/types';
import type { DataModel } from './data-model';
import type { KernelParts } from './kernel-parts';
import { withBackend, type IWorkspaceSettings } from './settings';
import type { ShownModels } from './shown-models';
import type { StateReport } from './state-report';
import type { TrainingModel } from './training-model';
import type { PanelStatus } from './types';

export interface IRequestParts {
  readonly data: DataModel;
  readonly training: TrainingModel;
  readonly shown: ShownModels;
  readonly parts: KernelParts;
  readonly stateReport: StateReport;
  readonly settings: IWorkspaceSettings;
  link(): ILink | null;
  status(): PanelStatus;
  error(): string;
  /** @param forgotten - true where the kernel does not know earlier models. */
  reload(forgotten: boolean): void;
}

/** Does what a request asks. */
export function answerRequest(
  request: KernelRequest,
  options: IRequestParts
): void {
  const { training, shown, parts, stateReport } = options;
  switch (request.type) {
    case 'train':
      train(request.run, request.setup, options);
      break;
    case 'stop':
      training.stopRun(request.run);
      break;
    case 'show':
      void shown.show(request.model, request.file);
      break;
    case 'reload':
      options.reload(!parts.takeReload());
      break;
    case 'place':
      stateReport.place(request.state);
      break;
    case 'changed':
      parts.onChanged(request.what);
      break;
  }
}

function train(run: string, asked: ISetup, options: IRequestParts): void {
  const { data, training, settings, link } = options;
  // A run that waits for data that do not come would wait for ever.
  if (options.status() === 'error') {
    link()?.sendFailure(run, options.error());
    return;
  }
  const setup = withBackend(asked, settings);
  if (!training.running) {
    data.change(setup);
  }
  training.enqueue({ run, setup, fromPython: true });
}
