import * as React from 'react';
import type { IWorstRegion } from '../../analysis/worst-regions';
import { NumberInput } from '../fields';
import type { IViewContext } from '../view';

export interface IWorstListProps {
  readonly context: IViewContext;
  readonly regions: readonly IWorstRegion[];
  /** "18.2 %": errors above it count. */
  readonly threshold: string;
  /** Index of the region that the pointer was brought to; -1 for none. */
  readonly current: number;
  go(index: number): void;
}

/** The worst regions by rank; Next, the arrow keys and a click bring the pointer to one. */
export function WorstList(props: IWorstListProps): JSX.Element {
  const { context, regions, current, go } = props;
  const { trans, workspace, shown } = context;
  const { display } = workspace.explorer;
  const list = React.useRef<HTMLDivElement>(null);
  const base = React.useId();
  const idOf = (index: number): string => `${base}-${index}`;
  const label = React.useId();
  React.useEffect(() => {
    const chosen = list.current?.querySelector<HTMLElement>(
      '[aria-selected="true"]'
    );
    chosen?.scrollIntoView?.({ block: 'nearest' });
  }, [current]);
  const last = regions.length - 1;
  const step = (by: 1 | -1): void => {
    if (last >= 0) {
      go((Math.max(current, by > 0 ? -1 : 0) + by + last + 1) % (last + 1));
    }
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const places: Record<string, number> = {
      ArrowDown: Math.min(last, current + 1),
      ArrowUp: Math.max(0, current - 1),
      Home: 0,
      End: last
    };
    if (event.key in places && last >= 0) {
      go(places[event.key]);
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === 'Escape') {
      workspace.explorer.selection.set(null);
      event.stopPropagation();
    }
  };
  return (
    <>
      <div className="jp-Eelscape-worstLine">
        <b id={label}>{trans.__('Worst regions')}</b>
        <label
          className="jp-Eelscape-worstShare"
          title={trans.__(
            'Connected windows with errors above this percentile, ranked by the sum of what they exceed it by'
          )}
        >
          {trans.__('percentile')}
          <NumberInput
            label={trans.__('Percentile of the errors, 50 to 99.9')}
            value={display.percentile}
            min={50}
            max={99.9}
            step="any"
            onChange={value => value !== null && display.setPercentile(value)}
          />
        </label>
        <span className="jp-Eelscape-spacer" />
        <button
          type="button"
          className="jp-Eelscape-button"
          title={trans.__('Bring the pointer to the region before this one')}
          disabled={last < 0}
          onClick={() => step(-1)}
        >
          {trans.__('Previous')}
        </button>
        <button
          type="button"
          className="jp-Eelscape-button"
          title={trans.__('Bring the pointer to the next region')}
          disabled={last < 0}
          onClick={() => step(1)}
        >
          {trans.__('Next')}
        </button>
      </div>
      <div className="jp-Eelscape-worstRow jp-mod-head" aria-hidden="true">
        <span>{trans.__('place (px)')}</span>
        <span>{trans.__('part')}</span>
        <span>{trans.__('windows')}</span>
        <span>{trans.__('mean')}</span>
        <span>{trans.__('highest')}</span>
      </div>
      <div
        ref={list}
        className="jp-Eelscape-worstList"
        role="listbox"
        tabIndex={0}
        aria-labelledby={label}
        aria-activedescendant={current >= 0 ? idOf(current) : undefined}
        onKeyDown={onKeyDown}
      >
        {regions.length === 0 && (
          <div className="jp-Eelscape-dim" role="option" aria-selected={false}>
            {trans.__(
              'No window lies above %1. Lower the percentile.',
              props.threshold
            )}
          </div>
        )}
        {regions.map((region, i) => {
          const nx = shown.pair?.nx ?? 1;
          const row = Math.floor(region.peak / nx);
          const column = region.peak % nx;
          const part = shown.partAt(row, column) ?? '';
          return (
            <div
              key={region.peak}
              id={idOf(i)}
              className="jp-Eelscape-worstRow"
              role="option"
              aria-selected={i === current}
              onClick={() => go(i)}
              onMouseEnter={() => context.highlight.set([region.peak])}
              onMouseLeave={() => context.highlight.set([])}
            >
              <span>{`(${column}, ${row})`}</span>{' '}
              <span className={`jp-mod-${part}`}>{part}</span>{' '}
              <span>
                {region.pixels.length}
                <Unseen text={trans.__('windows')} />
              </span>{' '}
              <span>
                <Unseen text={trans.__('mean error')} />
                {shown.errorText(region.mean)}
              </span>{' '}
              <span>
                <Unseen text={trans.__('highest')} />
                {shown.errorText(region.highest)}
              </span>
            </div>
          );
        })}
      </div>
    </>
  );
}

/** Words for screen readers, which do not see the head of the column. */
function Unseen({ text }: { text: string }): JSX.Element {
  return <span className="jp-Eelscape-hiddenText">{` ${text} `}</span>;
}
