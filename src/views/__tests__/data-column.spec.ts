/** @jest-environment jsdom */
import './browser-globals';
import {
  all,
  button,
  choose,
  column,
  field,
  one,
  open,
  openData,
  page,
  settle,
  SIZE,
  type
} from './panel-page';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

const text = (): string => column().textContent ?? '';

describe('the toggles of the toolbar', () => {
  it('open one of the two forms at a time', async () => {
    await openData();
    expect(column().classList).not.toContain('lm-mod-hidden');
    expect(button('Data').getAttribute('aria-pressed')).toBe('true');
    button('Setup').click();
    await settle();
    expect(column().classList).toContain('lm-mod-hidden');
    expect(one('[data-eelscape-view=setup]').classList).not.toContain(
      'lm-mod-hidden'
    );
    expect(button('Data').getAttribute('aria-pressed')).toBe('false');
    button('Setup').click();
    await settle();
    expect(one('[data-eelscape-view=setup]').classList).toContain(
      'lm-mod-hidden'
    );
  });

  it('stand in the menu of a narrow panel and open its sections', async () => {
    SIZE.width = 420;
    open();
    await settle();
    expect(button('Data')).toBeTruthy();
    button('More').click();
    await settle();
    const labels = Array.from(
      document.querySelectorAll('.lm-Menu-itemLabel')
    ).map(item => item.textContent);
    expect(labels.slice(0, 2)).toEqual(['Data', 'Setup']);
    const menu = document.querySelector<HTMLElement>('.lm-Menu')!;
    for (const keyCode of [40, 13]) {
      menu.dispatchEvent(
        new KeyboardEvent('keydown', { keyCode, bubbles: true })
      );
    }
    await settle();
    expect(column().classList).not.toContain('jp-mod-closed');
    expect(one('[data-eelscape-view=setup]').classList).toContain(
      'jp-mod-closed'
    );
  });

  it('come in the order toolbar, run strip, Data, Setup, Navigator', async () => {
    await openData();
    const order = all(
      '.jp-Eelscape-toolbar, .jp-Eelscape-strip, [data-eelscape-view]'
    ).map(node => node.dataset.eelscapeView ?? node.className);
    expect(order[0]).toContain('toolbar');
    expect(order[1]).toContain('strip');
    expect(order.slice(2, 5)).toEqual(['data', 'setup', 'navigator']);
  });
});

describe('Source', () => {
  it('tells shapes, units, type, size, origin and the conversion report', async () => {
    await openData({ raw: true, steps: 1 });
    for (const part of [
      '(150, 124 | 640)',
      'counts',
      'hyperspy · uint16',
      '45.4 MiB, lazy',
      'Axes (x, y | E) became (y, x, E).',
      '11\u202f904\u202f000 uint16',
      '1\u202f860\u202f000 float32',
      '(75, 62 | 400)',
      '2 nm'
    ]) {
      expect(text()).toContain(part);
    }
    const code = column().querySelector('code')!;
    expect(code.textContent).toMatch(/^[0-9a-f]{10}…$/);
    expect(code.title).toMatch(/^[0-9a-f]{64}$/);
  });

  it('copies the whole checksum', async () => {
    const workspace = await openData();
    const writeText = jest.fn(() => Promise.resolve());
    Object.assign(navigator, { clipboard: { writeText } });
    button('Copy sha256').click();
    await settle();
    expect(writeText).toHaveBeenCalledWith(workspace.data.pair!.sha256);
    expect(button('sha256 copied')).toBeTruthy();
  });

  it('[D3] counts what is excluded', async () => {
    const workspace = open();
    const pair = workspace.data.pair!;
    const mask = new Uint8Array(pair.ny * pair.nx);
    mask.fill(1, 0, 12);
    Object.assign(workspace.data, { pair: { ...pair, mask } });
    await settle();
    button('Data').click();
    await settle();
    expect(text()).toContain('12 of 4\u202f650 spectra');
  });
});

