/** Kernels compiled for a device, kept by their code: networks of the same sizes share them. */
import type { IKernel } from './gpu';

/** A kernel as the device runs it. */
export interface ICompiled {
  readonly pipeline: GPUComputePipeline;
  /** Of the kernel's own arrays, group 0. */
  readonly layout: GPUBindGroupLayout;
}

const HEADER = `
struct Batch { n: u32, start: u32, rate: f32, epsilon: f32, share: f32 }
@group(1) @binding(0) var<uniform> batch: Batch;
`;

/** The whole text of a kernel. */
export function codeOf({
  bindings,
  threads,
  before = '',
  main
}: IKernel): string {
  const declarations = bindings.map(
    ({ name, element, write }, i) =>
      `@group(0) @binding(${i}) var<storage, ${write ? 'read_write' : 'read'}> ${name}: array<${element}>;`
  );
  return `${HEADER}${declarations.join('\n')}
${before}
@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) wg: vec3<u32>) {
${main}
}`;
}

/** The pipelines of one device; they live as long as it does. */
export class Pipelines {
  static of(device: GPUDevice): Pipelines {
    let pipelines = Pipelines._all.get(device);
    if (!pipelines) {
      pipelines = new Pipelines(device);
      Pipelines._all.set(device, pipelines);
    }
    return pipelines;
  }

  private constructor(device: GPUDevice) {
    this._device = device;
    this.batchLayout = device.createBindGroupLayout({
      entries: [
        {
          binding: 0,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: 'uniform', hasDynamicOffset: true }
        }
      ]
    });
  }

  /** Of the record of a batch, group 1. */
  readonly batchLayout: GPUBindGroupLayout;

  /** Rejects with the compiler's message. */
  get(kernel: IKernel): Promise<ICompiled> {
    const code = codeOf(kernel);
    let compiled = this._compiled.get(code);
    if (!compiled) {
      compiled = this._compile(kernel, code);
      this._compiled.set(code, compiled);
      // What failed for want of memory may succeed later.
      compiled.catch(() => this._compiled.delete(code));
    }
    return compiled;
  }

  private async _compile(
    { label, bindings }: IKernel,
    code: string
  ): Promise<ICompiled> {
    const device = this._device;
    const layout = device.createBindGroupLayout({
      entries: bindings.map(({ write }, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: write ? 'storage' : 'read-only-storage' }
      }))
    });
    const module = device.createShaderModule({ label, code });
    try {
      const pipeline = await device.createComputePipelineAsync({
        label,
        layout: device.createPipelineLayout({
          bindGroupLayouts: [layout, this.batchLayout]
        }),
        compute: { module, entryPoint: 'main' }
      });
      return { pipeline, layout };
    } catch (error) {
      const { messages } = await module.getCompilationInfo();
      const lines = messages.map(m => `${m.lineNum}: ${m.message}`).join('\n');
      throw new Error(`Kernel ${label} does not compile: ${lines || error}`);
    }
  }

  private static readonly _all = new WeakMap<GPUDevice, Pipelines>();
  private readonly _device: GPUDevice;
  private readonly _compiled = new Map<string, Promise<ICompiled>>();
}
