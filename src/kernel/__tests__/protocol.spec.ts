import { DEFAULT_SETUP } from '../../signal/types';
import { readPairDescription } from '../pair-description';
import {
  lossesToJSON,
  readControlMessage,
  readKernelMessage
} from '../protocol';
import { FakeKernel } from './fake-kernel';

describe('readControlMessage', () => {
  const train = {
    type: 'train',
    request: 1,
    client: 'c',
    run: 'r',
    setup: DEFAULT_SETUP
  };

  it('accepts a request to train with the default setup', () => {
    expect(readControlMessage(train)).toEqual(train);
  });

  it.each([
    ['no client', { client: undefined }],
    ['a run that is no text', { run: 3 }],
    ['an unknown kind', { setup: { ...DEFAULT_SETUP, kind: 'both' } }],
    ['NaN as text', { setup: { ...DEFAULT_SETUP, learningRate: 'nan' } }],
    ['a setup without seed', { setup: { ...DEFAULT_SETUP, seed: undefined } }],
    ['an unknown type', { type: 'format' }],
    ['a type of Object.prototype', { type: 'toString' }]
  ])('refuses %s', (_, change) => {
    expect(readControlMessage({ ...train, ...change })).toBeNull();
  });

  it.each([null, 3, 'train', []])('refuses %p', value => {
    expect(readControlMessage(value)).toBeNull();
  });
});

describe('readKernelMessage', () => {
  const ack = { type: 'ack', transfer: 't', array: 'file', block: 0 };

  it('accepts an acknowledgement and refuses one without its block', () => {
    expect(readKernelMessage(ack)).toEqual(ack);
    expect(readKernelMessage({ ...ack, block: -1 })).toBeNull();
    expect(readKernelMessage({ ...ack, block: undefined })).toBeNull();
  });
});

describe('readPairDescription', () => {
  const pair = new FakeKernel().pair();

  it('accepts what the kernel sends', () => {
    expect(readPairDescription(pair).energy.size).toBe(50);
  });

  it.each([
    ['axes of another size', { y: { ...pair.y, size: 21 } }, /spectra/],
    ['no image', { arrays: pair.arrays.slice(0, 1) }, /image as nothing/],
    ['an axis without scale', { x: { ...pair.x, scale: null } }, /version/],
    ['too few axis values', { x: { ...pair.x, values: [1] } }, /version/]
  ])('refuses %s', (_, change, message) => {
    expect(() => readPairDescription({ ...pair, ...change })).toThrow(message);
  });
});

it('losses that are not finite become null', () => {
  expect(lossesToJSON([0.5, NaN, Infinity])).toEqual([0.5, null, null]);
});
