/** What the golden cases are run on: the network in TF.js, and the one in WGSL. */
import * as tf from '@tensorflow/tfjs-core';
import type { IArchitecture } from '../architecture';
import { Network } from '../network';
import { Adam, GradientDescent, type IOptimiser } from '../optimiser';
import { NetworkState } from '../state';
import type { Parameters } from '../types';
import { Engine as WasmEngine, engineRows } from '../wasm/engine';
import type { IKernelFiles } from '../wasm/kernels';
import { Engine } from '../wgsl/engine';
import type { IRowData } from '../wgsl/rows';

type Floats = Float32Array | Float64Array;

export interface ITrajectory {
  readonly losses: number[];
  /** After the first step and after the last. */
  readonly first: Parameters;
  readonly final: Parameters;
  /** Eval mode, with the final weights. */
  readonly output: Floats;
}

/** One network on one batch. */
export interface ISubject {
  evaluate(initial: Parameters): Promise<{ latents: Floats; output: Floats }>;
  /** Train mode: output, loss, gradients, and the running statistics afterwards. */
  pass(initial: Parameters): Promise<{
    output: Floats;
    loss: number;
    gradients: Parameters;
    running: Parameters;
  }>;
  trajectory(
    initial: Parameters,
    kind: 'sgd' | 'adam',
    steps: number
  ): Promise<ITrajectory>;
}

export type SubjectFactory = (
  plan: IArchitecture,
  batch: IRowData
) => Promise<ISubject>;

const RATE = 1e-3;

/** The network in TF.js, on the backend in use. */
export const tensorSubject: SubjectFactory = async (plan, batch) => {
  const network = new Network(plan);
  const tensor = (values: Float32Array): tf.Tensor2D =>
    tf.tensor2d(values, [batch.n, values.length / batch.n]);
  return {
    evaluate: async initial => {
      const state = new NetworkState(plan, initial);
      const found = tf.tidy(() => {
        const z = network.encode(tensor(batch.features), state.weights());
        return [z, network.decode(z, state.weights())];
      });
      const [latents, output] = await Promise.all(found.map(t => t.data()));
      tf.dispose(found);
      state.dispose();
      return {
        latents: latents as Float32Array,
        output: output as Float32Array
      };
    },
    pass: async initial => {
      const state = new NetworkState(plan, initial);
      const found = tf.tidy(() => {
        const weights = state.weights();
        const x = tensor(batch.features);
        const { output } = network.trainOutput(x, weights);
        const pass = network.train(x, tensor(batch.targets), weights);
        state.blend(pass.statistics);
        return [
          output,
          pass.loss,
          state.flatten(pass.gradients)
        ] as tf.Tensor[];
      });
      const running = await state.read();
      state.trained.assign(found[2] as tf.Tensor1D);
      const gradients = await state.read();
      const output = (await found[0].data()) as Float32Array;
      const [loss] = await found[1].data();
      tf.dispose(found);
      state.dispose();
      return { output, loss, gradients, running };
    },
    trajectory: async (initial, kind, steps) => {
      const state = new NetworkState(plan, initial);
      const optimiser: IOptimiser =
        kind === 'sgd' ? new GradientDescent(RATE) : new Adam(state.size, RATE);
      const [x, y] = [tensor(batch.features), tensor(batch.targets)];
      const losses: number[] = [];
      let first: Parameters = new Map();
      for (let i = 0; i < steps; i++) {
        const loss = tf.tidy(() => {
          const pass = network.train(x, y, state.weights(false));
          optimiser.apply(state.trained, state.flatten(pass.gradients));
          state.blend(pass.statistics);
          return pass.loss;
        });
        losses.push((await loss.data())[0]);
        loss.dispose();
        if (i === 0) {
          first = await state.read();
        }
      }
      const final = await state.read();
      const last = tf.tidy(() => {
        const weights = state.weights();
        return network.decode(network.encode(x, weights), weights);
      });
      const output = (await last.data()) as Float32Array;
      tf.dispose([last, x, y]);
      state.dispose();
      optimiser.dispose();
      return { losses, first, final, output };
    }
  };
};

/** The network in WGSL, on a device. */
export function wgslSubject(device: GPUDevice): SubjectFactory {
  return async (plan, rows) => {
    const order = Int32Array.from({ length: rows.n }, (_, i) => i);
    const open = async (
      parameters: Parameters,
      descent = false
    ): Promise<Engine> => {
      const engine = await Engine.create(device, {
        plan,
        parameters,
        rows,
        most: rows.n,
        order: rows.n,
        learningRate: RATE,
        descent
      });
      engine.setOrder(order);
      return engine;
    };
    return {
      evaluate: async initial => {
        const engine = await open(initial);
        engine.prepare();
        engine.evaluate(0, rows.n);
        const { latents, predictions } = await engine.outputs(rows.n);
        engine.dispose();
        return { latents, output: predictions };
      },
      pass: async initial => {
        const engine = await open(initial);
        engine.gradients(0, rows.n);
        const gradients = await engine.read(true);
        const running = await engine.read();
        const { predictions } = await engine.outputs(rows.n);
        const { last } = await engine.losses();
        engine.dispose();
        return { output: predictions, loss: last, gradients, running };
      },
      trajectory: async (initial, kind, steps) => {
        const engine = await open(initial, kind === 'sgd');
        const losses: number[] = [];
        let first: Parameters = new Map();
        for (let i = 0; i < steps; i++) {
          engine.step(0, rows.n, 1);
          losses.push((await engine.losses()).last);
          if (i === 0) {
            first = await engine.read();
          }
        }
        const final = await engine.read();
        engine.prepare();
        engine.evaluate(0, rows.n);
        const { predictions } = await engine.outputs(rows.n);
        engine.dispose();
        return { losses, first, final, output: predictions };
      }
    };
  };
}

/** The network in the WebAssembly kernels, in one of their variants. */
export function wasmSubject(variant: keyof IKernelFiles): SubjectFactory {
  return async (plan, batch) => {
    const rows = engineRows(plan, batch);
    const order = Int32Array.from({ length: rows.n }, (_, i) => i);
    const open = (
      parameters: Parameters,
      descent = false
    ): Promise<WasmEngine> =>
      WasmEngine.create({
        plan,
        parameters,
        most: rows.n,
        learningRate: RATE,
        descent,
        variant
      });
    const evaluated = (
      engine: WasmEngine
    ): { latents: Floats; output: Floats } => {
      engine.prepare();
      const latents = engine.encode(rows, order);
      return { latents, output: engine.decode(latents) };
    };
    return {
      evaluate: async initial => evaluated(await open(initial)),
      pass: async initial => {
        const engine = await open(initial);
        const loss = engine.gradients(rows, order);
        return {
          output: engine.predictions(rows.n),
          loss,
          gradients: engine.read(true),
          running: engine.read()
        };
      },
      trajectory: async (initial, kind, steps) => {
        const engine = await open(initial, kind === 'sgd');
        const losses: number[] = [];
        let first: Parameters = new Map();
        for (let i = 0; i < steps; i++) {
          losses.push(engine.step(rows, order));
          if (i === 0) {
            first = engine.read();
          }
        }
        const final = engine.read();
        return { losses, first, final, output: evaluated(engine).output };
      }
    };
  };
}
