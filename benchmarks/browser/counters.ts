/** Counts what is asked of WebGPU, whichever kernels ask. */

export interface ICounts {
  dispatches: number;
  submissions: number;
  /** Bytes of the buffers that exist. */
  bytes: number;
}

/** Starts counting in this worker; to be called before a device is made. */
export function countGpu(): ICounts {
  const counts: ICounts = { dispatches: 0, submissions: 0, bytes: 0 };
  if (typeof GPUDevice === 'undefined') {
    return counts;
  }
  const pass = GPUComputePassEncoder.prototype;
  for (const name of [
    'dispatchWorkgroups',
    'dispatchWorkgroupsIndirect'
  ] as const) {
    const original = pass[name] as (...values: unknown[]) => undefined;
    (pass as unknown as { [key: string]: unknown })[name] = function (
      this: GPUComputePassEncoder,
      ...values: unknown[]
    ): undefined {
      counts.dispatches++;
      return original.apply(this, values);
    };
  }
  const { submit } = GPUQueue.prototype;
  GPUQueue.prototype.submit = function (buffers) {
    counts.submissions++;
    return submit.call(this, buffers);
  };
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    const destroy = buffer.destroy.bind(buffer);
    let there = true;
    counts.bytes += descriptor.size;
    buffer.destroy = () => {
      counts.bytes -= there ? descriptor.size : 0;
      there = false;
      return destroy();
    };
    return buffer;
  };
  return counts;
}
