// Specs run in Node; a spec that draws starts with `@jest-environment jsdom`.
const esm = ['(@jupyterlab|@jupyter|@microsoft|@lumino|@tensorflow|d3-[a-z-]+|d3|internmap|delaunator|robust-predicates|lib0|y-.*|yjs|exenv-es6|nanoid|marked|uuid|colord|lezer|@codemirror|@lezer|@rjsf)'];

module.exports = {
  testEnvironment: 'node',
  testRegex: 'src/.*/__tests__/.*\\.spec\\.tsx?$',
  transform: {
    '\\.(t|j|mj)sx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'classic' } }
        },
        module: { type: 'commonjs' }
      }
    ]
  },
  transformIgnorePatterns: [`/node_modules/(?!${esm}/)`],
  moduleNameMapper: {
    '\\.(css|svg|wasm)$': '<rootDir>/tools/jest-asset.js'
  },
  modulePathIgnorePatterns: ['<rootDir>/lib/', '<rootDir>/eelscape/labextension/', '<rootDir>/build/'],
  testPathIgnorePatterns: ['\\.long\\.spec\\.'],
  // Jest leaves a core free for whoever watches; here nobody does.
  maxWorkers: '100%',
  testTimeout: 120000
};
