import * as React from 'react';
import type { TransferScale } from '../../model/explorer/transfer-types';
import { HeaderSelect } from '../fields';
import type { IViewContext } from '../view';

/** Largest model file that is read, bytes. */
const MOST_BYTES = 256 * 2 ** 20;

/** The model that is applied: one of those set aside, or from a file. */
export function TransferTools({
  context,
  onProblem
}: {
  context: IViewContext;
  /** Told why a file cannot be read; '' where it can. */
  onProblem(text: string): void;
}): JSX.Element | null {
  const { workspace, shown, trans } = context;
  const { transfer } = workspace.explorer;
  const input = React.useRef<HTMLInputElement>(null);
  if (!shown.pair) {
    return null;
  }
  const open = async (file: File): Promise<void> => {
    if (file.size > MOST_BYTES) {
      onProblem(
        trans.__('%1 is larger than 256 MiB: it is no model file.', file.name)
      );
      return;
    }
    onProblem('');
    const bytes = new Uint8Array(await file.arrayBuffer());
    transfer.openFile(file.name, bytes);
  };
  return (
    <>
      <HeaderSelect
        label={trans.__('Model of other data to apply')}
        value={transfer.chosen ?? ''}
        choices={[
          ['', trans.__('no model')],
          ...transfer.sources.map(
            ({ id, label, origin, kind }) =>
              [id, origin === 'file' ? label : `${label} ${kind}`] as const
          )
        ]}
        onChange={id => transfer.choose(id || null)}
      />
      <button
        type="button"
        className="jp-Eelscape-button jp-mod-small"
        title={trans.__(
          'Apply the model in a .safetensors file to these data.'
        )}
        onClick={() => input.current?.click()}
      >
        {trans.__('Open\u2026')}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".safetensors"
        aria-label={trans.__('Model file')}
        tabIndex={-1}
        onChange={event => {
          const [file] = event.target.files ?? [];
          // The same file again must be a change.
          event.target.value = '';
          if (file) {
            open(file).catch((error: unknown) => onProblem(String(error)));
          }
        }}
      />
    </>
  );
}

/** Scale of the data, what is under way, what went wrong. */
export function TransferForm({
  context,
  problem
}: {
  context: IViewContext;
  problem: string;
}): JSX.Element | null {
  const { workspace, trans } = context;
  const { transfer } = workspace.explorer;
  const { busy, result, chosen } = transfer;
  const error = problem || transfer.error;
  return (
    <div className="jp-Eelscape-toolLine">
      {chosen !== null && (
        <HeaderSelect
          label={trans.__(
            'Scale on which images and spectra reach the network: that of its own data, or from the least to the greatest value of these'
          )}
          value={transfer.scale}
          choices={[
            ['network', trans.__('own scale')],
            ['data', trans.__('data scale')]
          ]}
          onChange={scale => transfer.setScale(scale as TransferScale)}
        />
      )}
      {busy ? (
        <>
          <span className="jp-Eelscape-toolNote" role="status">
            {busy.text}
          </span>
          <button
            type="button"
            className="jp-Eelscape-button jp-mod-small"
            onClick={() => transfer.cancel()}
          >
            {trans.__('Cancel')}
          </button>
        </>
      ) : (
        <span className="jp-Eelscape-toolNote" role="status">
          {!error && result
            ? trans._n(
                '%1 window evaluated',
                '%1 windows evaluated',
                result.model.positions.length
              )
            : ''}
        </span>
      )}
      {result && !busy && (
        <button
          type="button"
          className="jp-Eelscape-button jp-mod-small"
          title={
            result.showProblem ||
            trans.__('Add the model to those of every view.')
          }
          disabled={result.showProblem !== ''}
          onClick={() => transfer.showInAll()}
        >
          {trans.__('Show in all')}
        </button>
      )}
    </div>
  );
}
