import * as React from 'react';
import type { IStepPreview, StepParams } from '../../model/types';
import type { IPair } from '../../signal/types';
import type { IViewContext } from '../view';
import { bytesText, shapeText } from '../wording';
import { energiesOf, scanOf } from './crop-ends';
import { StepFieldInput } from './step-fields';
import { stepKinds } from './step-kinds';

/** The step being prepared: its fields, what it would do, Apply and Discard. */
export function StepForm(props: {
  context: IViewContext;
  pair: IPair;
  draft: StepParams;
  /** True until the form has taken the focus that was asked for. */
  focusWanted: React.MutableRefObject<boolean>;
  /** Takes the focus over when the form goes. */
  focusAfter: React.RefObject<HTMLElement>;
}): JSX.Element {
  const { context, pair, draft, focusWanted, focusAfter } = props;
  const { workspace, trans } = context;
  const { preprocessing } = workspace;
  const { preview, busy, blocked } = preprocessing;
  const kind = stepKinds(pair, trans).find(item => item.step === draft.step);
  const locked = busy !== null;
  const change = (part: Partial<StepParams>): void =>
    // Not the draft that was drawn: two changes may come before it is drawn again.
    preprocessing.edit({
      ...(preprocessing.draft ?? draft),
      ...part
    } as StepParams);
  const root = React.useRef<HTMLDivElement>(null);
  React.useLayoutEffect(() => {
    const node = root.current;
    if (focusWanted.current) {
      focusWanted.current = false;
      node?.querySelector<HTMLElement>('input, select')?.focus();
    }
    return () => {
      if (node?.contains(document.activeElement)) {
        // The button may still be disabled in this moment.
        window.setTimeout(() => focusAfter.current?.focus(), 0);
      }
    };
  }, [focusWanted, focusAfter]);
  return (
    <div
      ref={root}
      className="jp-Eelscape-step"
      role="group"
      aria-label={kind?.label ?? draft.step}
    >
      <h4>{kind?.label ?? draft.step}</h4>
      {kind?.fields.map((field, i) => (
        <StepFieldInput
          key={i}
          field={field}
          draft={draft}
          chosen={preview?.params ?? null}
          context={context}
          pair={pair}
          disabled={locked}
          change={change}
        />
      ))}
      <Shortcuts context={context} pair={pair} draft={draft} change={change} />
      <Preview context={context} preview={preview} />
      <div className="jp-Eelscape-buttons">
        <button
          type="button"
          className="jp-Eelscape-button jp-mod-main"
          disabled={locked || blocked !== '' || !preview}
          title={blocked || trans.__('Add this step to the list')}
          onClick={() => preprocessing.apply()}
        >
          {trans.__('Apply')}
        </button>
        <button
          type="button"
          className="jp-Eelscape-button"
          disabled={locked}
          onClick={() => preprocessing.edit(null)}
        >
          {trans.__('Discard')}
        </button>
      </div>
    </div>
  );
}

/** What the step would do: a sentence, warnings, the shape after. */
function Preview({
  context,
  preview
}: {
  context: IViewContext;
  preview: IStepPreview | null;
}): JSX.Element | null {
  const { workspace, trans } = context;
  if (!preview) {
    return workspace.preprocessing.error ? null : (
      <p className="jp-Eelscape-note" role="status">
        {trans.__('Computing the preview')}
      </p>
    );
  }
  const values = preview.shapeAfter.reduce((a, b) => a * b, 1);
  return (
    <div role="status">
      <p className="jp-Eelscape-note">{preview.text}</p>
      {preview.warnings.map((warning, i) => (
        <p key={i} className="jp-Eelscape-note jp-Eelscape-warningText">
          ▲ {warning}
        </p>
      ))}
      <p className="jp-Eelscape-note">
        {trans.__(
          'After: %1, %2',
          shapeText(preview.shapeAfter),
          bytesText(4 * values)
        )}
      </p>
    </div>
  );
}

/** Fills the fields from what is marked in the panel: the energy range, a rectangle. */
function Shortcuts(props: {
  context: IViewContext;
  pair: IPair;
  draft: StepParams;
  change(part: Partial<StepParams>): void;
}): JSX.Element | null {
  const { context, pair, draft, change } = props;
  const { workspace, shown, trans } = context;
  const { regions, navigation, preprocessing } = workspace;
  const disabled = preprocessing.busy !== null;
  if (draft.step === 'crop_scan') {
    const region = regions.items.find(
      item => item.name === regions.selected && item.kind === 'rectangle'
    );
    return region ? (
      <div className="jp-Eelscape-buttons">
        <button
          type="button"
          className="jp-Eelscape-button"
          disabled={disabled}
          title={trans.__('Keep the rectangle of the selected region')}
          onClick={() => change(scanOf(region, pair))}
        >
          {trans.__('Take %1', region.name)}
        </button>
      </div>
    ) : (
      <p className="jp-Eelscape-note">
        {trans.__('Or draw and select a rectangle below.')}
      </p>
    );
  }
  if (draft.step !== 'crop_energy') {
    return null;
  }
  const [first, last] = navigation.energyRange;
  return (
    <div className="jp-Eelscape-buttons">
      <button
        type="button"
        className="jp-Eelscape-button"
        disabled={disabled}
        title={trans.__(
          'Keep the energy range of Signal: %1',
          shown.energyText()
        )}
        onClick={() => change(energiesOf(pair, first, last))}
      >
        {trans.__('Take energy range')}
      </button>
    </div>
  );
}
