/** Which kernels evaluate an opened network. */
import type { BackendName, IScaling } from '../signal/types';
import type { IArchitecture } from './architecture';
import { gpuDevice } from './gpu-device';
import { Predictor, type IPredictor } from './inference';
import { Network } from './network';
import { NetworkState } from './state';
import type { Parameters } from './types';
import { WgslPredictor, wgslPredictorProblem } from './wgsl/wgsl-predictor';

/**
 * On WebGPU the kernels of our own, everywhere else, and where those do not fit
 * or do not start, TF.js on the same backend.
 */
export async function openPredictor(
  plan: IArchitecture,
  parameters: Parameters,
  scaling: IScaling,
  backend: BackendName
): Promise<IPredictor> {
  if (backend === 'webgpu') {
    const device = gpuDevice();
    if (!wgslPredictorProblem(plan, device.limits)) {
      try {
        return await WgslPredictor.create(device, plan, parameters, scaling);
      } catch {
        // What they refuse, a TF.js session says better where it fails too.
      }
    }
  }
  const state = new NetworkState(plan, parameters);
  return new Predictor(new Network(plan), state, scaling);
}
