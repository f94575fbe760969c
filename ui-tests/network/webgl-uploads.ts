/** A page that counts what TF.js uploads to WebGL while a network trains. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgl';
import { smallRequest } from '../../src/network/__tests__/small-data';
import { architecture } from '../../src/network/architecture';
import { tensorTrainer } from '../../src/network/trainers';
import type { Kind } from '../../src/signal/types';

declare global {
  // eslint-disable-next-line @typescript-eslint/naming-convention -- the browser's own name
  interface Window {
    /** Arrays uploaded in each of the steps after the first two of an epoch. */
    uploadsAStep(kind: Kind): Promise<number[]>;
  }
}

let uploads = 0;
const gl = WebGL2RenderingContext.prototype;
for (const name of ['texSubImage2D', 'texImage2D'] as const) {
  const original = gl[name] as (...values: unknown[]) => void;
  Object.defineProperty(gl, name, {
    value(this: WebGL2RenderingContext, ...values: unknown[]) {
      uploads += values.some(ArrayBuffer.isView) ? 1 : 0;
      original.apply(this, values);
    }
  });
}

window.uploadsAStep = async kind => {
  if (!(await tf.setBackend('webgl')) || tf.getBackend() !== 'webgl') {
    throw new Error('WebGL does not start in this browser.');
  }
  const request = smallRequest({
    spec: { ...smallRequest().spec, kind },
    batchSize: 4
  });
  const trainer = tensorTrainer(architecture(request.spec), request);
  const counts: number[] = [];
  for (let i = 0; i < trainer.steps; i++) {
    uploads = 0;
    trainer.step();
    await trainer.settle();
    // The first steps upload weights, order and constants.
    if (i > 1) {
      counts.push(uploads);
    }
  }
  trainer.dispose();
  return counts;
};
