/** Commands on the current panel; the palette lists them under "eelscape". */
import { NotebookActions, type INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { modelFileName } from './file-name';
import type { IPanels } from './tokens';
import type { IWorkspace } from './model/types';

/** Ids of the commands. */
export const CommandIDs = {
  train: 'eelscape:train',
  pause: 'eelscape:pause',
  stop: 'eelscape:stop',
  openSample: 'eelscape:open-sample',
  exportModel: 'eelscape:export-model',
  saveWorkspace: 'eelscape:save-workspace'
} as const;

/** What "Open sample data" writes into a new cell. */
export const SAMPLE_LINES = [
  'import eelscape',
  'si, haadf = eelscape.sample("ftio")',
  'ex = eelscape.explore(si, haadf)'
].join('\n');

export interface ICommandOptions {
  readonly commands: CommandRegistry;
  readonly panels: IPanels;
  readonly notebooks: INotebookTracker;
  readonly trans: TranslationBundle;
  /** Asks for a name and saves. */
  saveWorkspace(workspace: IWorkspace): Promise<void>;
}

/** Register the commands; they act on the panel used last. */
export function addCommands(options: ICommandOptions): void {
  const { commands, panels, notebooks, trans } = options;
  const training = () => panels.current?.training;

  commands.addCommand(CommandIDs.train, {
    label: trans.__('Train'),
    caption: trans.__('Train with the setup of the panel'),
    isEnabled: () => canTrain(panels.current),
    execute: () => training()?.start(),
    describedBy: NO_ARGUMENTS
  });
  commands.addCommand(CommandIDs.pause, {
    label: () =>
      training()?.paused ? trans.__('Resume Training') : trans.__('Pause'),
    caption: trans.__('Finish this batch and hold, or go on'),
    isEnabled: () => training()?.running === true,
    execute: () =>
      training()?.paused ? training()?.resume() : training()?.pause(),
    describedBy: NO_ARGUMENTS
  });
  commands.addCommand(CommandIDs.stop, {
    label: trans.__('Stop Training'),
    caption: trans.__('End training and keep the last epoch'),
    isEnabled: () => training()?.running === true,
    execute: () => training()?.stop(),
    describedBy: NO_ARGUMENTS
  });
  commands.addCommand(CommandIDs.openSample, {
    label: trans.__('Open Sample Data'),
    caption: trans.__('Add a cell that opens the sample, and run it'),
    isEnabled: () => notebooks.currentWidget !== null,
    execute: () => openSample(notebooks),
    describedBy: NO_ARGUMENTS
  });
  commands.addCommand(CommandIDs.exportModel, {
    label: trans.__('Save Model as safetensors'),
    caption: trans.__('Download the weights of the shown model'),
    isEnabled: () => !!panels.current?.models.active,
    execute: () => {
      if (panels.current) {
        downloadModel(panels.current);
      }
    },
    describedBy: NO_ARGUMENTS
  });
  commands.addCommand(CommandIDs.saveWorkspace, {
    label: trans.__('Save Workspace…'),
    caption: trans.__(
      'Save image, maps, models and settings as a file that opens without a kernel'
    ),
    isEnabled: () => !!panels.current?.data.pair,
    execute: async () => {
      if (panels.current) {
        await options.saveWorkspace(panels.current);
      }
    },
    describedBy: NO_ARGUMENTS
  });
  panels.currentChanged.connect(() => commands.notifyCommandChanged());
}

const NO_ARGUMENTS = {
  args: { type: 'object', properties: {}, additionalProperties: false }
} as const;

function canTrain(workspace: IWorkspace | null): boolean {
  return (
    !!workspace?.data.pair &&
    workspace.data.problem === '' &&
    workspace.status !== 'question'
  );
}

/** Insert the sample lines below the active cell and run them. */
async function openSample(notebooks: INotebookTracker): Promise<void> {
  const panel = notebooks.currentWidget;
  if (!panel) {
    return;
  }
  const { content, sessionContext } = panel;
  NotebookActions.insertBelow(content);
  content.activeCell?.model.sharedModel.setSource(SAMPLE_LINES);
  await NotebookActions.run(content, sessionContext);
}

/** Download the active model of a workspace. */
function downloadModel(workspace: IWorkspace): void {
  const bytes = workspace.exportModel();
  const model = workspace.models.active;
  if (!bytes || !model) {
    return;
  }
  const type = 'application/octet-stream';
  const url = URL.createObjectURL(new Blob([bytes.slice()], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = modelFileName(
    workspace.title,
    `${model.kind} ${model.label}`
  );
  link.click();
  URL.revokeObjectURL(url);
}
