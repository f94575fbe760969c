/** Compute kernels on a WebGPU device: buffers, pipelines, and the record of the batch that all kernels see. */

/** An array that a kernel binds. */
export interface IBinding {
  /** Its name in the kernel's code. */
  readonly name: string;
  readonly element: 'f32' | 'vec4<f32>' | 'i32' | 'u32';
  readonly buffer: GPUBuffer;
  readonly write?: boolean;
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

const HEADER = `
struct Batch { n: u32, start: u32, rate: f32, epsilon: f32, share: f32 }
@group(1) @binding(0) var<uniform> batch: Batch;
`;

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

/** One device, its buffers and its submissions. */
export class Gpu {
  constructor(device: GPUDevice) {
    this.device = device;
    this._records = this.buffer((MOST_BATCHES * RECORD) / 4, 'records', true);
    this._layout = device.createBindGroupLayout({
      entries: [
        {
          binding: 0,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: 'uniform', hasDynamicOffset: true }
        }
      ]
    });
    this._group = device.createBindGroup({
      layout: this._layout,
      entries: [{ binding: 0, resource: { buffer: this._records, size: 32 } }]
    });
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
    values: Float32Array | Int32Array,
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

  /** Compile kernels; rejects with the compiler's message. */
  async build(kernels: readonly IKernel[]): Promise<IProgram> {
    this.device.pushErrorScope('validation');
    const built = await Promise.all(kernels.map(each => this._compile(each)));
    const error = await this.device.popErrorScope();
    if (error) {
      throw new Error(`WebGPU refused a kernel: ${error.message}`);
    }
    return { kernels: built };
  }

  /** Hand programs to the device, each with its batch; at most `MOST_BATCHES`. */
  submit(work: readonly (readonly [IProgram, IBatch])[]): void {
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
    this.device.queue.submit([encoder.finish()]);
  }

  copy(from: GPUBuffer, to: GPUBuffer): void {
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(from, 0, to, 0, Math.min(from.size, to.size));
    this.device.queue.submit([encoder.finish()]);
  }

  /** `size` floats from the start of a buffer. */
  async read(buffer: GPUBuffer, size: number): Promise<Float32Array> {
    const staging = this.device.createBuffer({
      size: 4 * size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST
    });
    try {
      const encoder = this.device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, 0, staging, 0, 4 * size);
      this.device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
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
    this._buffers.forEach(buffer => buffer.destroy());
    this._buffers.length = 0;
  }

  private async _compile(kernel: IKernel): Promise<IBuilt> {
    const { label, bindings, threads, before = '', main } = kernel;
    const declarations = bindings.map(
      ({ name, element, write }, i) =>
        `@group(0) @binding(${i}) var<storage, ${write ? 'read_write' : 'read'}> ${name}: array<${element}>;`
    );
    const code = `${HEADER}${declarations.join('\n')}
${before}
@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) wg: vec3<u32>) {
${main}
}`;
    const layout = this.device.createBindGroupLayout({
      entries: bindings.map(({ write }, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: write ? 'storage' : 'read-only-storage' }
      }))
    });
    const module = this.device.createShaderModule({ label, code });
    try {
      const pipeline = await this.device.createComputePipelineAsync({
        label,
        layout: this.device.createPipelineLayout({
          bindGroupLayouts: [layout, this._layout]
        }),
        compute: { module, entryPoint: 'main' }
      });
      const group = this.device.createBindGroup({
        layout,
        entries: bindings.map(({ buffer }, binding) => ({
          binding,
          resource: { buffer }
        }))
      });
      return { kernel, pipeline, group };
    } catch (error) {
      const { messages } = await module.getCompilationInfo();
      const lines = messages.map(m => `${m.lineNum}: ${m.message}`).join('\n');
      throw new Error(`Kernel ${label} does not compile: ${lines || error}`);
    }
  }

  private readonly _buffers: GPUBuffer[] = [];
  private readonly _records: GPUBuffer;
  private readonly _layout: GPUBindGroupLayout;
  private readonly _group: GPUBindGroup;
}
