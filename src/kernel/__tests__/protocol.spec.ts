import { DEFAULT_SETUP } from '../../signal/types';
import { readPairDescription } from '../pair-description';
import {
  lossesToJSON,
  PROTOCOL_VERSION,
  readControlMessage,
  readKernelMessage
} from '../protocol';
import { FakeKernel, NO_STATE } from './fake-kernel';

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
    ['no scaling', { setup: { ...DEFAULT_SETUP, scaling: undefined } }],
    ['an unknown scaling', { setup: { ...DEFAULT_SETUP, scaling: 'best' } }],
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

describe('messages of the kernel', () => {
  const state = {
    type: 'task-state',
    task: 't',
    state: 'running',
    fraction: 0.5,
    message: 'Row 31 of 62',
    fields: {},
    arrays: []
  };

  it('accepts the state of a task, known or unknown how far', () => {
    expect(readKernelMessage(state)).toEqual(state);
    expect(readKernelMessage({ ...state, fraction: null })).not.toBeNull();
  });

  it.each([
    ['an unknown state', { state: 'ready' }],
    ['more than all of it', { fraction: 1.5 }],
    ['NaN as text', { fraction: 'nan' }],
    ['no message', { message: undefined }],
    ['fields that are a list', { fields: [] }],
    ['arrays that are none', { arrays: [{ name: 'a' }] }]
  ])('refuses %s', (_, change) => {
    expect(readKernelMessage({ ...state, ...change })).toBeNull();
  });

  const region = {
    name: 'R1',
    kind: 'rectangle',
    points: [
      [0, 0],
      [3, 4.5]
    ]
  };
  const welcomeWith = (change: object) =>
    readKernelMessage({
      type: 'welcome',
      protocol: PROTOCOL_VERSION,
      role: 'leader',
      pair: {},
      state: { ...NO_STATE, ...change }
    });
  const welcome = (regions: unknown) => welcomeWith({ regions });

  it('accepts regions and no regions', () => {
    expect(welcome([])).not.toBeNull();
    expect(welcome([region])).not.toBeNull();
    expect(welcome(undefined)).toBeNull();
  });

  it.each([
    ['two vertices of a polygon', { kind: 'polygon' }],
    ['three corners', { points: [...region.points, [1, 1]] }],
    ['another kind', { kind: 'star' }],
    [
      'a point of three numbers',
      {
        points: [
          [0, 0, 0],
          [1, 1]
        ]
      }
    ],
    [
      'a number that is none',
      {
        points: [
          [0, 'nan'],
          [1, 1]
        ]
      }
    ]
  ])('refuses a region with %s', (_, change) => {
    expect(welcome([{ ...region, ...change }])).toBeNull();
  });

  it('refuses more regions than a panel may have', () => {
    const many = (n: number) =>
      Array.from({ length: n }, (_, i) => ({ ...region, name: `R${i}` }));
    expect(welcome(many(200))).not.toBeNull();
    expect(welcome(many(201))).toBeNull();
  });

  const pin = { letter: 'a', name: 'void', row: 3, column: 4 };
  const analysis = { gridSize: 8, axes: [0, 1], k: 3, clusters: null };
  const clusters = { k: 8, covariance: 'full', seed: 0 };

  it.each([
    ['places', { pointer: [1, 2], secondPointer: [3, 4], region: 'R1' }],
    ['pins', { pins: [pin, { ...pin, letter: 'b' }] }],
    ['a selection', { selection: [3, 4, 9, 1], metric: 'mse_raw' }],
    ['settings', { analysis: { ...analysis, clusters } }]
  ])('accepts %s', (_, change) => {
    expect(welcomeWith(change)).not.toBeNull();
  });

  it.each([
    ['a pointer outside', { pointer: [-1, 2] }],
    ['a pin without a place', { pins: [{ letter: 'a', name: '' }] }],
    ['more pins than fit', { pins: Array.from({ length: 201 }, () => pin) }],
    ['a selection that is none', { selection: [0.5, 1] }],
    ['another metric', { metric: 'worst' }],
    ['a grid of nothing', { analysis: { ...analysis, gridSize: 0 } }],
    [
      'clusters without a seed',
      { analysis: { ...analysis, clusters: { k: 8, covariance: 'full' } } }
    ],
    ['no settings', { analysis: undefined }]
  ])('refuses %s', (_, change) => {
    expect(welcomeWith(change)).toBeNull();
  });

  it('accepts that a cell places a state', () => {
    const place = { type: 'place', request: 1, client: 'c', state: NO_STATE };
    expect(readControlMessage(place)).not.toBeNull();
    expect(readControlMessage({ ...place, state: {} })).toBeNull();
  });

  it('accepts that a cell has factorised', () => {
    const changed = { type: 'changed', request: 1, client: 'c' };
    const read = (what: string) => readControlMessage({ ...changed, what });
    expect(read('factorisation')).not.toBeNull();
    expect(read('data')).toBeNull();
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
