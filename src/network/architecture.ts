/**
 * The one description of im2spec and spec2im: layers in order, and from them
 * the names, shapes and layouts of all parameters.
 *
 * Names and file layouts are PyTorch's (conv (out, in, kh, kw), dense
 * (out, in), channel-first flattening); tensors are NHWC, and an array of
 * spectra is an image of height 1.
 */
import { MAX_SIZE } from '../signal/limits';
import type { INetworkSpec } from './types';

/** Channels that spec2im's encoder averages into one. */
export const POOLING = 16;
/** Slope of the leaky ReLU below zero. */
export const LEAK = 0.1;
/** Added to a variance under the root of a batch norm. */
export const NORM_EPSILON = 1e-5;
/** Share of a new batch in the running statistics. */
export const NORM_MOMENTUM = 0.1;
/** Dilations of the cascade in the decoder, in order. */
export const DILATIONS: readonly number[] = [1, 2, 3, 4];

/** Departures from the paper's networks, for reference networks in tests. */
export interface IVariant {
  /** Convolutions of the encoder, default 3. */
  readonly encoderLayers?: number;
  /** Pooling in front of spec2im's encoder, default 16; 1 for none. */
  readonly pooling?: number;
}

/** A convolution of stride 1 that keeps height and width. */
export interface IConvolution {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Kernel height and width; height 1 for spectra. */
  readonly kernel: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** Whether PyTorch's weight is (out, in, k) or (out, in, k, k). */
  readonly dimensions: 1 | 2;
}

/** Convolution, leaky ReLU and batch norm, in this order. */
export interface IBlock {
  readonly convolution: IConvolution;
  readonly norm: string;
}

/** Height, width and channels of one sample. */
export type Extent = readonly [number, number, number];

export type Step =
  | { readonly op: 'pool'; readonly size: number }
  | { readonly op: 'block'; readonly block: IBlock }
  | {
      readonly op: 'flatten';
      readonly name: string;
      readonly inputs: Extent;
      readonly outputs: number;
    }
  | {
      readonly op: 'unflatten';
      readonly name: string;
      readonly inputs: number;
      readonly outputs: Extent;
    }
  | { readonly op: 'upsample' }
  | { readonly op: 'cascade'; readonly blocks: readonly IBlock[] }
  | { readonly op: 'affine'; readonly convolution: IConvolution };

/** A weight or batch-norm buffer. */
export interface IParameter {
  readonly name: string;
  /** PyTorch's shape, as in files. */
  readonly shape: readonly number[];
  /** False for running statistics. */
  readonly trained: boolean;
  /** Inputs of one output, which sets the initial range; 0 for batch norms. */
  readonly fanIn: number;
  /** Initial value where `fanIn` is 0. */
  readonly start: number;
  /** `shape` with flattened axes taken apart. */
  readonly view: readonly number[];
  /** Axes of `view` in the order of the tensor. */
  readonly order: readonly number[];
}

export interface IArchitecture {
  readonly spec: INetworkSpec;
  /** Height and width of one input and of one output. */
  readonly input: readonly [number, number];
  readonly output: readonly [number, number];
  readonly encoder: readonly Step[];
  readonly decoder: readonly Step[];
  /** In the order of the forward pass. */
  readonly parameters: readonly IParameter[];
}

/** A value that is no size or kind, as long as a message takes. */
function shown(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 40);
}

/** Why a network cannot have these sizes, naming those it can; '' where it can. */
export function specProblem(spec: INetworkSpec): string {
  for (const key of ['latentDims', 'filters', 'window', 'channels'] as const) {
    const size = spec[key];
    if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
      return `${key} is ${shown(size)}; it must be a whole number of 1 to ${MAX_SIZE}.`;
    }
  }
  const { kind, window, channels } = spec;
  const toImage = kind === 'spec2im';
  if (!toImage && kind !== 'im2spec') {
    return `kind is ${shown(kind)}; take im2spec or spec2im.`;
  }
  if (window < 4 || window % (toImage ? 4 : 2) !== 0) {
    const allowed = toImage ? 'a multiple of 4' : 'an even number';
    return `window is ${window}; ${kind} takes ${allowed} of at least 4 pixels.`;
  }
  const least = toImage ? POOLING : 2;
  if (channels < least) {
    return `The spectra have ${channels} channels; ${kind} needs at least ${least}.`;
  }
  return '';
}

/**
 * Layers and parameters of a network.
 * Throws a RangeError where the sizes are not allowed.
 */
