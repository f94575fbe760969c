/** Where the golden cases lie, for specs in Node. */
import * as fs from 'fs';
import * as path from 'path';
import { readCase, type ICase } from './oracle';

const ROOT = path.resolve(__dirname, '..', '..', '..');
const FIXTURES = path.join(ROOT, 'tests', 'fixtures', 'golden');
const SHARED = path.join(ROOT, '..', 'shared', 'golden');

export const SMALL_CASES = [
  'im2spec_n8',
  'spec2im_pool16_n8',
  'spec2im_repo_n8'
];
export const LARGE_CASES = [
  'im2spec_n64',
  'spec2im_pool16_n64',
  'spec2im_repo_n64'
];

export interface IGoldenFiles {
  readonly which: ICase;
  readonly file: Uint8Array;
  readonly gradients: Uint8Array;
}

/** Whether the 64-filter cases, which are not in the repository, are there. */
export function hasLargeCases(): boolean {
  return fs.existsSync(path.join(SHARED, 'im2spec_n64.safetensors'));
}

/** A case's files: from the repository's fixtures, or beside it for 64 filters. */
export function goldenFiles(name: string): IGoldenFiles {
  const folder = name.endsWith('n8') ? FIXTURES : SHARED;
  const read = (file: string): Uint8Array =>
    new Uint8Array(fs.readFileSync(path.join(folder, file)));
  const manifest = JSON.parse(
    fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8')
  );
  return {
    which: readCase(name, manifest),
    file: read(`${name}.safetensors`),
    gradients: read(`${name}.grad_f64.safetensors`)
  };
}
