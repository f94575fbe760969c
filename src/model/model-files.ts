/** What the model room needs of the model file; network/model-file.ts in the product. */
import type {
  IModelContents,
  IModelExtra,
  IModelMeta
} from '../network/model-file';
import type { Parameters } from '../network/types';

/** Writes and reads safetensors bytes. */
export interface IModelFiles {
  write(
    parameters: Parameters,
    meta: IModelMeta,
    extra: IModelExtra
  ): Promise<Uint8Array>;
  /** Rejects with a sentence for the user where a file is damaged. */
  read(bytes: Uint8Array): Promise<IModelContents>;
}
