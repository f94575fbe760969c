/** A view as an exported figure, for tests in jsdom. */
import { type ILook, type IPicture, pictureOf } from '../export-picture';
import type { View } from '../view';

export const LOOK: ILook = {
  background: 'white',
  ratio: 1,
  title: true,
  caption: 'caption',
  colourBars: true,
  scaleBars: true
};

/** The figure of one view. */
export function figureOf(view: View, look: Partial<ILook> = {}): IPicture {
  const subject = { views: [view], title: view.headingText, whole: false };
  return pictureOf(subject, view.node, { ...LOOK, ...look });
}
