import type { ICheckpointOffer, ILink } from '../../kernel/types';
import type { IRunCheckpoint } from '../../network/types';
import { DEFAULT_SETUP } from '../../signal/types';
import { CheckpointKeeper } from '../checkpoints/checkpoint-keeper';
import { InterruptedRuns } from '../checkpoints/interrupted-runs';
import { KernelCopies } from '../checkpoints/kernel-copies';
import { NOWHERE } from '../checkpoints/nowhere';
import { DataModel } from '../data-model';
import type { IJob } from '../job-run';
import { dataKey } from '../shelf';
import { makePair } from './fakes';
import { FakeLink } from './fake-link';

class Link extends FakeLink {
  readonly offers: ICheckpointOffer[] = [];
  readonly forgotten: string[] = [];
  elsewhere: ILink['elsewhere'] = null;
  sendCheckpoint(offer: ICheckpointOffer): void {
    this.offers.push(offer);
  }
  forgetCheckpoint(run: string): void {
    this.forgotten.push(run);
  }
}

const pair = makePair();
const settle = (): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, 20));

function checkpoint(run: string, epoch: number, savedAt = 1e12) {
  const kept: IRunCheckpoint = {
    run,
    dataSha256: pair.sha256,
    data: dataKey(pair),
    setup: DEFAULT_SETUP,
    channels: pair.channels,
    fromPython: false,
    savedAt,
    checkpoint: {
      parameters: new Map(),
      adam: null,
      history: { train: [], test: [] },
      epoch,
      begun: null,
      backend: 'wasm',
      batchSize: 64
    }
  };
  return kept;
}

/** A panel whose kernel has these runs, by their ids. */
function open(there: Map<string, IRunCheckpoint | Error>) {
  const link = new Link();
  const reports: string[] = [];
  const copies = new KernelCopies({
    files: {
      write: async ({ run }) => new TextEncoder().encode(run),
      read: file => {
        const found = there.get(new TextDecoder().decode(file))!;
        if (found instanceof Error) {
          throw found;
        }
        return found;
      }
    },
    link: () => link,
    report: message => reports.push(message)
  });
  const keeper = new CheckpointKeeper({
    ...NOWHERE,
    copies,
    report: message => reports.push(message)
  });
  const data = new DataModel(DEFAULT_SETUP);
  const asked: Omit<IJob, 'label'>[] = [];
  const runs = new InterruptedRuns({
    data,
    keeper,
    enqueue: job => asked.push(job)
  });
  data.setPair(pair, () => undefined);
  /** The kernel names what it has, then gives it. */
  const answer = async (problems: string[] = []): Promise<void> => {
    await settle();
    link.task('checkpoints').resolve({
      fields: {
        checkpoints: [...there].map(([run]) => ({ run, saved_at: 1e12 })),
        problems
      },
      arrays: {}
    });
    for (let i = 0; i < there.size; i++) {
      await settle();
      const { params, resolve } = link.task('checkpoint');
      const values = new TextEncoder().encode(params.run as string);
      const file = { shape: [values.length], values };
      resolve({ fields: {}, arrays: { file } });
    }
    await settle();
  };
  return { link, reports, keeper, runs, asked, answer };
}

describe('checkpoints in the kernel', () => {
  it('[B1] are offered to a browser that has none, and gone on with', async () => {
    const { runs, asked, answer } = open(new Map([['a', checkpoint('a', 37)]]));
    await answer();
    expect(runs.items).toMatchObject([{ id: 'a', epoch: 37, epochs: 120 }]);
    runs.resume('a');
    expect(asked[0]).toMatchObject({ run: 'a', resume: { epoch: 37 } });
  });

  it('[B1] go there beside the browser, until the run has ended', async () => {
    const { link, keeper } = open(new Map());
    keeper.begin('a');
    const { setup, fromPython, checkpoint: state } = checkpoint('a', 1);
    await keeper.keep({ run: 'a', setup, fromPython, pair }, state);
    expect(link.offers.map(({ run }) => run)).toEqual(['a']);
    expect(new TextDecoder().decode(await link.offers[0].file())).toBe('a');
    await keeper.end('a');
    expect(link.forgotten).toEqual(['a']);
    expect(link.tasks.some(({ kind }) => kind === 'checkpoint-end')).toBe(
      false
    );
  });

  it('[B1] go where they are discarded', async () => {
    const { link, runs, answer } = open(new Map([['a', checkpoint('a', 2)]]));
    await answer();
    runs.discard('a');
    expect(runs.items).toEqual([]);
    expect(link.task('checkpoint-end').params).toEqual({ run: 'a' });
  });

  it('[K10] are not offered while another tab trains', async () => {
    const { link, runs, answer } = open(new Map([['a', checkpoint('a', 2)]]));
    link.elsewhere = { training: { epoch: 1, epochs: 9 } };
    await settle();
    expect(link.tasks).toEqual([]);
    link.elsewhere = { training: null };
    link.change('connected');
    await answer();
    expect(runs.items).toHaveLength(1);
  });

  it('[F1] that are damaged are named; the others are offered', async () => {
    const setup = { ...DEFAULT_SETUP, learningRate: 'much' as never };
    const { reports, runs, answer } = open(
      new Map<string, IRunCheckpoint | Error>([
        ['a', new Error('Model file damaged: out.bias is missing.')],
        ['b', { ...checkpoint('b', 3), setup }],
        ['c', checkpoint('c', 4)]
      ])
    );
    await answer(['x.safetensors: Checkpoint damaged: out.bias']);
    expect(runs.items.map(({ id }) => id)).toEqual(['c']);
    expect(reports).toHaveLength(3);
    expect(reports[0]).toContain('x.safetensors: Checkpoint damaged');
    expect(reports[1]).toContain('out.bias is missing');
    expect(reports[2]).toContain('setup');
  });
});
