import { preset } from './jest.preset.mjs';

const roots = ['libs', 'services', 'sandbox', 'bench', 'deploy', 'tools'].map(
  (folder) => `<rootDir>/${folder}`,
);
const kind = (displayName, testMatch, more = {}) => ({
  ...preset,
  displayName,
  roots,
  testMatch,
  ...more,
});

export default {
  testTimeout: 60_000,
  projects: [
    kind('unit', ['**/*.spec.ts']),
    kind('integration', ['**/test/integration/**/*.int-spec.ts']),
    kind('e2e', ['**/test/e2e/**/*.e2e-spec.ts']),
  ],
};
