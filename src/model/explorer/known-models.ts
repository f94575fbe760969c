/** Models by their weights: what Python and a recipe call them, whatever their ids here. */
import { weightsSha256 } from '../../network/weights-sha256';
import type { ILink } from '../../kernel/types';
import type { IModelLibrary } from './model-library';

/** Instead of a run's id: the model is applied to other data, and is no result of a run. */
const APPLIED = 'applied';

const KNOWN = new WeakMap<Uint8Array, Promise<string>>();

/** sha256 of the weights in a model file; '' where it cannot be read. */
export function weightsOf(
  library: IModelLibrary,
  file: Uint8Array | null
): Promise<string> {
  if (!file) {
    return Promise.resolve('');
  }
  const known =
    KNOWN.get(file) ??
    library.read(file).then(
      ({ parameters }) => weightsSha256(parameters),
      () => ''
    );
  KNOWN.set(file, known);
  return known;
}

/** Give Python a model that it does not have; without a line to it nothing is done. */
export async function shareModel(
  link: ILink | null,
  weights: string,
  title: string,
  file: Uint8Array
): Promise<void> {
  if (!link || link.state === 'gone') {
    return;
  }
  const { fields } = await link.runTask('model-of', { weights, ask: true });
  if (fields.known !== true) {
    const none = new Float32Array(0);
    await link.sendModel({
      run: APPLIED,
      title,
      file,
      positions: new Int32Array(0),
      latents: none,
      predictions: none,
      backend: '',
      notice: ''
    });
  }
}

/** The file of a model that Python has; null where it has none. */
export async function fetchModel(
  link: ILink | null,
  weights: string
): Promise<Uint8Array | null> {
  if (!link || link.state === 'gone') {
    return null;
  }
  const { arrays } = await link.runTask('model-of', { weights });
  const values = arrays.file?.values;
  return values instanceof Uint8Array ? values.slice() : null;
}
