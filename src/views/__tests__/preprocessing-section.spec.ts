/** @jest-environment jsdom */
import './browser-globals';
import {
  addStep,
  all,
  button,
  choose,
  column,
  field,
  one,
  openData,
  settle,
  type
} from './panel-page';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

const text = (): string => column().textContent ?? '';

describe('Preprocessing', () => {
  it('lists the steps in order and marks the automatic ones', async () => {
    await openData({ steps: 2 });
    const items = Array.from(column().querySelectorAll('ol > li'));
    expect(items).toHaveLength(2);
    expect(items[0].textContent).toContain('Binned the scan by 2');
    expect(items[0].textContent).toContain('automatic');
    expect(items[1].textContent).not.toContain('automatic');
    expect(one('.jp-Eelscape-provenance').textContent).toContain('2 steps');
  });

  it('undoes and redoes, but no step that keeps to the memory budget', async () => {
    const workspace = await openData({ steps: 2 });
    const { preprocessing } = workspace;
    const [budget, mended] = preprocessing.steps;
    expect(button('Redo').disabled).toBe(true);
    button('Undo').click();
    await settle();
    expect(preprocessing.steps).toEqual([budget]);
    expect(button('Undo').disabled).toBe(true);
    expect(button('Undo').title).toContain('memory budget');
    expect(button('Redo').title).toContain('Mended 37');
    button('Redo').click();
    await settle();
    expect(preprocessing.steps).toEqual([budget, mended]);
  });

  it('prepares a step from the menu, with what it would do, and applies it', async () => {
    const workspace = await openData({ raw: true });
    await addStep('Remove zero-loss tail');
    const { preprocessing } = workspace;
    expect(preprocessing.draft).toMatchObject({
      step: 'remove_zero_loss',
      tail: null,
      rise: null,
      align: true
    });
    expect(text()).toContain('two exponentials (31 and 118 meV)');
    expect(text()).toContain('2.1 times the counting noise');
    expect(text()).toContain('After: (75, 62 | 400), 7.1 MiB');
    // The form takes the focus that the menu had.
    expect(document.activeElement).toBe(field('Tail (eV), from'));
    button('Apply').click();
    await settle();
    expect(preprocessing.steps).toHaveLength(1);
    expect(preprocessing.draft).toBeNull();
    expect(column().querySelector('ol > li')!.textContent).toContain(
      'remove the zero-loss tail'
    );
  });

  it('shows the windows that the kernel chose, and says so until one is typed', async () => {
    const workspace = await openData({ raw: true });
    await addStep('Remove zero-loss tail');
    const from = (): HTMLInputElement => field('Tail (eV), from');
    expect(from().value).toBe('0.055');
    expect(all('.jp-Eelscape-automatic').map(n => n.textContent)).toEqual([
      'automatic',
      'automatic'
    ]);
    type(from(), '0.06');
    await settle();
    expect(workspace.preprocessing.draft).toMatchObject({
      tail: [0.06, 0.105],
      rise: null
    });
    button('Tail: choose automatically').click();
    await settle();
    expect(workspace.preprocessing.draft).toMatchObject({ tail: null });
  });

  it('takes energies in the display unit and keeps them in eV', async () => {
    const workspace = await openData();
    await addStep('Crop energies');
    workspace.navigation.setEnergyUnit('meV');
    await settle();
    const from = field<HTMLInputElement>('Keep (meV), from');
    expect(from.value).toBe('200');
    expect(field<HTMLInputElement>('Keep (meV), to').placeholder).toBe(
      '1197.5'
    );
    type(from, '312.5');
    type(field('Keep (meV), to'), '900');
    await settle();
    expect(workspace.preprocessing.draft).toMatchObject({
      start: 0.3125,
      stop: 0.9
    });
    type(field('Keep (meV), to'), '');
    await settle();
    expect(workspace.preprocessing.draft!.stop).toBeNull();
  });

  it('takes the energy range, both of its channels included', async () => {
    const workspace = await openData();
    workspace.navigation.setEnergyRange(100, 119);
    await addStep('Crop energies');
    button('Take energy range').click();
    await settle();
    expect(text()).toContain('Would keep 20 of 400 channels.');
    expect(workspace.preprocessing.preview!.shapeAfter[2]).toBe(20);
  });

  it('takes a selected rectangle, and only a rectangle', async () => {
    const workspace = await openData({ regions: true });
    await addStep('Crop scan');
    expect(button('Take R1')).toBeUndefined();
    workspace.regions.select('R2');
    await settle();
    expect(button('Take R2')).toBeUndefined();
    workspace.regions.select('R1');
    await settle();
    button('Take R1').click();
    await settle();
    expect(workspace.preprocessing.draft).toEqual({
      step: 'crop_scan',
      rows: [6, 22],
      columns: [52, 68]
    });
  });

  it('leaves the choice of sum or mean to the kernel unless one is chosen', async () => {
    const workspace = await openData();
    await addStep('Bin scan');
    expect(workspace.preprocessing.draft).toEqual({
      step: 'bin_scan',
      factor: 2,
      mode: null
    });
    choose(field('Values'), 'mean');
    type(field('Factor'), '3');
    await settle();
    expect(workspace.preprocessing.draft).toEqual({
      step: 'bin_scan',
      factor: 3,
      mode: 'mean'
    });
    // Half a pixel cannot be joined: the field falls back.
    type(field('Factor'), '2.5');
    await settle();
    expect(workspace.preprocessing.draft!.factor).toBe(3);
  });

  it('gives the focus back to "Add step" when the form goes', async () => {
    const workspace = await openData();
    await addStep('Normalise');
    button('Discard').focus();
    button('Discard').click();
    await settle();
    expect(workspace.preprocessing.draft).toBeNull();
    expect(document.activeElement).toBe(button('Add step'));
  });

  it('shows progress with Cancel, and locks the rest meanwhile', async () => {
    const workspace = await openData({ steps: 1, busy: true });
    const cancel = jest.spyOn(workspace.preprocessing, 'cancel');
    const bar = column().querySelector('[role=progressbar]')!;
    expect(bar.getAttribute('aria-valuenow')).toBe('34');
    expect(text()).toContain('Mending spikes: row 21 of 62');
    expect(button('Add step').disabled).toBe(true);
    button('Cancel').click();
    expect(cancel).toHaveBeenCalled();
  });

  it('says why nothing can be applied, and what went wrong', async () => {
    await openData({
      steps: 2,
      blocked: 'Training runs. Stop it first.',
      taskError: 'The crop of 0.5 to 0.4 eV is empty. Start below the end.'
    });
    expect(button('Add step').disabled).toBe(true);
    expect(button('Add step').title).toBe('Training runs. Stop it first.');
    expect(button('Run').disabled).toBe(true);
    const alert = column().querySelector('[role=alert]')!;
    expect(alert.textContent).toContain('Start below the end.');
    expect(text()).toContain('Training runs. Stop it first.');
  });

  it('says how many models wait before a step, or after one that is undone', async () => {
    const workspace = await openData({ steps: 2, shelved: 2 });
    const strip = one('.jp-Eelscape-strip');
    const inStrip = (): string[] =>
      Array.from(strip.querySelectorAll('button')).map(
        item => item.textContent ?? ''
      );
    expect(strip.textContent).toContain(
      '2 models belong to the data before this step. Undo brings them back.'
    );
    expect(inStrip()).toEqual(['Undo']);
    strip.querySelector('button')!.click();
    await settle();
    expect(workspace.preprocessing.steps).toHaveLength(1);
    // What is left keeps to the memory budget: only forth.
    expect(strip.textContent).toContain('Redo brings them back.');
    expect(inStrip()).toEqual(['Redo']);
  });
});
