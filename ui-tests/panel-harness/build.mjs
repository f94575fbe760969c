// Bundles the page into ui-tests/panel-harness/build. `node ui-tests/panel-harness/build.mjs`, then open page.html.
import { build } from 'esbuild';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const out = join(here, 'build');
mkdirSync(out, { recursive: true });
await build({
  entryPoints: { page: join(here, 'page.ts') },
  bundle: true,
  outdir: out,
  loader: { '.svg': 'text', '.png': 'dataurl', '.css': 'empty' },
  define: { 'process.env.NODE_ENV': '"development"', global: 'window' },
  logLevel: 'warning'
});
await build({
  entryPoints: { page: join(root, 'style/index.css') },
  bundle: true,
  outdir: out,
  loader: { '.svg': 'dataurl' },
  logLevel: 'warning'
});
// Icons and menus as JupyterLab draws them.
await build({
  stdin: {
    contents: [
      '@jupyterlab/apputils/style/materialcolors.css',
      '@lumino/widgets/style/index.css',
      '@jupyterlab/ui-components/style/base.css'
    ]
      .map(file => `@import url('${file}');`)
      .join('\n'),
    loader: 'css',
    resolveDir: root
  },
  bundle: true,
  outfile: join(out, 'lab.css'),
  loader: { '.svg': 'dataurl' },
  logLevel: 'warning'
});
// JupyterLab's own variables where it is installed; all themes, told apart by the root's class.
const themes = join(root, '.venv/share/jupyter/lab/themes/@jupyterlab');
const css = ['light', 'dark', 'dark-high-contrast'].map(name => {
  const file = join(themes, `theme-${name}-extension/index.css`);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text.replaceAll(':root', `:root.${name}`);
});
writeFileSync(join(out, 'theme.css'), css.join('\n'));
