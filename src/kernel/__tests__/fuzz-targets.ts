/** What comes from the kernel, broken. */
import {
  brokenJson,
  judged,
  type IInput,
  type ITarget,
  type Json,
  type Outcome
} from '../../signal/__tests__/fuzz';
import { MAX_BLOCKS } from '../../signal/limits';
import { DEFAULT_SETUP } from '../../signal/types';
import { BlockSink, describeArray, isArrayDescription } from '../array-blocks';
import { isAxis } from '../axis-check';
import { Link } from '../link';
import { readPairDescription } from '../pair-description';
import {
  PROTOCOL_VERSION,
  readControlMessage,
  readKernelMessage
} from '../protocol';
import { readQuestionDescription } from '../question-description';
import { isRegionShape } from '../region-check';
import { isPanelState } from '../state-check';
import { FakeKernel, NO_STATE } from './fake-kernel';

const ARRAY = describeArray('file', new Uint8Array(64), [64], 32);
const REGION = {
  name: 'R1',
  kind: 'polygon',
  points: [
    [0, 0],
    [5, 1],
    [3, 9.5]
  ]
};
const STATE = {
  ...NO_STATE,
  pointer: [1, 2],
  energyRange: [0.2, 0.4],
  regions: [REGION],
  region: 'R1',
  pins: [{ letter: 'A', name: 'a', row: 3, column: 4 }],
  selection: [3, 2, 8, 1],
  analysis: { gridSize: 16, axes: [0, 1], k: 3, clusters: null }
};
const PAIR = new FakeKernel().pair();
const AXIS = PAIR.energy;
const QUESTION = {
  id: 'ex1',
  name: 's',
  title: '',
  question: {
    source: 'question:1',
    text: 'Which?',
    groups: [
      {
        key: 'image',
        label: 'HAADF image',
        suggested: 0,
        options: [
          { title: 'a', detail: 'b', preview: 'image 0' },
          { title: 'c', detail: 'd', preview: null }
        ]
      }
    ]
  },
  arrays: [describeArray('image 0', new Float32Array(6), [2, 3], 8)]
};
const BLOCK = { array: 'file', block: 0, of: 2, bytes: 32, crc32: 420107693 };
const KERNEL_MESSAGES: readonly Json[] = [
  {
    type: 'welcome',
    protocol: PROTOCOL_VERSION,
    role: 'leader',
    pair: PAIR,
    state: STATE
  },
  { type: 'refused', message: 'no' },
  { type: 'error', message: 'no' },
  { type: 'who' },
  { type: 'block', source: 'pair:1', ...BLOCK },
  { type: 'unavailable', source: 'pair:1' },
  {
    type: 'task-state',
    task: 't',
    state: 'done',
    fraction: 1,
    message: '',
    fields: { a: [1, { b: 2 }] },
    arrays: [ARRAY]
  },
  { type: 'started', transfer: 't' },
  { type: 'ack', transfer: 't', array: 'file', block: 0 },
  { type: 'stored', transfer: 't', message: '' }
];
const CONTROL_MESSAGES: readonly Json[] = [
  { type: 'train', request: 1, client: 'c', run: 'r', setup: DEFAULT_SETUP },
  { type: 'stop', request: 2, client: 'c', run: 'r' },
  { type: 'show', request: 3, client: 'c', model: 'm', arrays: [ARRAY] },
  { type: 'reload', request: 4, client: 'c' },
  { type: 'place', request: 5, client: 'c', state: STATE },
  { type: 'changed', request: 6, client: 'c', what: 'factorisation' },
  { type: 'ping', client: 'c' }
];

/** A target whose reader says whether a value is what it should be. */
function guard(
  valid: unknown,
  read: (value: unknown) => boolean,
  more: readonly unknown[] = []
): ITarget {
  return {
    size: 100_000,
    read: ({ dice, any }) =>
      read(dice.next() < 0.1 ? any : brokenJson(valid, dice, [any, ...more]))
        ? 'accepted'
        : 'refused'
  };
}

/** A target whose reader throws an Error with a sentence for the user. */
function reader(valid: unknown, read: (value: unknown) => unknown): ITarget {
  return {
    size: 100_000,
    read: ({ dice, any }) =>
      judged(
        () => read(dice.next() < 0.1 ? any : brokenJson(valid, dice, [any])),
        error =>
          (error as Error).constructor === Error &&
          /^The kernel (described|announced|asked)/.test(
            (error as Error).message
          )
      )
  };
}

/** Messages on a line that is open: nothing is thrown, and the line still serves. */
async function onLine({ dice, any }: IInput): Promise<Outcome> {
  const kernel = new FakeKernel();
  const link = new Link(kernel.connection, 'ex1');
  let accepted = 0;
  try {
    const comm = kernel.comms[0];
    for (let i = 0; i < 4; i++) {
      const ofCell = dice.next() < 0.4;
      const valid = dice.of(ofCell ? CONTROL_MESSAGES : KERNEL_MESSAGES);
      const data =
        dice.next() < 0.1
          ? any
          : brokenJson(valid, dice, [any, kernel.clients[0], 'pair:1']);
      const read = ofCell ? readControlMessage : readKernelMessage;
      accepted += read(data) ? 1 : 0;
      if (ofCell) {
        link.onControl(data);
      } else {
        const buffers = [new Uint8Array(dice.of([0, 32]))];
        comm?.onMsg({ content: { comm_id: 'data-0', data }, buffers });
      }
    }
    await Promise.resolve();
  } finally {
    link.dispose();
  }
  return accepted > 0 ? 'accepted' : 'refused';
}

export const TARGETS: Readonly<Record<string, ITarget>> = {
  'messages of the kernel': {
    size: 100_000,
    read: ({ dice, any }) => {
      const valid = dice.of(KERNEL_MESSAGES);
      return readKernelMessage(brokenJson(valid, dice, [any]))
        ? 'accepted'
        : 'refused';
    }
  },
  'messages of cells': {
    size: 100_000,
    read: ({ dice, any }) => {
      const valid = dice.of(CONTROL_MESSAGES);
      return readControlMessage(brokenJson(valid, dice, [any]))
        ? 'accepted'
        : 'refused';
    }
  },
  'messages on an open line': { size: 100_000, read: onLine },
  'panel states': guard(STATE, isPanelState),
  regions: guard(REGION, isRegionShape),
  axes: guard(AXIS, isAxis),
  'array descriptions': guard(
    ARRAY,
    value => {
      if (!isArrayDescription(value)) {
        return false;
      }
      expect(value.blocks).toBeLessThanOrEqual(MAX_BLOCKS);
      if (value.bytes <= 2 ** 20) {
        expect(new BlockSink([value]).totalBytes).toBe(value.bytes);
      }
      return true;
    },
    [{ ...ARRAY, shape: [2 ** 31], bytes: 2 ** 31, blockBytes: 1 }]
  ),
  pairs: reader(PAIR, readPairDescription),
  questions: reader(QUESTION, readQuestionDescription)
};
