/** What lies beside the worker in the product lies beside the page here. */
import { locateWasm } from '../../src/network/backends';
import { recruitBy } from '../../src/network/wasm/crew';
import { locateKernels } from '../../src/network/wasm/kernels';

const addressOf = (name: string): string => `${self.location.origin}/${name}`;

/** Tells the network room where its binaries are. */
export function locateFiles(): void {
  locateWasm(
    Object.fromEntries(
      [
        'tfjs-backend-wasm.wasm',
        'tfjs-backend-wasm-simd.wasm',
        'tfjs-backend-wasm-threaded-simd.wasm'
      ].map(name => [name, addressOf(name)])
    )
  );
  locateKernels({
    plain: addressOf('kernels.wasm'),
    relaxed: addressOf('kernels-relaxed.wasm')
  });
  recruitBy(() => new Worker(addressOf('member.js')));
}
