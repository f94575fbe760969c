/**
 * The end of a decoder: leaky ReLU and norm of one channel, one number times
 * that plus one number, squared error; and all of their gradients.
 */
import { entry } from './simd';
import { blend, setNorm } from './norm';

const LEAK: f64 = 0.1;
/** Places of the one channel's numbers; see norm.ts. */
const ROW: usize = 4;

function leaky(x: f64): f64 {
  return x > 0 ? x : LEAK * x;
}

/** The norm's numbers from n values, and the running statistics moved. */
export function outputMoments(
  x: usize,
  thin: usize,
  n: i32,
  norm: usize,
  weight: usize,
  bias: usize,
  runningMean: usize,
  runningVariance: usize
): void {
  let mean: f64 = 0;
  for (let p = 0; p < n; p++) {
    mean += leaky(<f64>load<f32>(x + entry(thin, p)));
  }
  mean /= <f64>n;
  let squares: f64 = 0;
  for (let p = 0; p < n; p++) {
    const d = leaky(<f64>load<f32>(x + entry(thin, p))) - mean;
    squares += d * d;
  }
  const w = load<f32>(weight);
  const b = load<f32>(bias);
  setNorm(norm, ROW, mean, squares / <f64>n, w, b);
  blend(runningMean, mean);
  blend(runningVariance, squares / <f64>max(1, n - 1));
}

/** (n) outputs for values, from the norm's numbers. */
export function predict(
  x: usize,
  out: usize,
  thin: usize,
  n: i32,
  norm: usize,
  weight: usize,
  bias: usize
): void {
  const mean = <f64>load<f32>(norm);
  const scale = <f64>load<f32>(norm + 2 * ROW);
  const shift = <f64>load<f32>(norm + 3 * ROW);
  const a = <f64>load<f32>(weight);
  const b = <f64>load<f32>(bias);
  for (let p = 0; p < n; p++) {
    const h =
      (leaky(<f64>load<f32>(x + entry(thin, p))) - mean) * scale + shift;
    store<f32>(out + ((<usize>p) << 2), <f32>(a * h + b));
  }
}

/** The sum of squared differences of n numbers. */
export function squaredError(a: usize, b: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let p: usize = 0; p < (<usize>n) << 2; p += 4) {
    const d = <f64>load<f32>(a + p) - <f64>load<f32>(b + p);
    sum += d * d;
  }
  return sum;
}

/**
 * From outputs and targets to the gradient for x, which lies as x does.
 * @param out - (n) outputs of this batch.
 * @param gradients - table of the addresses of the gradients: weight and bias
 * of the last layer, weight and bias of the norm, bias of the convolution.
 */
export function outputGradient(
  x: usize,
  out: usize,
  target: usize,
  dx: usize,
  thin: usize,
  n: i32,
  norm: usize,
  weight: usize,
  gradients: usize
): void {
  const mean = <f64>load<f32>(norm);
  const inverse = <f64>load<f32>(norm + ROW);
  const scale = <f64>load<f32>(norm + 2 * ROW);
  const shift = <f64>load<f32>(norm + 3 * ROW);
  const factor: f64 = 2 / <f64>n;
  const a = <f64>load<f32>(weight);
  let sum: f64 = 0;
  let products: f64 = 0;
  for (let p = 0; p < n; p++) {
    const o = (<usize>p) << 2;
    const dy = (<f64>load<f32>(out + o) - <f64>load<f32>(target + o)) * factor;
    sum += dy;
    products += dy * (leaky(<f64>load<f32>(x + entry(thin, p))) - mean);
  }
  store<f32>(entry(gradients, 0), <f32>(products * scale + sum * shift));
  store<f32>(entry(gradients, 1), <f32>sum);
  store<f32>(entry(gradients, 2), <f32>(products * inverse * a));
  store<f32>(entry(gradients, 3), <f32>(sum * a));
  const level = (sum * a) / <f64>n;
  const slope = (products * a * inverse * inverse) / <f64>n;
  let total: f64 = 0;
  for (let p = 0; p < n; p++) {
    const o = (<usize>p) << 2;
    const value = <f64>load<f32>(x + entry(thin, p));
    const dh =
      (<f64>load<f32>(out + o) - <f64>load<f32>(target + o)) * factor * a;
    const da = scale * (dh - level - (leaky(value) - mean) * slope);
    const dv = value > 0 ? da : LEAK * da;
    total += dv;
    store<f32>(dx + entry(thin, p), <f32>dv);
  }
  store<f32>(entry(gradients, 4), <f32>total);
}
