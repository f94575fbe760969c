/** A question of the kernel: a file with two spectrum images and three pictures. */
import type { IQuestion } from '../../src/kernel/types';
import { simulatedPair } from './mock-data';

export function mockQuestion(): IQuestion {
  const pair = simulatedPair();
  const { ny, nx, channels } = pair;
  const sum = new Float32Array(ny * nx);
  for (let pixel = 0; pixel < sum.length; pixel++) {
    for (let e = 0; e < channels; e++) {
      sum[pixel] += pair.spectra[pixel * channels + e];
    }
  }
  const survey = Float32Array.from(
    { length: 96 * 128 },
    (_, i) => Math.sin((i % 128) / 9) * Math.cos(Math.floor(i / 128) / 11)
  );
  const scan = [ny, nx] as const;
  return {
    id: 'mock',
    name: 'signals',
    question:
      'The file holds 5 signals. Which spectrum image and which image of the same scan belong together?',
    groups: [
      {
        key: 'spectra',
        label: 'Spectrum image',
        suggested: 0,
        options: [
          {
            title: 'EELS low loss',
            detail: '62 × 75 × 640, counts, −0.1 to 1.5 eV',
            previewShape: scan,
            preview: sum
          },
          {
            title: 'EELS core loss',
            detail: '62 × 75 × 2048, counts, 380 to 892 eV',
            previewShape: scan,
            preview: sum.map(value => Math.sqrt(value))
          }
        ]
      },
      {
        key: 'image',
        label: 'Image',
        suggested: 2,
        options: [
          {
            title: 'Survey image',
            detail: '512 × 512, not the shape of the scan',
            previewShape: [96, 128],
            preview: survey
          },
          {
            title: 'BF',
            detail: '62 × 75',
            previewShape: scan,
            preview: pair.image.map(value => 1 - value)
          },
          {
            title: 'HAADF <b>simultaneous</b>',
            detail: '62 × 75, 2 nm/px',
            previewShape: scan,
            preview: pair.image
          },
          {
            title: 'No image',
            detail: 'Sum of the spectra stands in',
            previewShape: null,
            preview: null
          }
        ]
      }
    ]
  };
}
