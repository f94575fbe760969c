// The rooms and what each may import (docs/architecture.md). Lower rooms never import higher ones.
import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';

const JUPYTER = ['@jupyterlab/*', '@jupyter/*', '@jupyter-notebook/*'];
const TFJS = ['@tensorflow/*'];
const DRAWING = ['d3-*', 'react', 'react-dom', 'react-dom/*'];
const LUMINO = ['@lumino/*'];

/** Paths that lead into the rooms named, from any depth of the room that imports. */
function rooms(...names) {
  return names.flatMap(name => [`../${name}`, `../${name}/*`, `../../${name}`, `../../${name}/*`]);
}

function forbid(room, patterns, message, extra = {}) {
  return {
    files: [`src/${room}/**/*.{ts,tsx}`],
    ...extra,
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ group: patterns, message }] }]
    }
  };
}

const DOM = ['document', 'window', 'HTMLElement', 'localStorage'].map(name => ({
  name,
  message: 'This room runs without a page.'
}));

export default tseslint.config(
  { ignores: ['lib', 'node_modules', 'eelscape', 'dist', '.venv', 'build', '**/*.js', '**/*.mjs', '**/*.cjs'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-empty-object-type': 'off',
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'interface', format: ['PascalCase'], custom: { regex: '^I[A-Z]', match: true } }
      ],
      eqeqeq: 'error',
      curly: ['error', 'all'],
      'prefer-arrow-callback': 'error'
    }
  },
  forbid(
    'signal',
    [...JUPYTER, ...TFJS, ...DRAWING, ...LUMINO, ...rooms('kernel', 'network', 'analysis', 'model', 'views')],
    'signal/ imports nothing but itself.'
  ),
  forbid(
    'kernel',
    [...TFJS, ...DRAWING, ...rooms('network', 'analysis', 'model', 'views'), '@jupyterlab/*', '!@jupyterlab/services', '@jupyter-notebook/*'],
    'kernel/ may import signal/, @jupyterlab/services and @lumino/*.'
  ),
  forbid(
    'network',
    [...JUPYTER, ...DRAWING, ...LUMINO, ...rooms('kernel', 'analysis', 'model', 'views')],
    'network/ may import signal/ and @tensorflow/*.'
  ),
  forbid(
    'analysis',
    [...JUPYTER, ...TFJS, ...DRAWING, ...LUMINO, ...rooms('kernel', 'network', 'model', 'views')],
    'analysis/ may import signal/ only.'
  ),
  forbid(
    'model',
    [...TFJS, ...DRAWING, ...rooms('views'), '../network/*', '!../network/client', '!../network/types', '!../network/model-file', '!../network/workspace-file', '@lumino/widgets'],
    "model/ may import kernel/, signal/, analysis/ and the network's client."
  ),
  forbid(
    'views',
    [...TFJS, ...rooms('kernel', 'network')],
    'views/ may import model/, signal/, analysis/, marks, d3, React and Lumino widgets.',
    { ignores: ['src/views/marks/**'] }
  ),
  forbid(
    'views/marks',
    [...TFJS, ...JUPYTER, ...LUMINO, 'react', 'react-dom', 'react-dom/*', ...rooms('kernel', 'network', 'model')],
    'views/marks/ may import d3 and signal types only.'
  ),
  ...['signal', 'analysis', 'network'].map(room => ({
    files: [`src/${room}/**/*.ts`],
    ignores: ['src/**/__tests__/**'],
    rules: { 'no-restricted-globals': ['error', ...DOM] }
  })),
  prettier
);
