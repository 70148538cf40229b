const nextJest = require('next/jest');

/** Jest's mode for ES modules, which asks for `import` where the other one asks for `require`. */
module.exports = nextJest({ dir: './' })({
  testEnvironment: 'jsdom',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { '^@/(.*)$': '<rootDir>/$1' },
});
