import * as React from 'react';
import { extent, histogram } from '../analysis/statistics';
import { FrameBudget } from './frame-budget';
import { colourGradient } from './marks/colour-bar';
import type { ColourName } from './marks/colour-table';

export interface ILimitsHistogramProps {
  /** What the picture says to those who do not see it. */
  readonly label: string;
  readonly values: Float32Array;
  readonly colours: ColourName;
  readonly low: number;
  readonly high: number;
  /** The ends of the colours were dragged to these values. */
  onChange(low: number, high: number): void;
}

const WIDTH = 236;
const HEIGHT = 52;
const BINS = 59;

/** How often values occur, with the ends of the colours, which can be dragged; the fields below do the same by keys. */
export function LimitsHistogram(props: ILimitsHistogramProps): JSX.Element {
  const { values, low, high, colours } = props;
  const counted = React.useMemo(() => histogram(values, BINS), [values]);
  const ends = React.useMemo(() => extent(values), [values]);
  const budget = React.useMemo(() => new FrameBudget(), []);
  React.useEffect(() => () => budget.drop(), [budget]);
  const held = React.useRef<0 | 1 | null>(null);
  // Limits beyond the values are drawn too.
  const from = Math.min(ends[0], low);
  const to = Math.max(ends[1], high);
  const span = to - from || 1;
  const x = (value: number): number => (WIDTH * (value - from)) / span;
  const most = Math.max(1, ...counted.counts);
  const drag = (event: React.PointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const value =
      from + (span * (event.clientX - box.left)) / (box.width || WIDTH);
    const end = (held.current ??=
      Math.abs(value - low) < Math.abs(value - high) ? 0 : 1);
    const least = span / 200;
    budget.run(() =>
      end === 0
        ? props.onChange(Math.min(value, high - least), high)
        : props.onChange(low, Math.max(value, low + least))
    );
  };
  return (
    <div className="jp-Eelscape-histogram">
      <svg
        width={WIDTH}
        height={HEIGHT}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={props.label}
        onPointerDown={event => {
          if (event.button === 0) {
            held.current = null;
            event.currentTarget.setPointerCapture?.(event.pointerId);
            drag(event);
          }
        }}
        onPointerMove={event => {
          if (held.current !== null && event.buttons & 1) {
            drag(event);
          }
        }}
        onPointerUp={() => {
          held.current = null;
        }}
      >
        {Array.from(counted.counts, (count, i) => {
          const left = x(counted.edges[i]);
          const height = count ? Math.max(1, (HEIGHT * count) / most) : 0;
          return (
            <rect
              key={i}
              className="jp-Eelscape-histogramBar"
              x={left}
              y={HEIGHT - height}
              width={Math.max(0.5, x(counted.edges[i + 1]) - left - 0.5)}
              height={height}
            />
          );
        })}
        {[low, high].map((value, end) => (
          <g key={end} className="jp-Eelscape-histogramEnd">
            <line x1={x(value)} x2={x(value)} y1={0} y2={HEIGHT} />
            <rect
              x={Math.max(0, Math.min(WIDTH - 6, x(value) - 3))}
              y={HEIGHT / 2 - 7}
              width={6}
              height={14}
            />
          </g>
        ))}
      </svg>
      <div className="jp-Eelscape-histogramScale" aria-hidden="true">
        <span
          style={{
            marginLeft: Math.max(0, x(low)),
            width: Math.max(1, x(high) - x(low)),
            background: colourGradient(colours)
          }}
        />
      </div>
    </div>
  );
}
