import os from 'node:os';

const common = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true },
          target: 'es2024',
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleFileExtensions: ['ts', 'mjs', 'js', 'json', 'node'],
};

/** unit: no I/O beyond the process; integration: PostgreSQL, Redis, sockets (no root needed); peers: programs of others, fetched by
 * `npm run peers`; host: root, kernel; e2e: whole clusters. */
export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts', '<rootDir>/scripts/**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.int\\.spec\\.ts$', '\\.host\\.spec\\.ts$'],
    },
    { ...common, displayName: 'integration', testMatch: ['<rootDir>/{apps,libs,e2e}/**/*.int.spec.ts'] },
    { ...common, displayName: 'peers', testMatch: ['<rootDir>/e2e/**/*.peers.spec.ts'] },
    { ...common, displayName: 'host', testMatch: ['<rootDir>/{apps,libs}/**/*.host.spec.ts'] },
    {
      ...common,
      displayName: 'e2e',
      globalSetup: '<rootDir>/e2e/lib/global-setup.ts',
      globalTeardown: '<rootDir>/e2e/lib/global-teardown.ts',
      testMatch: ['<rootDir>/e2e/**/*.e2e.spec.ts'],
    },
  ],
  testTimeout: 30_000,
  maxWorkers: Math.max(1, Math.min(2, os.cpus().length)),
};
