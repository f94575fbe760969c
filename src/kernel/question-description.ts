/** What the kernel asks before it has a pair, checked before anything is allocated. */
import { MAX_NAME, MAX_TEXT } from '../signal/limits';
import {
  isArrayDescription,
  type BlockSink,
  type IArrayDescription
} from './array-blocks';
import { hasFields, isList, isText, isWhole, type Check } from './checks';
import type { IQuestion } from './types';

/** A question without the pixels of its previews. */
export interface IQuestionDescription {
  /** Name under which the blocks of the previews are pulled. */
  readonly source: string;
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly groups: readonly {
    readonly key: string;
    readonly label: string;
    readonly suggested: number;
    readonly options: readonly {
      readonly title: string;
      readonly detail: string;
      /** Name of an array; null where the option has no picture. */
      readonly preview: string | null;
    }[];
  }[];
  readonly arrays: readonly IArrayDescription[];
}

/** Pixels on a side of a preview, at most. */
const PREVIEW_SIDE = 128;
const MOST_GROUPS = 8;
const MOST_OPTIONS = 200;
const text = isText(MAX_TEXT);
const name = isText(MAX_NAME);

const isOption: Check = value =>
  hasFields(value, {
    title: text,
    detail: text,
    preview: preview => preview === null || name(preview)
  });

const isGroup: Check = value =>
  hasFields(value, {
    key: name,
    label: text,
    suggested: isWhole(-1),
    options: isList(MOST_OPTIONS, isOption)
  }) &&
  (value.options as unknown[]).length > 0 &&
  (value.suggested as number) < (value.options as unknown[]).length;

const isPreview: Check = value =>
  isArrayDescription(value) &&
  value.dtype === 'float32' &&
  value.shape.length === 2 &&
  value.shape.every(side => side >= 1 && side <= PREVIEW_SIDE);

/** True where the kernel answers a hello with a question and not with a pair. */
export function isQuestion(pair: unknown): boolean {
  return typeof pair === 'object' && pair !== null && 'question' in pair;
}

/** Read a description; throws an Error that says what does not fit. */
export function readQuestionDescription(value: unknown): IQuestionDescription {
  if (
    !hasFields(value, {
      id: name,
      name: text,
      question: question =>
        hasFields(question, {
          source: name,
          text,
          groups: isList(MOST_GROUPS, isGroup)
        }),
      arrays: isList(MOST_GROUPS * MOST_OPTIONS, isPreview)
    })
  ) {
    throw new Error(
      'The kernel asked something in a way that this front end cannot read. ' +
        'Install the same version of eelscape on both sides.'
    );
  }
  const question = value.question as Omit<
    IQuestionDescription,
    'id' | 'name' | 'arrays'
  >;
  const arrays = value.arrays as unknown as readonly IArrayDescription[];
  const announced = new Set(arrays.map(array => array.name));
  const missing = question.groups
    .flatMap(group => group.options)
    .find(({ preview }) => preview !== null && !announced.has(preview));
  if (missing || announced.size < arrays.length) {
    throw new Error(
      'The kernel announced previews that do not belong together. ' +
        'Run the cell with explore again.'
    );
  }
  return {
    ...question,
    id: value.id as string,
    name: value.name as string,
    arrays
  };
}

/** The question with the previews that a complete sink holds. */
export function assembleQuestion(
  description: IQuestionDescription,
  sink: BlockSink
): IQuestion {
  const { id, name, text: question, groups, arrays } = description;
  const shapes = new Map(arrays.map(array => [array.name, array.shape]));
  return {
    id,
    name,
    question,
    groups: groups.map(({ key, label, suggested, options }) => ({
      key,
      label,
      suggested,
      options: options.map(({ title, detail, preview }) => {
        const shape = preview === null ? undefined : shapes.get(preview);
        return {
          title,
          detail,
          previewShape: shape ? ([shape[0], shape[1]] as const) : null,
          preview: shape ? new Float32Array(sink.take(preview!).buffer) : null
        };
      })
    }))
  };
}
