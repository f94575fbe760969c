/** Regions of the mock workspace. */
import type { IRegionShape } from '../../src/signal/types';

/** Three regions of the simulated pair, one of each kind. */
export const EXAMPLE_REGIONS: readonly IRegionShape[] = [
  {
    name: 'R1',
    kind: 'rectangle',
    points: [
      [52, 6],
      [68, 22]
    ]
  },
  {
    name: 'R2',
    kind: 'ellipse',
    points: [
      [20, 34],
      [36, 50]
    ]
  },
  {
    name: 'hole',
    kind: 'polygon',
    points: [
      [8, 8],
      [20, 6],
      [24, 16],
      [12, 20]
    ]
  }
];
