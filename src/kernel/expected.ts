/** What a welcome announces: a pair, or a question about it. */
import type { IPair } from '../signal/types';
import type { BlockSink, IArrayDescription } from './array-blocks';
import { assemblePair, readPairDescription } from './pair-description';
import {
  assembleQuestion,
  isQuestion,
  readQuestionDescription
} from './question-description';
import type { IQuestion } from './types';

/** How to pull it and what becomes of it. */
export interface IExpected {
  readonly name: string;
  readonly source: string;
  readonly arrays: readonly IArrayDescription[];
  assemble(sink: BlockSink): IPair | IQuestion;
}

/** @throws Error with a sentence for the user where it cannot be read. */
export function readWelcome(pair: unknown): IExpected {
  if (isQuestion(pair)) {
    const question = readQuestionDescription(pair);
    return {
      ...question,
      assemble: sink => assembleQuestion(question, sink)
    };
  }
  const description = readPairDescription(pair);
  return {
    ...description,
    assemble: sink => assemblePair(description, sink)
  };
}
