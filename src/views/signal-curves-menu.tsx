import * as React from 'react';
import { copyText } from './clipboard';
import { Popover } from './popover';
import type { ISignalDisplay } from './signal-tools';
import { csvOf, type ITable } from './table';
import type { IViewContext } from './view';

/** Milliseconds for which the header says what became of a copy. */
const SAID = 2500;

export interface ICurvesMenuHost {
  display(): ISignalDisplay;
  /** True where residuals are drawn. */
  residual(): boolean;
  change(change: Partial<ISignalDisplay>): void;
  table(): ITable | null;
}

/** The form that chooses the curves of the signal plot and copies them. */
export class CurvesMenu {
  /** @param heading - where what became of a copy is said. */
  constructor(
    context: IViewContext,
    heading: HTMLElement,
    host: ICurvesMenuHost
  ) {
    this._context = context;
    this._host = host;
    this._status = document.createElement('span');
    this._status.className = 'jp-Eelscape-copied';
    this._status.setAttribute('role', 'status');
    heading.append(this._status);
    this._popover = new Popover(() => (
      <CurvesForm
        context={context}
        display={host.display()}
        residual={host.residual()}
        onChange={change => host.change(change)}
        copy={() => this.copy()}
      />
    ));
  }

  open(opener: HTMLElement): void {
    this._popover.toggle(opener, this._context.trans.__('Curves of the plot'));
  }

  update(): void {
    this._popover.update();
  }

  /** Copies what the plot shows as CSV and says what became of it. */
  copy(): void {
    const { trans } = this._context;
    const table = this._host.table();
    if (!table) {
      return;
    }
    copyText(csvOf(table)).then(
      () => this._say(trans.__('Copied, %1 rows', table.rows.length)),
      () => this._say(trans.__('Not copied. Use \u201cShow as table\u201d'))
    );
  }

  dispose(): void {
    window.clearTimeout(this._timer);
    this._popover.close();
  }

  private _say(text: string): void {
    this._status.textContent = text;
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      this._status.textContent = '';
    }, SAID);
  }

  private _context: IViewContext;
  private _host: ICurvesMenuHost;
  private _popover: Popover;
  private _status: HTMLElement;
  private _timer = 0;
}

/** Which curves are drawn, and the button that copies them. */
function CurvesForm(props: {
  context: IViewContext;
  display: ISignalDisplay;
  /** True where residuals are drawn. */
  residual: boolean;
  onChange(change: Partial<ISignalDisplay>): void;
  copy(): void;
}): JSX.Element {
  const { context, display, onChange } = props;
  const { workspace, shown, trans } = context;
  const { navigation, explorer } = workspace;
  const predicts = shown.kind === 'im2spec' && shown.models.length > 0;
  const { count } = explorer.selection;
  return (
    <>
      <div className="jp-Eelscape-popoverTitle">{trans.__('Curves')}</div>
      <Choice
        text={trans.__('Predictions')}
        title={
          predicts
            ? trans.__('Spectra that the trained models predict')
            : trans.__('There are none: train a model of im2spec.')
        }
        value={display.models && predicts}
        disabled={!predicts}
        onChange={models => onChange({ models })}
      />
      <Choice
        text={trans.__('Residual')}
        title={trans.__('Prediction minus measured, below the spectra')}
        value={props.residual}
        disabled={!predicts || !display.models}
        onChange={residual => onChange({ residual })}
      />
      <Choice
        text={trans.__('Second pointer')}
        title={
          navigation.secondPointer
            ? trans.__('Spectra of the second pointer, dashed and thin')
            : trans.__('There is none: press E in the navigator.')
        }
        value={display.second && navigation.secondPointer !== null}
        disabled={!navigation.secondPointer}
        onChange={second => onChange({ second })}
      />
      <Choice
        text={trans.__('Selection, mean \u00b1 sd')}
        title={
          count
            ? trans.__(
                'Mean of the %1 selected windows with a band of one standard deviation',
                count
              )
            : trans.__(
                'Nothing is selected: drag with Shift in the navigator or the latent plot.'
              )
        }
        value={display.selection && count > 0}
        disabled={!count}
        onChange={selection => onChange({ selection })}
      />
      <hr />
      <button
        type="button"
        className="jp-Eelscape-button"
        title={trans.__('Copy what the plot shows as CSV (Ctrl C)')}
        onClick={() => props.copy()}
      >
        {trans.__('Copy as CSV')}
      </button>
    </>
  );
}

/** A curve that is drawn or not. */
function Choice(props: {
  text: string;
  title: string;
  value: boolean;
  disabled: boolean;
  onChange(value: boolean): void;
}): JSX.Element {
  return (
    <label className="jp-Eelscape-curveChoice" title={props.title}>
      <input
        type="checkbox"
        checked={props.value}
        disabled={props.disabled}
        onChange={event => props.onChange(event.target.checked)}
      />
      {props.text}
    </label>
  );
}
