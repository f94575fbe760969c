import type { TranslationBundle } from '@jupyterlab/translation';
import { checkIcon, copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { ISourceSummary } from '../../model/types';
import type { IPair } from '../../signal/types';
import { copyText } from '../clipboard';
import { energyScale } from '../energy-scale';
import { Fact } from '../fields';
import { FormSection } from '../form-section';
import { pixelText } from '../provenance';
import type { IViewContext } from '../view';
import { bytesText, grouped, shapeText } from '../wording';
import { reportOf } from './conversion-report';

/** Where the data come from, what was converted, and what came out. */
export function SourceSection({
  context,
  pair
}: {
  context: IViewContext;
  pair: IPair;
}): JSX.Element {
  const { workspace, trans } = context;
  const { source } = workspace.preprocessing;
  const unit = workspace.navigation.energyUnit;
  const shape = source?.shape ?? [pair.ny, pair.nx, pair.channels];
  const axis = source?.energy ?? pair.energy;
  const unknown = trans.__('units unknown');
  const energyName = axis.name || trans.__('Energy');
  const range = energyScale(axis, unit).rangeText(0, axis.size - 1);
  const now = energyScale(pair.energy, unit).rangeText(0, pair.channels - 1);
  const cut = shapeText(shape) !== shapeText(shapeOf(pair));
  return (
    <FormSection title={trans.__('Source')}>
      <Fact label={trans.__('Name')} value={pair.name} />
      {pair.title && pair.title !== pair.name && (
        <Fact label={trans.__('Title')} value={pair.title} />
      )}
      {source && (
        <Fact
          label={trans.__('Origin')}
          value={`${source.origin} \u00b7 ${source.dtype}`}
        />
      )}
      <Fact
        label={trans.__('Spectra')}
        value={shapeText(shape)}
        title={trans.__('Columns, rows and channels before the first step')}
      />
      <Fact
        label={trans.__('Intensity')}
        value={pair.spectraUnits || unknown}
      />
      <Fact label={energyName} value={range} />
      <Fact
        label={trans.__('Image')}
        value={`${shapeText(shape.slice(0, 2))} \u00b7 ${pair.imageUnits || unknown}`}
      />
      {source && <Size source={source} trans={trans} />}
      <Report
        sentences={reportOf(source, pair)}
        label={trans.__('Conversion report')}
      />
      <Values context={context} pair={pair} />
      {cut && (
        <Fact
          label={trans.__('Shown')}
          value={shapeText(shapeOf(pair))}
          title={trans.__('Columns, rows and channels after the last step')}
        />
      )}
      {now !== range && <Fact label={energyName} value={now} />}
      <Fact
        label={trans.__('Pixel')}
        value={pixelText(pair).replace('/px', '') || trans.__('not calibrated')}
      />
      {pair.sha256 && <Checksum value={pair.sha256} trans={trans} />}
    </FormSection>
  );
}

function shapeOf(pair: IPair): readonly [number, number, number] {
  return [pair.ny, pair.nx, pair.channels];
}

function Size(props: {
  source: ISourceSummary;
  trans: TranslationBundle;
}): JSX.Element {
  const { source, trans } = props;
  const size = bytesText(source.bytes);
  return (
    <Fact
      label={trans.__('Size')}
      value={
        source.lazy
          ? trans.__('%1, lazy', size)
          : trans.__('%1, in memory', size)
      }
      title={
        source.lazy
          ? trans.__('As float32; read in blocks, never whole')
          : trans.__('As float32')
      }
    />
  );
}

/** How many values the source holds and how many are here, and how many spectra are left out. */
function Values({
  context,
  pair
}: {
  context: IViewContext;
  pair: IPair;
}): JSX.Element {
  const { workspace, trans } = context;
  const { source } = workspace.preprocessing;
  const out = pair.ny * pair.nx * pair.channels;
  const before = source ? source.shape.reduce((a, b) => a * b, 1) : out;
  const excluded = pair.mask?.reduce((a, b) => a + (b ? 1 : 0), 0) ?? 0;
  return (
    <>
      <Fact
        label={trans.__('Values in')}
        value={source ? `${grouped(before)} ${source.dtype}` : grouped(before)}
      />
      <Fact
        label={trans.__('Values out')}
        value={`${grouped(out)} float32`}
        title={trans.__(
          'What the panel shows and trains on: %1',
          shapeText(shapeOf(pair))
        )}
      />
      {excluded > 0 && (
        <Fact
          label={trans.__('Excluded')}
          value={trans.__(
            '%1 of %2 spectra',
            grouped(excluded),
            grouped(pair.ny * pair.nx)
          )}
        />
      )}
    </>
  );
}

function Report(props: {
  sentences: readonly string[];
  label: string;
}): JSX.Element | null {
  return props.sentences.length ? (
    <ul className="jp-Eelscape-report" aria-label={props.label}>
      {props.sentences.map((sentence, i) => (
        <li key={i}>{sentence}</li>
      ))}
    </ul>
  ) : null;
}

/** The checksum's first digits; all of it in the title and on the clipboard. */
function Checksum(props: {
  value: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { trans, value } = props;
  const [copied, setCopied] = React.useState('');
  const Icon = copied === value ? checkIcon : copyIcon;
  return (
    <div className="jp-Eelscape-field">
      <span>sha256</span>
      <span className="jp-Eelscape-checksum">
        <code title={value}>{value.slice(0, 10)}…</code>
        <button
          type="button"
          className="jp-Eelscape-iconButton"
          aria-label={
            copied === value
              ? trans.__('sha256 copied')
              : trans.__('Copy sha256')
          }
          title={trans.__('Copy all 64 digits')}
          onClick={() => {
            copyText(value)
              .then(() => setCopied(value))
              .catch(reason => console.warn(reason));
          }}
        >
          <Icon.react tag="span" />
        </button>
      </span>
    </div>
  );
}
