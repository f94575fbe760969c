import { LatestWins } from '../latest-wins';
import { Sessions, type INetworkSource } from '../sessions';
import { FakeClient, settle } from './fakes';

const SOURCE: INetworkSource = {
  spec: {
    kind: 'im2spec',
    latentDims: 1,
    filters: 8,
    window: 4,
    channels: 16
  },
  parameters: new Map(),
  scaling: { image: { min: 0, max: 1 }, spectrum: { min: 0, max: 1 } },
  backend: 'auto'
};

describe('sessions', () => {
  it('open when first used, once, and close the one used longest ago', async () => {
    const client = new FakeClient();
    const sessions = new Sessions(client, 2);
    ['a', 'b', 'c'].forEach(id => sessions.add(id, SOURCE));
    expect(client.sessions.length).toBe(0);
    await Promise.all([
      sessions.use('a', async () => 1),
      sessions.use('a', async () => 2)
    ]);
    expect(client.sessions.length).toBe(1);
    await sessions.use('b', async () => 1);
    await sessions.use('a', async () => 1);
    await sessions.use('c', async () => 1);
    await settle();
    // In order of opening: a, b, c; b was used longest ago.
    expect(client.sessions.map(s => s.disposed)).toEqual([false, true, false]);
    sessions.dispose();
    await settle();
    expect(client.sessions.every(s => s.disposed)).toBe(true);
    await expect(sessions.use('a', async () => 1)).rejects.toThrow('not open');
  });

  it('open anew after a failure', async () => {
    const client = new FakeClient();
    const sessions = new Sessions(client);
    sessions.add('a', SOURCE);
    const broken = sessions.use('a', () => Promise.reject(new Error('gone')));
    await expect(broken).rejects.toThrow('gone');
    await expect(sessions.use('a', async () => 5)).resolves.toBe(5);
    expect(client.sessions.map(s => s.disposed)).toEqual([true, false]);
  });
});

describe('work of which the newest counts', () => {
  it('passes over what was overtaken and what was cancelled', async () => {
    const work = new LatestWins();
    const seen: string[] = [];
    const errors: unknown[] = [];
    const request = (name: string) =>
      work.request(
        async () => {
          seen.push(`start ${name}`);
          await settle();
          return () => seen.push(`apply ${name}`);
        },
        error => errors.push(error)
      );
    request('a');
    request('b');
    request('c');
    await settle();
    await settle();
    await settle();
    expect(seen).toEqual(['start a', 'start c', 'apply c']);
    request('d');
    work.cancel();
    await settle();
    await settle();
    expect(seen.slice(3)).toEqual(['start d']);
    work.request(
      () => Promise.reject(new Error('broken')),
      error => errors.push(error)
    );
    await settle();
    expect(errors.length).toBe(1);
  });
});