describe('Components', () => {
  it('run with the number that is typed', async () => {
    const workspace = await openData();
    const run = jest.spyOn(workspace.factorisation, 'run');
    expect(field<HTMLInputElement>('Number').value).toBe('4');
    type(field('Number'), '6');
    await settle();
    button('Run').click();
    expect(run).toHaveBeenCalledWith(6);
  });

  it('tell what they explain and become the layer of Navigator', async () => {
    const workspace = await openData({ components: 3 });
    expect(text()).toContain('98.4 % of the sum of squares explained.');
    expect(text()).toContain('1903 negative values');
    const items = Array.from(
      column().querySelectorAll<HTMLButtonElement>('.jp-Eelscape-item')
    );
    expect(items).toHaveLength(3);
    expect(items[0].textContent).toContain('maximum at 0.500 eV');
    items[2].click();
    await settle();
    expect(workspace.navigation.layer).toBe('abundance');
    expect(workspace.navigation.component).toBe(2);
    expect(items[2].getAttribute('aria-pressed')).toBe('true');
    expect(items[0].getAttribute('aria-pressed')).toBe('false');
  });
});

describe('Regions', () => {
  it('say how to draw one while there is none', async () => {
    await openData();
    expect(text()).toContain('No regions. Choose a shape');
  });

  it('choose the tool of Navigator', async () => {
    const workspace = await openData();
    expect(button('Pointer').getAttribute('aria-pressed')).toBe('true');
    button('Ellipse').click();
    await settle();
    expect(workspace.regions.tool).toBe('ellipse');
    expect(button('Ellipse').getAttribute('aria-pressed')).toBe('true');
    button('Pointer').click();
    expect(workspace.regions.tool).toBeNull();
  });

  it('tell pixels and the mean of the energy range with its standard error', async () => {
    const workspace = await openData({ regions: true });
    const { data, navigation, regions } = workspace;
    navigation.setEnergyRange(0, 49);
    await settle();
    const pair = data.pair!;
    const values: number[] = [];
    regions.items[0].mask.forEach((inside, pixel) => {
      if (inside) {
        const from = pixel * pair.channels;
        const part = pair.spectra.subarray(from, from + 50);
        values.push(part.reduce((a, b) => a + b, 0) / 50);
      }
    });
    const n = values.length;
    const mean = values.reduce((a, b) => a + b, 0) / n;
    const spread = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1);
    const row = all('.jp-Eelscape-regionRow')[0].textContent!;
    expect(row).toContain('256 px');
    const [, shown, error] = /([\d.]+) ± ([\d.]+) counts/.exec(row)!;
    expect(Math.abs(Number(shown) - mean)).toBeLessThan(
      0.1 * Math.sqrt(spread / n)
    );
    expect(Number(error)).toBeCloseTo(Math.sqrt(spread / n), 1);
  });

  it('are selected, renamed and removed', async () => {
    const workspace = await openData({ regions: true });
    const { regions } = workspace;
    all('.jp-Eelscape-regionRow')[1].click();
    expect(regions.selected).toBe('R2');
    await settle();
    button('Select R2, ellipse').click();
    expect(regions.selected).toBeNull();
    await settle();
    button('Select R2, ellipse').click();
    await settle();
    expect(button('Select R2, ellipse').getAttribute('aria-pressed')).toBe(
      'true'
    );
    const name = field<HTMLInputElement>('Name of R2');
    type(name, 'gap');
    await settle();
    expect(regions.items[1].name).toBe('gap');
    expect(regions.selected).toBe('gap');
    // A name that is taken stays with its owner.
    type(field('Name of gap'), 'R1');
    await settle();
    expect(regions.items.map(item => item.name)).toEqual(['R1', 'gap', 'hole']);
    expect(field<HTMLInputElement>('Name of gap').value).toBe('gap');
    button('Remove gap').click();
    await settle();
    expect(regions.items.map(item => item.name)).toEqual(['R1', 'hole']);
    expect(text()).not.toContain('gap');
  });

  it('write names as text, never as markup', async () => {
    const workspace = await openData({ regions: true });
    workspace.regions.rename('R1', '<img src=x>');
    await settle();
    expect(field<HTMLInputElement>('Name of <img src=x>')).toBeTruthy();
    expect(page.panel!.node.querySelector('img')).toBeNull();
  });
});

describe('Setup', () => {
  it('offers the robust scale', async () => {
    SIZE.width = 1200;
    const workspace = open();
    await settle();
    const scale = field<HTMLSelectElement>('Scale');
    expect(scale.value).toBe('range');
    expect(scale.parentElement!.title).toContain('99.9 percentile');
    choose(scale, 'robust');
    expect(workspace.data.setup.scaling).toBe('robust');
  });
});
