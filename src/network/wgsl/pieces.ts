/** Gradients of convolutions in pieces: where every workgroup leaves its own until they are summed. */
import type { IArchitecture, IConvolution } from '../architecture';
import { ALIGNMENT, aligned, placedBlocks, type FlatLayout } from './memory';
import type { Plane } from './shader';

/** Workgroups that keep a large GPU busy. */
const GROUPS = 256;
/** Positions of the smallest and of the largest piece, where memory does not ask for larger ones. */
const SMALLEST = 64;
const LARGEST = 1024;
/** Most elements of one convolution's pieces: 8 MiB, so that all together fit one binding. */
const MOST = 1 << 21;

/** Words of a record: from, stride, count, piece, area, and padding. */
export const RECORD_WORDS = 8;

/** The pieces of one convolution. */
export interface IPieces {
  /** Where they begin, in elements. */
  readonly offset: number;
  readonly size: number;
  /** Positions of one piece. */
  readonly piece: number;
  /** Elements from one piece to the next: the weight's, then the bias's. */
  readonly stride: number;
  readonly weights: number;
  /** Positions of a sample. */
  readonly area: number;
  /** Pieces of a batch. */
  count(n: number): number;
}

/** Where the pieces of every convolution lie in one buffer. */
export class PieceLayout {
  /** @param most - samples of the largest batch. */
  constructor(plan: IArchitecture, start: Plane, most: number) {
    let offset = 0;
    for (const [{ convolution }, plane] of placedBlocks(plan, start)) {
      const pieces = cut(convolution, plane, most, offset);
      this._places.set(convolution.name, pieces);
      offset += aligned(pieces.size);
    }
    this.size = offset;
  }

  readonly size: number;

  at(name: string): IPieces {
    const pieces = this._places.get(name);
    if (!pieces) {
      throw new Error(`The network has no convolution ${name}.`);
    }
    return pieces;
  }

  /**
   * For every `ALIGNMENT` elements of the vector of weights where their pieces
   * lie; a count of 0 where the gradient is there already.
   */
  records(trained: FlatLayout): Uint32Array {
    const blocks = trained.size / ALIGNMENT;
    const records = new Uint32Array(blocks * RECORD_WORDS);
    const add = (name: string, pieces: IPieces, first: number): void => {
      const { offset, size } = trained.at(name);
      for (let done = 0; done < size; done += ALIGNMENT) {
        const count = Math.min(ALIGNMENT, size - done);
        const from = pieces.offset + first + done;
        records.set(
          [from, pieces.stride, count, pieces.piece, pieces.area],
          ((offset + done) / ALIGNMENT) * RECORD_WORDS
        );
      }
    };
    for (const [name, pieces] of this._places) {
      add(`${name}.weight`, pieces, 0);
      add(`${name}.bias`, pieces, pieces.weights);
    }
    return records;
  }

  private readonly _places = new Map<string, IPieces>();
}

/** Pieces of about equal work: some hundreds of workgroups for the largest batch, within the memory they may take. */
function cut(
  { inputs, outputs, kernel }: IConvolution,
  [height, width]: Plane,
  most: number,
  offset: number
): IPieces {
  const area = height * width;
  const taps = kernel[0] * kernel[1];
  const thin = inputs === 1 || outputs === 1;
  const wide = Math.max(inputs, outputs);
  const weights = taps * inputs * outputs;
  // Bias sums lie in a row of the wide side's channels, where the kernel has its threads.
  const stride = weights + wide;
  let piece = LARGEST;
  while (
    piece > SMALLEST &&
    ((most * area) / piece) * (thin ? 1 : taps) < GROUPS
  ) {
    piece /= 2;
  }
  while (((most * area) / piece) * stride > MOST && piece < most * area) {
    piece *= 2;
  }
  const count = (n: number): number => Math.ceil((n * area) / piece);
  return {
    offset,
    size: count(most) * stride,
    piece,
    stride,
    weights,
    area,
    count
  };
}
