/** Entry of the worker's bundle. */
import type { IWorkerScope } from './messages';
import { serveNetwork } from './server';
import { recruitBy } from './wasm/crew';
import { locateKernels } from './wasm/kernels';
import { createMember } from './wasm/member-factory';
import { KERNEL_FILES, WASM_FILES } from './wasm-files';

locateKernels(KERNEL_FILES);
recruitBy(createMember);
serveNetwork(self as unknown as IWorkerScope, WASM_FILES);
