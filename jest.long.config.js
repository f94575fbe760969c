// Oracle cases that take minutes on two cores: `make test-long`.
const base = require('./jest.config.js');

module.exports = {
  ...base,
  testRegex: 'src/.*/__tests__/.*\\.long\\.spec\\.tsx?$',
  testPathIgnorePatterns: [],
  testTimeout: 1200000
};
