/** The bytes of workspace files: what they hold, and what is refused. */
import * as fs from 'fs';
import * as path from 'path';
import { parseSafetensors, writeSafetensors } from '../safetensors';
import { sha256 } from '../sha256';
import { writeWorkspace, type IWorkspaceContents } from '../workspace-file';
import { readWorkspace, WorkspaceFileError } from '../workspace-file-read';

const FIXTURES = path.join(__dirname, '../../../tests/fixtures/workspace');
const FROM_PANEL = fixture('version-1');
const FROM_PYTHON = fixture('python-1');

function fixture(name: string): Uint8Array {
  return new Uint8Array(
    fs.readFileSync(path.join(FIXTURES, `${name}.eelscape`))
  );
}

type Change = Partial<{
  metadata: Record<string, string>;
  document: (json: Record<string, any>) => void; // eslint-disable-line @typescript-eslint/no-explicit-any
  tensor: readonly [
    string,
    Partial<{ shape: number[]; bytes: Uint8Array }> | null
  ];
}>;

/** The panel's file with other contents, its checksums made anew. */
function changed({ metadata, document, tensor }: Change): Uint8Array {
  const file = parseSafetensors(FROM_PANEL);
  if (document) {
    const { bytes } = file.tensors.get('workspace')!;
    const json = JSON.parse(new TextDecoder().decode(bytes));
    document(json);
    const text = new TextEncoder().encode(JSON.stringify(json));
    file.tensors.set('workspace', {
      dtype: 'U8',
      shape: [text.length],
      bytes: text
    });
  }
  if (tensor) {
    const [name, change] = tensor;
    const old = file.tensors.get(name)!;
    file.tensors.delete(name);
    if (change) {
      file.tensors.set(name, { ...old, ...change });
    }
  }
  const hashes = Object.fromEntries(
    [...file.tensors].map(([name, { bytes }]) => [name, sha256(bytes)])
  );
  const words = {
    format: 'eelscape-workspace',
    version: '1',
    tensor_sha256: JSON.stringify(hashes),
    ...metadata
  };
  return writeSafetensors(file.tensors, new Map(Object.entries(words)));
}

