/** @jest-environment jsdom */
import './browser-globals';
import type { MockSource } from '../../../ui-tests/panel-harness/mock-source';
import { all, button, one, open, settle } from './panel-page';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

const rows = (): HTMLElement[] => all('[aria-label="Changed in Python"]');

describe('a variable that changed in Python', () => {
  it('[K4] is named, with the question what to do', async () => {
    const { source } = open({ changed: ['s'] });
    await settle();
    expect(rows()).toHaveLength(1);
    expect(rows()[0].textContent).toBe(
      '`s` changed in Python since it was opened. ReloadKeep'
    );
    button('Keep').click();
    await settle();
    expect((source as MockSource).pressed).toEqual(['keep']);
    expect(rows()).toHaveLength(0);
  });

  it('[K4] may be two', async () => {
    const { source } = open({ changed: ['s', '<b>haadf</b>'] });
    await settle();
    expect(rows()[0].textContent).toContain(
      '`s`, `<b>haadf</b>` changed in Python since they were opened.'
    );
    button('Reload').click();
    await settle();
    expect((source as MockSource).pressed).toEqual(['reload']);
  });

  it('[K4] is not read while a network trains on the data', async () => {
    open({ changed: ['s'], blocked: 'A network trains on these data.' });
    await settle();
    expect(button('Reload').disabled).toBe(true);
    expect(button('Reload').title).toBe('A network trains on these data.');
    expect(button('Keep').disabled).toBe(false);
  });

  it('[K4] that cannot be opened says why', async () => {
    open({ changed: ['s'], taskError: '`s` is no longer in Python.' });
    await settle();
    expect(one('[aria-label="Changed in Python"]').textContent).toContain(
      '`s` is no longer in Python.'
    );
    expect(button('Reload').disabled).toBe(false);
  });

  it('[K4] is not asked about where nothing changed', async () => {
    open();
    await settle();
    expect(rows()).toHaveLength(0);
  });
});

describe('another tab over the same data', () => {
  const row = () => all('.jp-mod-elsewhere').map(node => node.textContent);

  it('[K10] says that it trains, and how far it is', async () => {
    const { source } = open();
    await settle();
    expect(row()).toEqual([]);
    const mock = source as MockSource;
    mock.elsewhere = { training: { epoch: 12, epochs: 40 } };
    mock.changed.emit();
    await settle();
    expect(row()).toEqual([
      'Another tab trains on these data: epoch 12 of 40. ' +
        'What cells ask for runs there; close it to have it here. This tab trains by itself.'
    ]);
    mock.elsewhere = { training: null };
    mock.changed.emit();
    await settle();
    expect(row()[0]).toContain('Another tab shows these data too.');
    mock.elsewhere = null;
    mock.changed.emit();
    await settle();
    expect(row()).toEqual([]);
  });
});
