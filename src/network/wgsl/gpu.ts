/** Compute kernels on a WebGPU device: buffers, submissions, and the record of the batch that all kernels see. */
import { MemoryProblem } from '../obstacles';
import { Pipelines } from './pipelines';

/** An array that a kernel binds. */
export interface IBinding {
  /** Its name in the kernel's code. */
  readonly name: string;
  readonly element: 'f32' | 'vec4<f32>' | 'i32' | 'u32';
  readonly buffer: GPUBuffer;
  readonly write?: boolean;
  /** The part that is bound, in elements; the whole buffer by default. */
  readonly offset?: number;
  readonly size?: number;
}

/** A kernel as code: `main` sees `t`, its number in the workgroup, and `wg`, the workgroup. */
export interface IKernel {
  readonly label: string;
  readonly bindings: readonly IBinding[];
  /** Threads of a workgroup, at most 256. */
  readonly threads: number;
  /** Declarations in front of `main`. */
  readonly before?: string;
  readonly main: string;
  /** True for what evaluation leaves out. */
  readonly trainingOnly?: boolean;
  /** Workgroups for a batch of n samples. */
  groups(n: number): readonly [number, number];
}

/** What a step tells its kernels. */
export interface IBatch {
  /** Samples. */
  readonly n: number;
  /** First of them in the order of rows. */
  readonly start: number;
  /** Adam's step length and epsilon with the bias corrections drawn in. */
  readonly rate: number;
  readonly epsilon: number;
  /** Share of the epoch's samples. */
  readonly share: number;
}

/** Bytes from one batch record to the next, the alignment of dynamic offsets. */
const RECORD = 256;
/** Batches that one submission may hold. */
export const MOST_BATCHES = 8;

/** A kernel that was compiled. */
interface IBuilt {
  readonly kernel: IKernel;
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
}

/** Kernels in the order in which they run. */
export interface IProgram {
  readonly kernels: readonly IBuilt[];
}

/** Floats from the start of a buffer to a place in another, after a submission's kernels. */
export interface ICopy {
  readonly from: GPUBuffer;
  readonly to: GPUBuffer;
  /** In elements. */
  readonly at: number;
  readonly size: number;
}

/** One device, its buffers and its submissions. */
export class Gpu {
  constructor(device: GPUDevice) {
    this.device = device;
    this._records = this.buffer((MOST_BATCHES * RECORD) / 4, 'records', true);
    this._pipelines = Pipelines.of(device);
    this._group = device.createBindGroup({
      layout: this._pipelines.batchLayout,
      entries: [{ binding: 0, resource: { buffer: this._records, size: 32 } }]
    });
    device.addEventListener('uncapturederror', this._refused);
  }

  readonly device: GPUDevice;

  /** A buffer of `size` 4-byte elements, all 0. */
  buffer(size: number, label: string, uniform = false): GPUBuffer {
    const buffer = this.device.createBuffer({
      label,
      size: Math.max(16, 4 * Math.ceil(size)),
      usage:
        GPUBufferUsage.COPY_DST |
        GPUBufferUsage.COPY_SRC |
        (uniform ? GPUBufferUsage.UNIFORM : GPUBufferUsage.STORAGE)
    });
    this._buffers.push(buffer);
    return buffer;
  }

  write(
    buffer: GPUBuffer,
    values: Float32Array | Int32Array | Uint32Array,
    offset = 0
  ): void {
    this.device.queue.writeBuffer(
      buffer,
      4 * offset,
      values.buffer as ArrayBuffer,
      values.byteOffset,
      values.byteLength
    );
  }

  /**
   * Does what makes buffers and pipelines; rejects where the device has no
   * memory for them or refuses them, which it says only here.
   */
  async guard<T>(make: () => Promise<T>): Promise<T> {
    const { device } = this;
    device.pushErrorScope('out-of-memory');
    device.pushErrorScope('validation');
    let made: T;
    let errors: (GPUError | null)[];
    try {
      made = await make();
    } finally {
      errors = await Promise.all([
        device.popErrorScope(),
        device.popErrorScope()
      ]);
    }
    const [invalid, memory] = errors;
    if (memory) {
      throw new MemoryProblem('The GPU has too little memory.');
    }
    if (invalid) {
      throw new Error(`WebGPU says ${invalid.message.split('\n')[0]}`);
    }
    return made;
  }

