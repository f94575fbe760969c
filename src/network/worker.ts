/** Entry of the worker's bundle. */
import type { IWorkerScope } from './messages';
import { serveNetwork } from './server';
import { WASM_FILES } from './wasm-files';

serveNetwork(self as unknown as IWorkerScope, WASM_FILES);
