/** @jest-environment jsdom */
import './browser-globals';
import { all, button, one, open, page, settle } from './panel-page';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

const radios = (): HTMLInputElement[] =>
  all('input[type=radio]') as HTMLInputElement[];

describe('the chooser', () => {
  it('[D6] asks what the kernel must know, with titles, details and pictures', async () => {
    const workspace = open({ status: 'question' });
    await settle();
    const form = one('.jp-Eelscape-chooser');
    expect(form.textContent).toContain(workspace.question!.question);
    expect(all('legend').map(node => node.textContent)).toEqual([
      'Spectrum image',
      'Image'
    ]);
    expect(form.textContent).toContain('62 × 75 × 640, counts');
    expect(form.querySelectorAll('canvas')).toHaveLength(5);
    expect(one('.jp-Eelscape-stage').classList).toContain('lm-mod-hidden');
  });

  it('suggests an option of each group and answers with what is chosen', async () => {
    const workspace = open({ status: 'question' });
    const choose = jest.spyOn(workspace, 'choose');
    await settle();
    expect(radios().map(radio => radio.checked)).toEqual([
      true,
      false,
      false,
      false,
      true,
      false
    ]);
    radios()[1].click();
    await settle();
    button('Open').click();
    await settle();
    expect(choose).toHaveBeenCalledTimes(1);
    expect(choose).toHaveBeenCalledWith({ spectra: 1, image: 2 });
    // A second click would answer twice.
    expect(button('Opening').disabled).toBe(true);
  });

  it('has one radio group a question, so that the arrow keys stay within it', async () => {
    open({ status: 'question' });
    await settle();
    const names = radios().map(radio => radio.name);
    expect(new Set(names.slice(0, 2)).size).toBe(1);
    expect(new Set(names.slice(2)).size).toBe(1);
    expect(names[0]).not.toBe(names[2]);
    expect((button('Open') as HTMLButtonElement).type).toBe('submit');
  });

  it('waits for a choice where the kernel suggests none', async () => {
    const workspace = open({ status: 'question' });
    const question = workspace.question!;
    Object.assign(workspace, {
      question: {
        ...question,
        id: 'other',
        groups: question.groups.map(group => ({ ...group, suggested: -1 }))
      }
    });
    emit(workspace.changed);
    await settle();
    expect(button('Open').disabled).toBe(true);
    radios()[0].click();
    radios()[3].click();
    await settle();
    expect(button('Open').disabled).toBe(false);
  });

  it('shows why an answer is not possible and takes another', async () => {
    const workspace = open({ status: 'question' });
    await settle();
    button('Open').click();
    await settle();
    Object.assign(workspace, {
      error: 'The image is 512 x 512, the scan 62 x 75. Choose another image.'
    });
    emit(workspace.changed);
    await settle();
    expect(one('[role=alert]').textContent).toContain('Choose another image.');
    expect(button('Open').disabled).toBe(false);
  });

  it('writes titles as text, never as markup', async () => {
    open({ status: 'question' });
    await settle();
    expect(page.panel!.node.querySelector('b > b')).toBeNull();
    expect(one('.jp-Eelscape-chooser').textContent).toContain(
      'HAADF <b>simultaneous</b>'
    );
  });
});

function emit(signal: unknown): void {
  (signal as { emit(): void }).emit();
}
