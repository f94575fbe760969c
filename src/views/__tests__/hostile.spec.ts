/** @jest-environment jsdom */
/** Text as text: the hostile strings in the panel, its figures, tables and file names. */
import './browser-globals';
import hostile from '../../../tests/fixtures/hostile-strings.json';
import { plainFileName } from '../../signal/file-name';
import { captionOf } from '../export-caption';
import { fileName } from '../export-file';
import { svgText } from '../export-picture';
import { Navigator } from '../navigator';
import { SignalPlot } from '../signal-plot';
import { csvOf } from '../table';
import { figureOf } from './figures';
import { contextOf, settle, show, workspaceOf } from './single-view';
import * as panel from './panel-page';

// JupyterLab's icons must not be empty.
jest.mock(
  '../../../tools/jest-asset.js',
  () => '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
);

const STRINGS: readonly string[] = [
  ...Object.values(hostile),
  '<b>long</b> '.repeat(800)
];
/** All in one: markup that is read as such would swallow what follows it. */
const ALL = STRINGS.join('\u00b7');
const plain = (text: string) => text.replace(/\s+/g, ' ');

/** Elements that would run or fetch something, or that only markup in a text makes. */
const MADE =
  'script, iframe, style, foreignObject, object, embed, body body, form[action], ' +
  'a[href^="javascript:"], img:not([src^="data:"]), [srcdoc], [formaction]';

function expectOnlyText(root: ParentNode): void {
  expect(root.querySelector(MADE)).toBeNull();
  for (const element of Array.from(root.querySelectorAll('*'))) {
    for (const { name, value } of Array.from(element.attributes)) {
      expect(name).not.toMatch(/^on/i);
      if (/(^|:)(href|src)$/.test(name)) {
        expect(value).toMatch(/^(data:image\/png|#)/);
      }
      if (['style', 'fill', 'stroke', 'clip-path', 'mask'].includes(name)) {
        expect(value).not.toMatch(/url\((?!["']?#)/);
      }
    }
  }
}

it('[F4] everything that came with the data is text in the panel', async () => {
  const workspace = panel.open({ status: 'done', words: ALL, regions: true });
  await panel.settle();
  panel.button('Data').click();
  await panel.settle();
  const { node } = panel.page.panel!;
  expectOnlyText(document.body);
  const shown = plain(node.textContent!);
  for (const text of STRINGS) {
    expect(shown).toContain(plain(text));
  }
  // Each as the name of a region, as many at once as there are regions.
  const names = [...new Set(STRINGS.map(text => text.trim().slice(0, 200)))];
  const wanted = names.filter(text => text !== '');
  while (workspace.regions.items.length < 20) {
    const at = workspace.regions.items.length;
    workspace.regions.add('rectangle', [
      [at, at],
      [at + 3, at + 3]
    ]);
  }
  while (wanted.length > 0) {
    const some = wanted.splice(0, 20);
    some.forEach((text, i) =>
      workspace.regions.rename(workspace.regions.items[i].name, text)
    );
    expect(workspace.regions.items.slice(0, some.length)).toMatchObject(
      some.map(name => ({ name }))
    );
    await panel.settle();
    expectOnlyText(document.body);
    const inputs = panel.all('input') as HTMLInputElement[];
    const places = new Set([
      ...panel.all('*').map(item => item.textContent),
      ...inputs.map(item => item.value)
    ]);
    for (const name of some) {
      // An input of one line has no line breaks.
      const line = name.replace(/[\r\n]+/g, '');
      expect([name, places.has(name) || places.has(line)]).toEqual([
        name,
        true
      ]);
    }
  }
}, 120_000);

it('[F4] names of pins are text, and as long as the protocol carries', async () => {
  const workspace = panel.open({ status: 'done' });
  await panel.settle();
  const { pins } = workspace.explorer;
  STRINGS.slice(0, 20).forEach((text, i) => pins.add(20 + i, 20, text));
  pins.rename(pins.items[0].id, STRINGS[STRINGS.length - 1]);
  expect(pins.items[0].name).toHaveLength(200);
  await panel.settle();
  expectOnlyText(document.body);
});

it('[F4] exported figures are XML, and hold text, no scripts and no addresses', async () => {
  // The first ones in one text, and those apart that XML cannot hold.
  const apart = [
    'NUL',
    'controls',
    'ANSI colours',
    'CDATA',
    'entities',
    'no characters',
    'lone high surrogate',
    'lone low surrogate'
  ] as const;
  for (const text of [ALL, ...apart.map(key => hostile[key])]) {
    const context = contextOf(workspaceOf({ status: 'done', words: text }));
    for (const view of [new Navigator(context), new SignalPlot(context)]) {
      show(view);
      await settle(context);
      const written = svgText(
        figureOf(view, { caption: `${text} ${captionOf(context)}` })
      );
      const read = new DOMParser().parseFromString(written, 'image/svg+xml');
      expect(read.querySelector('parsererror')).toBeNull();
      expect(read.documentElement.tagName).toBe('svg');
      expectOnlyText(read);
      for (const element of Array.from(read.querySelectorAll('*'))) {
        expect(element.namespaceURI).toBe('http://www.w3.org/2000/svg');
      }
      view.dispose();
    }
  }
}, 240_000);

/** The cells of comma-separated values. */
function cellsOf(csv: string): string[] {
  const cells: string[] = [];
  for (const match of csv.matchAll(/("(?:[^"]|"")*"|[^,\n]*)(,|\n)/g)) {
    const [, cell] = match;
    cells.push(
      cell.startsWith('"') ? cell.slice(1, -1).replace(/""/g, '"') : cell
    );
  }
  return cells;
}

it('[F4] no cell of a table is a formula for a spreadsheet', () => {
  for (const text of STRINGS) {
    const csv = csvOf({ columns: [text, 'a'], rows: [[text, -0.5]] });
    const cells = cellsOf(csv);
    expect(cells).toHaveLength(4);
    for (const cell of [cells[0], cells[2]]) {
      const found = text.replace(/\0/g, '\ufffd');
      expect([found, `'${found}`]).toContain(cell);
      expect(cell).not.toMatch(/^[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d]/u);
    }
    // Numbers are numbers, whatever their sign.
    expect(cells[3]).toBe('-0.5');
  }
  expect(csvOf({ columns: ['-1.5'], rows: [] })).toBe('-1.5\n');
});

it('[F4] file names stay within their folder, on every system', () => {
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
  for (const text of STRINGS) {
    for (const name of [
      `${fileName(text)}.svg`,
      `${fileName(text)}-navigator.csv`,
      `${plainFileName(text) || 'model'}.safetensors`
    ]) {
      expect(name).toMatch(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u);
      expect(name).not.toMatch(reserved);
      expect(Buffer.byteLength(name)).toBeLessThan(255);
    }
  }
  expect(fileName('日本語 (si)')).toBe('日本語-si');
});
