import 'fake-indexeddb/auto';
import { DEFAULT_SETUP, type IPair } from '../../signal/types';
import type { ICheckpoint } from '../../network/types';
import { BrowserStore } from '../checkpoints/browser-store';
import { InterruptedRuns } from '../checkpoints/interrupted-runs';
import { CheckpointKeeper } from '../checkpoints/checkpoint-keeper';
import type { ICheckpointStore, IRunLocks } from '../checkpoints/kept-run';
import { DataModel } from '../data-model';
import type { IJob } from '../job-run';
import { makePair } from './fakes';

class FakeLocks implements IRunLocks {
  readonly names = new Set<string>();
  /** False: as a browser without them. */
  tell = true;

  hold(run: string): () => void {
    this.names.add(run);
    return () => this.names.delete(run);
  }

  async held(): Promise<ReadonlySet<string> | null> {
    return this.tell ? new Set(this.names) : null;
  }
}

const MINUTE = 60_000;
let clock = 0;
let locks: FakeLocks;
let reports: string[];
const pair: IPair = makePair();

function keeper(
  store: ICheckpointStore = new BrowserStore()
): CheckpointKeeper {
  return new CheckpointKeeper({
    store,
    locks,
    report: message => reports.push(message),
    now: () => clock
  });
}

function checkpoint(epoch: number): ICheckpoint {
  const values = Float32Array.of(epoch, NaN, -0);
  return {
    parameters: new Map([['out.bias', { shape: [3], data: values }]]),
    adam: { m: values, v: values, steps: 7 },
    history: { train: [0.5], test: [NaN] },
    epoch,
    begun: null,
    backend: 'wasm',
    batchSize: 64
  };
}

const job = (run: string) => ({
  run,
  setup: DEFAULT_SETUP,
  fromPython: true,
  pair
});

/** What a page that went leaves behind. */
async function leave(run: string, epoch: number): Promise<void> {
  const gone = keeper();
  gone.begin(run);
  await gone.keep(job(run), checkpoint(epoch));
  gone.dispose();
}

beforeEach(async () => {
  clock = 1e12;
  locks = new FakeLocks();
  reports = [];
  const store = new BrowserStore();
  for (const { run } of await store.list()) {
    await store.remove(run);
  }
});

