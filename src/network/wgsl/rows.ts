/** The data of an engine as rows. */

/** Scaled features and targets, a row a sample; the engine picks rows by number. */
export interface IRowData {
  readonly n: number;
  /** (n, values of a feature). */
  readonly features: Float32Array;
  /** (n, values of a target). */
  readonly targets: Float32Array;
}

/** Mean of every `size` values of each row, the tail of a row dropped. */
export function pooled(
  values: Float32Array,
  n: number,
  size: number
): Float32Array {
  const width = values.length / n;
  const short = Math.floor(width / size);
  const result = new Float32Array(n * short);
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < short; i++) {
      let sum = 0;
      for (let k = 0; k < size; k++) {
        sum += values[row * width + i * size + k];
      }
      result[row * short + i] = sum / size;
    }
  }
  return result;
}