/** Equal for the same bits alone, NaN included. */
function bits({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('hex');
}

function allBits(contents: IWorkspaceContents): unknown {
  const { pair, summary, models, factorisation } = contents;
  return [
    bits(pair.image),
    bits(pair.spectra),
    bits(summary.map),
    bits(summary.mean),
    factorisation?.abundances.map(bits),
    factorisation?.endmembers.map(bits),
    models.map(
      ({ file, positions, latents, split, errors, history, skill }) => [
        ...[file, positions, latents, split].map(bits),
        ...Object.values(errors).map(bits),
        bits(Float64Array.from([...history.train, ...history.test])),
        bits(Float64Array.of(skill.train, skill.test))
      ]
    )
  ];
}

it.each([
  ['panel', FROM_PANEL],
  ['Python', FROM_PYTHON]
])(
  'a file of the %s is the same to the last bit when written again',
  (_, file) => {
    const contents = readWorkspace(file);
    const again = readWorkspace(writeWorkspace(contents));
    expect(again).toEqual(contents);
    expect(allBits(again)).toEqual(allBits(contents));
    // Maps have places without a window.
    expect(contents.models[0].errors.relative.some(Number.isNaN)).toBe(true);
  }
);

it('keeps losses and values that are not finite', () => {
  const contents = readWorkspace(FROM_PANEL);
  const [first] = contents.models;
  const image = contents.pair.image.slice();
  image.set([NaN, Infinity, -Infinity, -0, 1e-45]);
  const odd = {
    ...contents,
    pair: { ...contents.pair, image },
    models: [
      {
        ...first,
        history: { train: [Infinity, NaN], test: [] },
        skill: { train: -Infinity, test: NaN }
      }
    ]
  };
  const again = readWorkspace(writeWorkspace(odd));
  expect(bits(again.pair.image)).toBe(bits(image));
  expect(again.models[0].history).toEqual({ train: [Infinity, NaN], test: [] });
  expect(again.models[0].skill).toEqual({ train: -Infinity, test: NaN });
});

it('reads what Python saved', () => {
  const { pair, models, recipe } = readWorkspace(FROM_PYTHON);
  expect([pair.ny, pair.nx, pair.channels]).toEqual([16, 18, 16]);
  expect(pair.spectra).toHaveLength(16 * 18 * 16);
  expect(pair.absent).toBeUndefined();
  expect(pair.mask!.reduce((sum, one) => sum + one, 0)).toBe(1);
  expect(models.map(({ label }) => label)).toEqual(['2L', '2L']);
  expect(recipe).toMatchObject({ data: { sha256: pair.sha256 } });
});

it('[F2] refuses a newer version, and names it', () => {
  expect(() => readWorkspace(changed({ metadata: { version: '2' } }))).toThrow(
    /has version 2; this version of eelscape reads up to version 1\. Install/
  );
});

const scan = (json: { data: Record<string, object> }, size: number) => {
  json.data.y = { ...json.data.y, size };
};

it.each<[string, Change, RegExp]>([
  ['another format', { metadata: { format: 'x' } }, /no workspace file/],
  [
    'a model file',
    { metadata: { format: '', eelscape: '{}' } },
    /model file, not a workspace file/
  ],
  ['no version', { metadata: { version: '1.5' } }, /version is no number/],
  [
    'no checksums',
    { metadata: { tensor_sha256: 'x' } },
    /checksums is not JSON/
  ],
  [
    'other checksums',
    { metadata: { tensor_sha256: '{"workspace": "0"}' } },
    /do not match their checksum/
  ],
  ['no image', { tensor: ['data.image', null] }, /data\.image is missing/],
  [
    'an image of another shape',
    { tensor: ['data.image', { shape: [14, 12] }] },
    /data\.image is F32 of shape \(14, 12\), not F32 of \(12, 14\)/
  ],
  [
    'a split that is none',
    { tensor: ['models.0.split', { bytes: new Uint8Array(168).fill(9) }] },
    /labels other than -1 to 2/
  ],
  [
    'encodings of other windows',
    { tensor: ['models.0.evaluated', { bytes: new Uint8Array(168) }] },
    /models\.0\.latents is F32/
  ],
  [
    'an energy range beyond the channels',
    { document: json => (json.energy_range = [0, 20]) },
    /energy range is no whole number from 0 to 19/
  ],
  [
    'a list for a text',
    { document: json => (json.layer = []) },
    /layer is no text/
  ],
  ['no setup', { document: json => (json.setup = null) }, /setup is no object/]
])('[F1] refuses %s with the reason', (_, change, message) => {
  const read = () => readWorkspace(changed(change));
  expect(read).toThrow(WorkspaceFileError);
  expect(read).toThrow(message);
});

it('[F3] compares declared sizes with the file before anything is allocated', () => {
  expect(() =>
    readWorkspace(changed({ document: json => scan(json as never, 1e7) }))
  ).toThrow(/its scan has 10000000 x 14 pixels|data\.image is F32/);
  expect(() =>
    readWorkspace(changed({ document: json => scan(json as never, 1e9) }))
  ).toThrow(/y axis is no whole number/);
});

it('[F3] takes names of the language as names', () => {
  const text = '{"__proto__": {"polluted": true}, "constructor": 1}';
  const contents = readWorkspace(
    changed({ document: json => (json.recipe = JSON.parse(text)) })
  );
  expect(JSON.stringify(contents.recipe)).toBe(
    JSON.stringify(JSON.parse(text))
  );
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

it('[F1] finds a bit that flips, and a file that is cut off', () => {
  const start = 8 + new DataView(FROM_PANEL.buffer).getUint32(0, true);
  for (let place = start; place < FROM_PANEL.length; place += 997) {
    const damaged = FROM_PANEL.slice();
    damaged[place] ^= 1 << (place % 8);
    expect(() => readWorkspace(damaged)).toThrow(/do not match their checksum/);
  }
  let refused = 0;
  for (let place = 0; place < start; place += 5) {
    const damaged = FROM_PANEL.slice();
    damaged[place] ^= 1 << (place % 7);
    try {
      readWorkspace(damaged);
    } catch (error) {
      // Whatever the header says: never an error of the code.
      expect(error).toBeInstanceOf(WorkspaceFileError);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(100);
  for (const length of [0, 7, 100, start, FROM_PANEL.length - 1]) {
    const cut = FROM_PANEL.slice(0, length);
    expect(() => readWorkspace(cut)).toThrow(WorkspaceFileError);
  }
});
