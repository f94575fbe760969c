import * as React from 'react';
import type { IStudyModel } from '../../model/explorer/types';
import type { IWorkspace } from '../../model/types';
import type { Kind } from '../../signal/types';
import { readList } from '../list-field';
import type { IViewContext } from '../view';
import { duration } from '../wording';

type KindChoice = Kind | 'both';

/** Sizes, directions and Run of the study; while it trains, how far it is and Cancel. */
export function StudyControls({
  context
}: {
  context: IViewContext;
}): JSX.Element {
  const { workspace, trans } = context;
  const { study } = workspace.explorer;
  const { progress } = study;
  if (progress) {
    const left = duration(progress.secondsLeft);
    const text = trans.__(
      '%1 of %2 trained%3',
      progress.done,
      progress.total,
      left ? trans.__(', about %1 left', left) : ''
    );
    return (
      <>
        <div
          className="jp-Eelscape-progress"
          role="progressbar"
          aria-label={trans.__('Latent-size study')}
          aria-valuetext={[text, ...progress.trains].join('; ')}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(100 * progress.fraction)}
        >
          <div style={{ width: `${100 * progress.fraction}%` }} />
        </div>
        <span
          className="jp-Eelscape-studyState"
          title={progress.trains.join('\n')}
        >
          {text}
        </span>
        <button
          type="button"
          className="jp-Eelscape-button"
          title={trans.__(
            'End training of the study; networks that are complete stay'
          )}
          onClick={() => study.cancel()}
        >
          {trans.__('Cancel')}
        </button>
      </>
    );
  }
  const { missing, problem, kinds, entries } = study;
  const failed = entries.filter(entry => entry.state === 'failed').length;
  const kind: KindChoice = kinds.length > 1 ? 'both' : kinds[0];
  const none = missing === entries.length;
  return (
    <>
      <label
        title={trans.__(
          'Numbers of latents to compare, such as 1, 2, 4; networks that are there already are used'
        )}
      >
        {trans.__('Sizes')}
        <SizesInput study={study} />
      </label>
      <select
        className="jp-Eelscape-select"
        aria-label={trans.__('Directions of the study')}
        title={trans.__('Directions of the study')}
        value={kind}
        onChange={event =>
          study.setKinds(
            event.target.value === 'both'
              ? ['im2spec', 'spec2im']
              : [event.target.value as Kind]
          )
        }
      >
        <option value="both">{trans.__('both')}</option>
        <option value="im2spec">im2spec</option>
        <option value="spec2im">spec2im</option>
      </select>
      {(problem || failed > 0) && (
        <span
          className="jp-Eelscape-studyState jp-Eelscape-warning"
          title={problem || undefined}
        >
          {problem || trans.__('%1 ended early', failed)}
        </span>
      )}
      <button
        type="button"
        className="jp-Eelscape-button"
        disabled={missing === 0 || problem !== ''}
        title={
          problem ||
          (missing === 0
            ? trans.__('Every size is trained with the present setup')
            : trans.__(
                'Train the %1 networks that are missing, with the setup of the panel%2',
                missing,
                timeText(workspace, missing)
              ))
        }
        onClick={() => study.run()}
      >
        {none ? trans.__('Run study') : trans.__('Run again')}
      </button>
    </>
  );
}

/** ", about 20 min": what so many runs take at the pace that was measured for the next training. */
export function timeText({ expected, data }: IWorkspace, runs: number): string {
  const { secondsPerEpoch, atOnce } = expected;
  const time = (runs * secondsPerEpoch * data.setup.epochs) / atOnce;
  const text = duration(time);
  return text ? `, about ${text}` : '';
}

/** The sizes as text; they take effect on Enter or when the box is left. */
function SizesInput({ study }: { study: IStudyModel }): JSX.Element {
  const [text, setText] = React.useState<string | null>(null);
  const shown = study.sizes.join(', ');
  const commit = (): void => {
    const sizes = text === null ? null : readList(text, 1);
    if (sizes) {
      study.setSizes(sizes);
    }
    setText(null);
  };
  return (
    <input
      type="text"
      inputMode="numeric"
      value={text ?? shown}
      onChange={event => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          commit();
        } else if (event.key === 'Escape') {
          setText(null);
        }
      }}
    />
  );
}