export function architecture(
  spec: INetworkSpec,
  variant: IVariant = {}
): IArchitecture {
  const problem = specProblem(spec);
  if (problem) {
    throw new RangeError(problem);
  }
  const { filters, latentDims, window, channels } = spec;
  const { encoderLayers = 3, pooling = POOLING } = variant;
  const toImage = spec.kind === 'spec2im';
  const encoded: Extent = toImage
    ? [1, Math.floor(channels / pooling), filters]
    : [window, window, filters];
  const decoded: Extent = toImage
    ? [window / 4, window / 4, filters]
    : [1, channels, filters];

  const encoder: Step[] = [];
  if (toImage && pooling > 1) {
    encoder.push({ op: 'pool', size: pooling });
  }
  for (let i = 0; i < encoderLayers; i++) {
    const inputs = i === 0 ? 1 : filters;
    const name = `enc.${3 * i}`;
    encoder.push({
      op: 'block',
      block: {
        convolution: convolution(name, inputs, filters, !toImage),
        norm: `enc.${3 * i + 2}`
      }
    });
  }
  encoder.push({
    op: 'flatten',
    name: 'enc_fc',
    inputs: encoded,
    outputs: latentDims
  });

  const decoder: Step[] = [
    { op: 'unflatten', name: 'dec_fc', inputs: latentDims, outputs: decoded }
  ];
  for (const name of toImage ? ['up1', 'up2'] : []) {
    decoder.push({
      op: 'block',
      block: {
        convolution: convolution(`${name}.0`, filters, filters, true),
        norm: `${name}.2`
      }
    });
    decoder.push({ op: 'upsample' });
  }
  decoder.push({
    op: 'cascade',
    blocks: DILATIONS.map((dilation, i) => ({
      convolution: convolution(
        `dil.conv.${i}`,
        filters,
        filters,
        toImage,
        dilation
      ),
      norm: `dil.bn.${i}`
    }))
  });
  decoder.push({
    op: 'block',
    block: {
      convolution: convolution('tail.0', filters, 1, toImage),
      norm: 'tail.2'
    }
  });
  decoder.push({
    op: 'affine',
    convolution: convolution('out', 1, 1, toImage, 1, 1)
  });

  return {
    spec,
    input: toImage ? [1, channels] : [window, window],
    output: toImage ? [window, window] : [1, channels],
    encoder,
    decoder,
    parameters: [...encoder, ...decoder].flatMap(stepParameters)
  };
}

/** The parameters of one step, in the order in which its layer takes them. */
export function stepParameters(step: Step): IParameter[] {
  switch (step.op) {
    case 'pool':
    case 'upsample':
      return [];
    case 'block':
      return blockParameters(step.block);
    case 'cascade':
      return step.blocks.flatMap(blockParameters);
    case 'affine':
      return convolutionParameters(step.convolution);
    case 'flatten': {
      const [h, w, c] = step.inputs;
      const fanIn = h * w * c;
      return [
        weight(`${step.name}.weight`, [step.outputs, fanIn], fanIn, {
          view: [step.outputs, c, h, w],
          order: [0, 2, 3, 1]
        }),
        weight(`${step.name}.bias`, [step.outputs], fanIn)
      ];
    }
    case 'unflatten': {
      const [h, w, c] = step.outputs;
      const size = h * w * c;
      return [
        weight(`${step.name}.weight`, [size, step.inputs], step.inputs, {
          view: [c, h, w, step.inputs],
          order: [3, 1, 2, 0]
        }),
        weight(`${step.name}.bias`, [size], step.inputs, {
          view: [c, h, w],
          order: [1, 2, 0]
        })
      ];
    }
  }
}

function convolution(
  name: string,
  inputs: number,
  outputs: number,
  image: boolean,
  dilation = 1,
  size = 3
): IConvolution {
  return {
    name,
    inputs,
    outputs,
    kernel: [image ? size : 1, size],
    dilation: [image ? dilation : 1, dilation],
    dimensions: image ? 2 : 1
  };
}

function convolutionParameters(c: IConvolution): IParameter[] {
  const [kh, kw] = c.kernel;
  const fanIn = c.inputs * kh * kw;
  const size = c.dimensions === 2 ? [kh, kw] : [kw];
  return [
    weight(`${c.name}.weight`, [c.outputs, c.inputs, ...size], fanIn, {
      view: [c.outputs, c.inputs, kh, kw],
      order: [2, 3, 1, 0]
    }),
    weight(`${c.name}.bias`, [c.outputs], fanIn)
  ];
}

function blockParameters(block: IBlock): IParameter[] {
  const shape = [block.convolution.outputs];
  const norm = (name: string, trained: boolean, start: number): IParameter => ({
    name: `${block.norm}.${name}`,
    shape,
    trained,
    fanIn: 0,
    start,
    view: shape,
    order: [0]
  });
  return [
    ...convolutionParameters(block.convolution),
    norm('weight', true, 1),
    norm('bias', true, 0),
    norm('running_mean', false, 0),
    norm('running_var', false, 1)
  ];
}

function weight(
  name: string,
  shape: readonly number[],
  fanIn: number,
  layout: { view: readonly number[]; order: readonly number[] } = {
    view: shape,
    order: [0]
  }
): IParameter {
  return { name, shape, trained: true, fanIn, start: 0, ...layout };
}
