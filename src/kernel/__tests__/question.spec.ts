import { describeArray } from '../array-blocks';
import { Link } from '../link';
import { readQuestionDescription } from '../question-description';
import type { IQuestion } from '../types';
import { FakeKernel, type Json } from './fake-kernel';

const preview = Float32Array.from({ length: 6 }, (_, i) => i * 1.5);
const description = describeArray('image 1', preview, [2, 3], 8);

const offer = (): Json => ({
  id: 'ex1',
  name: 's',
  title: '',
  question: {
    source: 'question:1',
    text: 'The list holds 2 images of the shape of the scan.',
    groups: [
      {
        key: 'image',
        label: 'HAADF image',
        suggested: -1,
        options: [
          { title: '<b>BF</b>', detail: '2 x 3, counts', preview: null },
          { title: 'HAADF', detail: '2 x 3, counts', preview: 'image 1' }
        ]
      }
    ]
  },
  arrays: [description]
});

describe('a question in place of a pair', () => {
  let link: Link | undefined;

  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    link?.dispose();
    jest.useRealTimers();
  });

  it('comes with its previews, and then the pair that was chosen', async () => {
    const kernel = new FakeKernel();
    kernel.source = 'question:1';
    kernel.offer = offer();
    kernel.arrays.set('image 1', [preview, description]);
    link = new Link(kernel.connection, 'ex1');
    const receive = async () => {
      const got = link!.receivePair(
        () => undefined,
        new AbortController().signal
      );
      await jest.advanceTimersByTimeAsync(1000);
      return got;
    };
    const question = (await receive()) as IQuestion;
    expect(question).toEqual({
      id: 'ex1',
      name: 's',
      question: 'The list holds 2 images of the shape of the scan.',
      groups: [
        {
          key: 'image',
          label: 'HAADF image',
          suggested: -1,
          options: [
            {
              title: '<b>BF</b>',
              detail: '2 x 3, counts',
              previewShape: null,
              preview: null
            },
            {
              title: 'HAADF',
              detail: '2 x 3, counts',
              previewShape: [2, 3],
              preview
            }
          ]
        }
      ]
    });
    kernel.offer = null;
    kernel.arrays.delete('image 1');
    kernel.source = 'pair:2';
    expect(await receive()).toMatchObject({ name: 's', channels: 50 });
  });
});

describe('readQuestionDescription', () => {
  const question = offer().question as { groups: Json[] };
  const group = question.groups[0];

  it('accepts what the kernel sends', () => {
    expect(readQuestionDescription(offer()).groups[0].key).toBe('image');
  });

  it.each([
    [
      'a preview of 129 pixels',
      { arrays: [{ ...description, shape: [1, 129], bytes: 516, blocks: 65 }] }
    ],
    ['a preview of int32', { arrays: [{ ...description, dtype: 'int32' }] }],
    ['a preview that is not announced', { arrays: [] }],
    ['two previews of one name', { arrays: [description, description] }],
    [
      'a group without options',
      { question: { ...question, groups: [{ ...group, options: [] }] } }
    ],
    [
      'a suggestion that is no option',
      { question: { ...question, groups: [{ ...group, suggested: 2 }] } }
    ],
    ['a question without text', { question: { ...question, text: 3 } }],
    ['no name', { name: null }]
  ])('refuses %s', (_, change) => {
    expect(() => readQuestionDescription({ ...offer(), ...change })).toThrow(
      /kernel (asked|announced)/
    );
  });
});
