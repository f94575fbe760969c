/** @jest-environment jsdom */
import './browser-globals';
import { Widget } from '@lumino/widgets';
import {
  bodyOf,
  button,
  key,
  one,
  open,
  page,
  settle,
  SIZE
} from './panel-page';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

const readout = (): DOMStringMap => one('[data-eelscape-readout]').dataset;

describe('the root', () => {
  it('is a named region with the id and status of the workspace', async () => {
    const workspace = open();
    await settle();
    const node = page.panel!.node;
    expect(node.getAttribute('role')).toBe('region');
    expect(node.getAttribute('aria-label')).toBe(workspace.title);
    expect(node.dataset.eelscapeId).toBe(workspace.id);
    expect(node.dataset.eelscapeStatus).toBe('ready');
    expect(page.panel!.title.label).toBe(workspace.title);
    expect(page.panel!.title.icon).toBeTruthy();
  });

  it('disposes itself with the workspace', () => {
    const workspace = open();
    (workspace.disposed as unknown as { emit(): void }).emit();
    expect(page.panel!.isDisposed).toBe(true);
  });

  it('hears nothing after it is disposed', async () => {
    const workspace = open();
    await settle();
    page.panel!.dispose();
    const before = readoutOf(page.panel!);
    workspace.navigation.setPointer(5, 5);
    await settle();
    expect(readoutOf(page.panel!)).toBe(before);
  });
});

function readoutOf(widget: Widget): string | undefined {
  return widget.node.querySelector<HTMLElement>('[data-eelscape-readout]')
    ?.dataset.row;
}

describe('the readout', () => {
  it('holds the error, the energy map and the latents at the pointer, in full', async () => {
    const workspace = open({ status: 'done' });
    await settle();
    const { data, models, navigation } = workspace;
    const pair = data.pair!;
    const model = models.active!;
    for (const [row, column] of [
      [20, 30],
      [8, 8],
      [40, 66]
    ]) {
      navigation.setPointer(row, column);
      const pixel = row * pair.nx + column;
      const [first, last] = navigation.energyRange;
      let sum = 0;
      for (let e = first; e <= last; e++) {
        sum += pair.spectra[pixel * pair.channels + e];
      }
      const text = readout();
      expect(text.row).toBe(String(row));
      expect(text.column).toBe(String(column));
      expect(Number(text.error)).toBe(model.error[pixel]);
      expect(Number(text.measured)).toBeCloseTo(sum / (last - first + 1), 3);
      expect(JSON.parse(text.latents!)).toEqual(
        Array.from(model.latentAt(row, column)!)
      );
    }
  });

  it('is empty where no window fits, and before training', async () => {
    const workspace = open({ status: 'done' });
    workspace.navigation.setPointer(0, 0);
    expect(readout().error).toBe('');
    expect(readout().latents).toBe('');
    page.panel!.dispose();
    open({ status: 'ready' });
    expect(readout().error).toBe('');
    expect(Number(readout().measured)).toBeGreaterThan(0);
  });
});

describe('keys', () => {
  it('move the pointer in the Navigator', async () => {
    const workspace = open();
    await settle();
    workspace.navigation.setPointer(20, 30);
    const node = bodyOf('navigator');
    key(node, 'ArrowRight');
    key(node, 'ArrowDown', { shiftKey: true });
    expect(workspace.navigation.pointer).toEqual([28, 31]);
    key(node, '2');
    expect(workspace.navigation.layer).toBe('energy');
  });

  it('move, resize and reset the energy range in Signal', async () => {
    const workspace = open();
    await settle();
    const { navigation } = workspace;
    navigation.setEnergyRange(100, 120);
    const node = bodyOf('signal');
    key(node, 'ArrowRight', { shiftKey: true });
    expect(navigation.energyRange).toEqual([110, 130]);
    key(node, 'ArrowLeft', { altKey: true });
    expect(navigation.energyRange).toEqual([110, 129]);
    navigation.setEnergyRange(380, 399);
    key(node, 'ArrowRight');
    expect(navigation.energyRange).toEqual([380, 399]);
    key(node, 'Escape');
    expect(navigation.energyRange).toEqual([0, 399]);
  });

  it('step through the nodes of the grids and stay within them', async () => {
    const workspace = open({ status: 'done' });
    await settle();
    const grid = workspace.models.grid!;
    const node = bodyOf('decoded');
    key(node, 'Home');
    expect(workspace.navigation.latentCursor![0]).toBeCloseTo(
      grid.ranges[0].min,
      6
    );
    key(node, 'ArrowLeft');
    expect(workspace.navigation.latentCursor![0]).toBeCloseTo(
      grid.ranges[0].min,
      6
    );
    key(node, 'ArrowRight');
    expect(workspace.navigation.latentCursor![0]).toBeCloseTo(grid.nodes[2], 4);
  });
});

