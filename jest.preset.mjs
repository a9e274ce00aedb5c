import { fileURLToPath } from 'node:url';

/** Shared by all projects: native ESM, swc for TypeScript, libs read from source. */
export const preset = {
  testEnvironment: fileURLToPath(new URL('./tools/jest-env.cjs', import.meta.url)),
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['development', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['/dist/', '/\\.data/', '/\\.servers/', '/\\.test-runs/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2023',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: true,
          },
        },
      },
    ],
  },
};