  /** Compile kernels; rejects with the compiler's message. */
  async build(kernels: readonly IKernel[]): Promise<IProgram> {
    return {
      kernels: await Promise.all(kernels.map(each => this._bind(each)))
    };
  }

  /** Hand programs to the device, each with its batch; at most `MOST_BATCHES`. */
  submit(
    work: readonly (readonly [IProgram, IBatch])[],
    copies: readonly ICopy[] = []
  ): void {
    const records = new ArrayBuffer(work.length * RECORD);
    const view = new DataView(records);
    work.forEach(([, batch], i) => {
      view.setUint32(i * RECORD, batch.n, true);
      view.setUint32(i * RECORD + 4, batch.start, true);
      view.setFloat32(i * RECORD + 8, batch.rate, true);
      view.setFloat32(i * RECORD + 12, batch.epsilon, true);
      view.setFloat32(i * RECORD + 16, batch.share, true);
    });
    this.device.queue.writeBuffer(this._records, 0, records);
    const encoder = this.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    work.forEach(([program, batch], i) => {
      for (const { kernel, pipeline, group } of program.kernels) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.setBindGroup(1, this._group, [i * RECORD]);
        pass.dispatchWorkgroups(...kernel.groups(batch.n));
      }
    });
    pass.end();
    for (const { from, to, at, size } of copies) {
      encoder.copyBufferToBuffer(from, 0, to, 4 * at, 4 * size);
    }
    this.device.queue.submit([encoder.finish()]);
  }

  copy(from: GPUBuffer, to: GPUBuffer): void {
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(from, 0, to, 0, Math.min(from.size, to.size));
    this.device.queue.submit([encoder.finish()]);
  }

  /** `size` floats from the start of a buffer. */
  read(buffer: GPUBuffer, size: number): Promise<Float32Array> {
    return this.collect(size, staging => {
      const encoder = this.device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, 0, staging, 0, 4 * size);
      this.device.queue.submit([encoder.finish()]);
    });
  }

  /** What `fill` copies into a buffer of `size` floats. */
  async collect(
    size: number,
    fill: (staging: GPUBuffer) => void | Promise<void>
  ): Promise<Float32Array> {
    const staging = this.device.createBuffer({
      size: 4 * size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST
    });
    try {
      await fill(staging);
      await staging.mapAsync(GPUMapMode.READ);
      if (this._problem) {
        throw new Error(`WebGPU refused a submission: ${this._problem}`);
      }
      return new Float32Array(staging.getMappedRange().slice(0));
    } finally {
      staging.destroy();
    }
  }

  /** Resolves when the device has done what it was given. */
  done(): Promise<undefined> {
    return this.device.queue.onSubmittedWorkDone();
  }

  dispose(): void {
    this.device.removeEventListener('uncapturederror', this._refused);
    this._buffers.forEach(buffer => buffer.destroy());
    this._buffers.length = 0;
  }

  private async _bind(kernel: IKernel): Promise<IBuilt> {
    const { pipeline, layout } = await this._pipelines.get(kernel);
    const group = this.device.createBindGroup({
      layout,
      entries: kernel.bindings.map(({ buffer, offset = 0, size }, binding) => ({
        binding,
        resource: {
          buffer,
          offset: 4 * offset,
          ...(size === undefined ? {} : { size: 4 * size })
        }
      }))
    });
    return { kernel, pipeline, group };
  }

  /** Without this a refused submission would only be missing from the numbers. */
  private readonly _refused = (event: GPUUncapturedErrorEvent): void => {
    this._problem ||= event.error.message;
  };

  private readonly _buffers: GPUBuffer[] = [];
  private readonly _records: GPUBuffer;
  private readonly _pipelines: Pipelines;
  private readonly _group: GPUBindGroup;
  private _problem = '';
}
