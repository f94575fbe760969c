/** The preprocessing steps that the panel offers: their names, starting values and fields. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { StepParams } from '../../model/types';
import type { IPair } from '../../signal/types';
import {
  binningField,
  energyEnds,
  factorField,
  indexField,
  numberOf,
  type StepField,
  thresholdField,
  zeroLossFields
} from './step-field-kinds';

export interface IStepKind {
  readonly step: string;
  readonly label: string;
  /** One sentence. */
  readonly caption: string;
  /** Params to start from. */
  readonly start: StepParams;
  readonly fields: readonly StepField[];
}

/** The steps in the order in which they are commonly applied. */
export function stepKinds(
  pair: IPair,
  trans: TranslationBundle
): readonly IStepKind[] {
  const [low, high] = energyEnds(pair);
  const binning = binningField(trans);
  return [
    {
      step: 'mask_dead_pixels',
      label: trans.__('Mask dead pixels'),
      caption: trans.__('Exclude dead, hot and saturated pixels'),
      start: { step: 'mask_dead_pixels', threshold: 10 },
      fields: [
        thresholdField(
          trans.__('Threshold'),
          trans.__(
            'How far the total or the image of a pixel lies beyond those of its neighbours, in robust standard deviations'
          )
        )
      ]
    },
    {
      step: 'mend_spikes',
      label: trans.__('Mend spikes'),
      caption: trans.__('Mend or mask spikes of X-rays and cosmic rays'),
      start: { step: 'mend_spikes', threshold: 6, mode: 'mend' },
      fields: [
        thresholdField(
          trans.__('Threshold'),
          trans.__(
            'Height of a spike of one or two channels, in standard deviations of the counting noise'
          )
        ),
        {
          kind: 'choice',
          key: 'mode',
          label: trans.__('Spikes'),
          title: trans.__(
            'Mend: the line between the neighbouring channels takes their place. Mask: the pixel is excluded'
          ),
          choices: [
            ['mend', trans.__('mend')],
            ['mask', trans.__('mask pixel')]
          ]
        }
      ]
    },
    {
      step: 'crop_scan',
      label: trans.__('Crop scan'),
      caption: trans.__('Keep a rectangle of the scan, image included'),
      start: {
        step: 'crop_scan',
        rows: [0, pair.ny],
        columns: [0, pair.nx]
      },
      fields: [
        indexField('columns', trans.__('Columns'), pair.nx, trans),
        indexField('rows', trans.__('Rows'), pair.ny, trans)
      ]
    },
    {
      step: 'bin_scan',
      label: trans.__('Bin scan'),
      caption: trans.__('Join squares of pixels, image included'),
      start: { step: 'bin_scan', factor: 2, mode: null },
      fields: [
        factorField(trans, trans.__('px'), Math.min(pair.nx, pair.ny)),
        binning
      ]
    },
    {
      step: 'normalise',
      label: trans.__('Normalise'),
      caption: trans.__('Divide each spectrum by its own intensity'),
      start: {
        step: 'normalise',
        by: low < 0 && high > 0 ? 'zero_loss' : 'total'
      },
      fields: [
        {
          kind: 'choice',
          key: 'by',
          label: trans.__('Divide by'),
          title: trans.__('What each spectrum is divided by'),
          choices: [
            ['zero_loss', trans.__('zero-loss area')],
            ['total', trans.__('total')],
            ['maximum', trans.__('maximum')]
          ]
        }
      ]
    },
    {
      step: 'remove_zero_loss',
      label: trans.__('Remove zero-loss tail'),
      caption: trans.__(
        'Subtract the zero-loss peak and its tail, fitted pixel by pixel'
      ),
      start: {
        step: 'remove_zero_loss',
        tail: null,
        rise: null,
        model: 'exponential-power',
        align: true
      },
      fields: zeroLossFields(trans)
    },
    {
      step: 'crop_energy',
      label: trans.__('Crop energies'),
      caption: trans.__('Keep a range of the energy axis'),
      // The tail below 0 eV is what is most often left out.
      start: { step: 'crop_energy', start: low < 0 ? 0 : low, stop: null },
      fields: [
        {
          kind: 'energies',
          label: trans.__('Keep'),
          title: trans.__(
            'From the first energy up to, not including, the second; an empty end is kept'
          ),
          read: params => [numberOf(params.start), numberOf(params.stop)],
          write: ([start, stop]) => ({ start, stop })
        }
      ]
    },
    {
      step: 'bin_energy',
      label: trans.__('Bin energies'),
      caption: trans.__('Join neighbouring channels'),
      start: { step: 'bin_energy', factor: 2, mode: null },
      fields: [factorField(trans, trans.__('ch'), pair.channels), binning]
    }
  ];
}
