/** The kernels on several threads of Node against the same on one. */
import * as path from 'path';
import { Worker as Thread } from 'worker_threads';
import { buildSync } from 'esbuild';
import { kernelFiles } from '../../__tests__/kernel-files';
import { architecture } from '../../architecture';
import { initialParameters } from '../../initialise';
import type { INetworkSpec } from '../../types';
import { uniforms } from '../../../signal/random';
import {
  recruitBy,
  threadsHere,
  wantThreads,
  type MemberFactory
} from '../crew';
import { ends } from '../crew-calls';
import { Engine } from '../engine';
import { locateKernels, withSharedMemory } from '../kernels';

const SHIM = `
  const { parentPort } = require('worker_threads');
  globalThis.self = { postMessage: data => parentPort.postMessage(data) };
  parentPort.on('message', data => self.onmessage({ data }));
`;

const code = buildSync({
  entryPoints: [path.join(__dirname, '..', 'member.ts')],
  bundle: true,
  write: false,
  format: 'iife',
  platform: 'node'
}).outputFiles[0].text;

let threads: Thread[] = [];

/** A thread of Node with a browser worker's face. */
const member: MemberFactory = () => {
  const thread = new Thread(SHIM + code, { eval: true });
  threads.push(thread);
  const face: ReturnType<MemberFactory> = {
    onmessage: null,
    onerror: null,
    postMessage: (data: unknown) => thread.postMessage(data),
    terminate: () => void thread.terminate()
  };
  const own = face as unknown as Worker;
  thread.on('message', data =>
    face.onmessage?.call(own, { data } as MessageEvent)
  );
  thread.on('error', error =>
    face.onerror?.call(own, { message: error.message } as ErrorEvent)
  );
  return face;
};

const whole = globalThis as { crossOriginIsolated?: boolean };

beforeAll(() => {
  locateKernels(kernelFiles());
  whole.crossOriginIsolated = true;
  recruitBy(member);
});

afterEach(() => {
  threads = [];
  whole.crossOriginIsolated = true;
});

/** Losses and weights of a few steps, and what the trained network predicts. */
async function train(spec: INetworkSpec, count: number) {
  const plan = architecture(spec);
  wantThreads(count);
  const n = 9;
  const [h, w] = plan.input;
  const size = plan.output[0] * plan.output[1];
  const pool = plan.encoder[0].op === 'pool' ? plan.encoder[0].size : 1;
  const engine = await Engine.create({
    plan,
    parameters: initialParameters(plan, 3),
    most: n,
    learningRate: 1e-3
  });
  const rows = {
    n,
    features: uniforms(1, 'features', 0, n * h * Math.floor(w / pool)),
    targets: uniforms(2, 'targets', 0, n * size)
  };
  const order = [4, 1, 8, 0, 3, 2, 7, 5, 6];
  engine.gradients(rows, order);
  const gradients = engine.read(true);
  const losses = [0, 1, 2].map(() => engine.step(rows, order));
  engine.prepare();
  const latents = engine.encode(rows, order);
  const result = {
    losses,
    gradients,
    latents,
    decoded: engine.decode(latents)
  };
  engine.dispose();
  return result;
}

function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const size = Math.max(...Array.from(b, Math.abs));
  return Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]))) / size;
}

describe('threads of the kernels', () => {
  it.each([
    { kind: 'im2spec', latentDims: 3, filters: 9, window: 12, channels: 97 },
    { kind: 'spec2im', latentDims: 2, filters: 16, window: 12, channels: 400 }
  ] as INetworkSpec[])(
    'compute what one thread computes: $kind',
    async spec => {
      const one = await train(spec, 1);
      expect(threads).toHaveLength(0);
      const three = await train(spec, 3);
      expect(threads).toHaveLength(2);
      expect(apart(three.losses, one.losses)).toBeLessThan(1e-5);
      for (const [name, { data }] of three.gradients) {
        const gap = apart(data, one.gradients.get(name)!.data);
        expect([name, gap < 2e-5]).toEqual([name, true]);
      }
      // Adam moves what has next to no gradient by the whole rate.
      expect(apart(three.latents, one.latents)).toBeLessThan(1e-2);
      expect(apart(three.decoded, one.decoded)).toBeLessThan(1e-2);
      // The order of sums is that of the threads: the same number gives the same bits.
      const again = await train(spec, 3);
      expect(again.losses).toEqual(three.losses);
      expect(again.latents).toEqual(three.latents);
      for (const [name, { data }] of three.gradients) {
        expect(again.gradients.get(name)!.data).toEqual(data);
      }
    }
  );

  it('end with their engine', async () => {
    await train(
      { kind: 'im2spec', latentDims: 1, filters: 8, window: 8, channels: 200 },
      4
    );
    expect(threads).toHaveLength(3);
    await Promise.all(
      threads.map(
        thread =>
          thread.threadId === -1 ||
          new Promise(resolve => thread.once('exit', resolve))
      )
    );
  });

  it('are one where the page is not isolated, and at most sixteen', () => {
    wantThreads(40);
    expect(threadsHere()).toBe(16);
    whole.crossOriginIsolated = false;
    expect(threadsHere()).toBe(1);
  });

  it('give way to one thread where they do not start', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    recruitBy(() => {
      const face = member();
      face.postMessage = () =>
        setTimeout(() =>
          face.onerror?.call(
            face as Worker,
            { message: 'blocked' } as ErrorEvent
          )
        );
      return face;
    });
    const spec: INetworkSpec = {
      kind: 'im2spec',
      latentDims: 2,
      filters: 8,
      window: 8,
      channels: 64
    };
    const { losses } = await train(spec, 2);
    recruitBy(member);
    expect(losses).toEqual((await train(spec, 1)).losses);
    expect(warn).toHaveBeenCalledWith('WebAssembly has one thread: blocked.');
    warn.mockRestore();
  });
});

describe('ranges', () => {
  it('cover all positions, at multiples of the unit', () => {
    expect(ends(0, 1000, 96, 3)).toEqual([288, 672, 1000]);
    expect(ends(0, 96, 96, 2)).toBeNull();
    expect(ends(0, 5, 1, 5)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('withSharedMemory', () => {
  it('leaves a module that wants shared memory, and nothing else', async () => {
    const { plain } = kernelFiles();
    const shared = await WebAssembly.compile(
      withSharedMemory(plain as BufferSource)
    );
    const own = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    const common = new WebAssembly.Memory({
      initial: 1,
      maximum: 1,
      shared: true
    });
    await expect(
      WebAssembly.instantiate(shared, { env: { memory: own } })
    ).rejects.toThrow(WebAssembly.LinkError);
    await WebAssembly.instantiate(shared, { env: { memory: common } });
    const module = await WebAssembly.compile(plain as BufferSource);
    await WebAssembly.instantiate(module, { env: { memory: own } });
    expect(() => withSharedMemory(new Uint8Array(40))).toThrow('another way');
  });
});