describe('CheckpointKeeper', () => {
  it('[B1] finds the last checkpoint of a run whose page went, every bit of it', async () => {
    const gone = keeper();
    gone.begin('a');
    await gone.keep(job('a'), checkpoint(1));
    clock += 12_000;
    await gone.keep(job('a'), checkpoint(2));
    expect(await keeper().interrupted(pair)).toEqual([]);
    gone.dispose();
    const [found] = await keeper().interrupted(pair);
    expect(found).toMatchObject({
      run: 'a',
      setup: DEFAULT_SETUP,
      fromPython: true,
      savedAt: clock
    });
    const wanted = checkpoint(2);
    expect(found.checkpoint.epoch).toBe(2);
    const { shape, data } = found.checkpoint.parameters.get('out.bias')!;
    expect(shape).toEqual([3]);
    expect([...new Uint8Array(data.buffer)]).toEqual([
      ...new Uint8Array(wanted.parameters.get('out.bias')!.data.buffer)
    ]);
    expect(found.checkpoint.adam!.steps).toBe(7);
    expect(found.checkpoint.history.test).toEqual([NaN]);
  });

  it('forgets runs that ended, also where a checkpoint was on its way', async () => {
    const here = keeper();
    here.begin('a');
    const late = here.keep(job('a'), checkpoint(1));
    await here.end('a');
    await late;
    await here.keep(job('a'), checkpoint(2));
    here.dispose();
    expect(await keeper().interrupted(pair)).toEqual([]);
  });

  it('keeps what was on its way when a page or a panel went, or a run failed', async () => {
    const gone = keeper();
    gone.begin('page');
    gone.begin('failed');
    const late = [
      gone.keep(job('page'), checkpoint(1)),
      gone.keep(job('failed'), checkpoint(2))
    ];
    gone.letGo('failed');
    gone.dispose();
    await Promise.all(late);
    const found = await keeper().interrupted(pair);
    expect(found.map(({ run }) => run).sort()).toEqual(['failed', 'page']);
  });

  it('offers runs over the same data alone, the newest first', async () => {
    await leave('old', 1);
    clock += MINUTE;
    await leave('new', 5);
    const found = await keeper().interrupted(pair);
    expect(found.map(({ run }) => run)).toEqual(['new', 'old']);
    const other = { ...pair, sha256: 'of other data' };
    expect(await keeper().interrupted(other)).toEqual([]);
  });

  it('leaves alone what trains in another page', async () => {
    await leave('a', 1);
    locks.hold('a');
    expect(await keeper().interrupted(pair)).toEqual([]);
  });

  it('waits for a minute of silence where the browser does not tell what trains', async () => {
    locks.tell = false;
    await leave('a', 1);
    clock += MINUTE / 2;
    expect(await keeper().interrupted(pair)).toEqual([]);
    clock += MINUTE;
    expect(await keeper().interrupted(pair)).toHaveLength(1);
  });

  it('forgets a run after two weeks', async () => {
    await leave('a', 1);
    clock += 15 * 24 * 60 * MINUTE;
    expect(await keeper().interrupted(pair)).toEqual([]);
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(await new BrowserStore().list()).toEqual([]);
  });

  it('[B9] says once that a browser without storage keeps nothing, and goes on', async () => {
    const refuse = (): Promise<never> =>
      Promise.reject(new Error('The quota has been exceeded.'));
    const here = keeper({ put: refuse, list: refuse, remove: refuse });
    expect(await here.interrupted(pair)).toEqual([]);
    here.begin('a');
    await here.keep(job('a'), checkpoint(1));
    await here.keep(job('a'), checkpoint(2));
    await here.end('a');
    expect(reports).toHaveLength(1);
    expect(reports[0]).toContain('The quota has been exceeded.');
    expect(reports[0]).toContain('training goes on');
  });
});

describe('InterruptedRuns', () => {
  /** Data that come after the model was made, as in a page that was loaded again. */
  function open(): {
    readonly runs: InterruptedRuns;
    readonly asked: Omit<IJob, 'label'>[];
    come(pair: IPair): Promise<void>;
  } {
    const data = new DataModel(DEFAULT_SETUP);
    const asked: Omit<IJob, 'label'>[] = [];
    const runs = new InterruptedRuns({
      data,
      keeper: keeper(),
      enqueue: job => asked.push(job)
    });
    return {
      runs,
      asked,
      come: async found => {
        data.setPair(found, () => undefined);
        await new Promise(resolve => setTimeout(resolve, 20));
      }
    };
  }

  it('[B1] offers what was reached, and goes on with it on the same backend', async () => {
    await leave('a', 37);
    const { runs, asked, come } = open();
    await come(pair);
    expect(runs.items).toMatchObject([
      { id: 'a', label: 'im2spec 2L', epoch: 37, epochs: 120, savedAt: clock }
    ]);
    runs.resume('a');
    expect(runs.items).toEqual([]);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ run: 'a', fromPython: true });
    expect(asked[0].setup).toEqual({
      ...DEFAULT_SETUP,
      backend: 'wasm',
      batchSize: 64
    });
    expect(asked[0].resume!.epoch).toBe(37);
    // Until it has ended the checkpoint is not thrown away: the page may go again.
    expect(await new BrowserStore().list()).toHaveLength(1);
  });

  it('forgets what is discarded', async () => {
    await leave('a', 1);
    const { runs, asked, come } = open();
    await come(pair);
    runs.discard('a');
    expect(runs.items).toEqual([]);
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(await new BrowserStore().list()).toEqual([]);
    runs.resume('a');
    expect(asked).toEqual([]);
  });

  it('offers nothing of other data', async () => {
    await leave('a', 1);
    const { runs, come } = open();
    await come({ ...pair, sha256: 'of other data' });
    expect(runs.items).toEqual([]);
    await come(pair);
    expect(runs.items).toHaveLength(1);
  });
});