describe('states', () => {
  it('without data show how to get some', async () => {
    open({ status: 'empty' });
    await settle();
    expect(page.panel!.node.textContent).toContain('No spectrum image yet');
    expect(page.panel!.node.textContent).toContain('eelscape.explore');
  });

  it('count what arrives and can be cancelled', async () => {
    const workspace = open({ status: 'loading' });
    const cancel = jest.spyOn(workspace, 'cancelTransfer');
    await settle();
    expect(page.panel!.node.textContent).toContain(
      '3 of 12 blocks, 4.1 of 16.2 MB'
    );
    button('Cancel').click();
    expect(cancel).toHaveBeenCalled();
  });

  it('offer Train where nothing is trained', async () => {
    const workspace = open({ status: 'ready' });
    await settle();
    const missing = Array.from(
      page.panel!.node.querySelectorAll<HTMLElement>('.jp-Eelscape-missing')
    ).filter(node => !node.hidden);
    expect(missing).toHaveLength(5);
    missing[0].querySelector('button')!.click();
    expect(workspace.training.running).toBe(true);
  });

  it('lock Setup while training', async () => {
    SIZE.width = 1200;
    open({ status: 'training' });
    await settle();
    const fields = page.panel!.node.querySelectorAll<HTMLInputElement>(
      '[data-eelscape-view=setup] input, [data-eelscape-view=setup] select'
    );
    expect(fields.length).toBeGreaterThan(10);
    expect(Array.from(fields).every(field => field.disabled)).toBe(true);
    expect(page.panel!.node.textContent).toContain('Epoch 37 / 120');
  });

  it('name the errors with their split, and warn of a leaking one', async () => {
    const workspace = open({ status: 'done', split: 'random' });
    await settle();
    const strip = one('.jp-Eelscape-strip').textContent!;
    expect(strip).toMatch(/2L.*train .* %.*test .* %/);
    expect(strip).toContain('Random split');
    button('Use left | right split').click();
    expect(workspace.data.setup.split).toBe('left-right');
    expect(workspace.data.setup.guard).toBeNull();
  });

  it('say that results belong to an earlier setup, and restore it', async () => {
    const workspace = open({ status: 'done', stale: true });
    await settle();
    expect(one('.jp-Eelscape-strip').textContent).toContain(
      'Results belong to the earlier setup'
    );
    button('Restore').click();
    await settle();
    expect(workspace.data.setup.epochs).toBe(120);
    expect(one('.jp-Eelscape-strip').textContent).not.toContain('Restore');
  });

  it('write data as text, never as markup', async () => {
    const workspace = open();
    Object.assign(workspace.data, {
      pair: {
        ...workspace.data.pair!,
        name: '<img src=x>',
        report: ['<b>bold</b>']
      }
    });
    SIZE.width = 1200;
    (workspace.data.pairChanged as unknown as { emit(): void }).emit();
    await settle();
    expect(page.panel!.node.querySelector('img')).toBeNull();
    expect(page.panel!.node.textContent).toContain('<b>bold</b>');
  });
});
