/** A page that runs golden cases in the WebAssembly kernels. */
import {
  readCase,
  runOracle,
  type ICheck
} from '../../src/network/__tests__/oracle';
import { wasmSubject } from '../../src/network/__tests__/oracle-subjects';
import {
  hasRelaxedSimd,
  locateKernels,
  type IKernelFiles
} from '../../src/network/wasm/kernels';

declare global {
  // eslint-disable-next-line @typescript-eslint/naming-convention -- the browser's own name
  interface Window {
    /** Runs a case, whose files are served at `folder`, in a variant of the kernels. */
    runInKernels(
      variant: keyof IKernelFiles,
      name: string,
      folder: string
    ): Promise<ICheck[]>;
    /** Whether this browser takes the variant with relaxed SIMD. */
    takesRelaxed(): boolean;
  }
}

async function bytes(address: string): Promise<Uint8Array> {
  const answer = await fetch(address);
  if (!answer.ok) {
    throw new Error(`${address}: ${answer.status}`);
  }
  return new Uint8Array(await answer.arrayBuffer());
}

locateKernels({
  plain: '/kernels/kernels.wasm',
  relaxed: '/kernels/kernels-relaxed.wasm'
});

window.takesRelaxed = hasRelaxedSimd;

window.runInKernels = async (variant, name, folder) =>
  runOracle(
    readCase(name, await (await fetch(`${folder}/manifest.json`)).json()),
    await bytes(`${folder}/${name}.safetensors`),
    await bytes(`${folder}/${name}.grad_f64.safetensors`),
    false,
    10,
    wasmSubject(variant)
  );
