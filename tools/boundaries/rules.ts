import path from 'node:path';
import { mayImport, projectOf, projectOfPackage } from './projects.ts';
import type { SourceFile } from './source-file.ts';

export interface Finding {
  readonly path: string;
  readonly rule: string;
  readonly what: string;
}

type Rule = (file: SourceFile) => readonly string[];

/** Second doors that a package declares in its `exports`. */
const declaredDoors: readonly string[] = [
  '@trunkline/testing/contracts',
  // A worker thread that only stores files has no use for Nest, NATS and MongoDB in its memory.
  '@trunkline/platform/object-store',
  '@trunkline/testing/whole',
  '@trunkline/testing/invariants',
];

const rules: Readonly<Record<string, Rule>> = {
  'project-imports': projectImports,
  'lean-centre': leanCentre,
  'no-deep-imports': (file) =>
    file.imports.filter(
      (specifier) => /^@trunkline\/[a-z-]+\//.test(specifier) && !declaredDoors.includes(specifier),
    ),
  'no-relative-escape': relativeEscape,
  'testing-only-in-specs': testingOnlyInSpecs,
  'pure-domain': pureDomain,
  'app-knows-ports-only': appKnowsPortsOnly,
  'nest-at-the-edges': nestAtTheEdges,
  'wire-names': wireNames,
  'one-env-reader': oneEnvReader,
  'tenant-first': tenantFirst,
  'honest-casts': honestCasts,
};

export function check(file: SourceFile): Finding[] {
  return Object.entries(rules).flatMap(([rule, run]) =>
    run(file).map((what) => ({ path: file.path, rule, what })),
  );
}

export function isTest(file: string): boolean {
  return /\.(spec|int-spec|e2e-spec|contract)\.ts$/.test(file) || file.includes('/test/');
}

function projectImports(file: SourceFile): string[] {
  const from = projectOf(file.path);
  return file.imports.filter((specifier) => {
    const to = projectOfPackage(specifier);
    if (!to || to.name === from.name) return false;
    if (to.type === 'testing' && isTest(file.path)) return from.type === 'kernel';
    return !mayImport[from.type].includes(to.type);
  });
}

/** contracts is zod and nothing else; the kernel imports nothing at all. */
function leanCentre(file: SourceFile): string[] {
  const { type } = projectOf(file.path);
  if (isTest(file.path) || (type !== 'contracts' && type !== 'kernel')) return [];
  return file.imports.filter(
    (specifier) => !specifier.startsWith('.') && !(type === 'contracts' && specifier === 'zod'),
  );
}

function relativeEscape(file: SourceFile): string[] {
  const from = projectOf(file.path);
  if (from.type === 'tooling') return [];
  return file.imports.filter((specifier) => {
    if (!specifier.startsWith('.')) return false;
    const target = path.posix.join(path.posix.dirname(file.path), specifier);
    return projectOf(target).name !== from.name;
  });
}

function testingOnlyInSpecs(file: SourceFile): string[] {
  const exempt = ['testing', 'bench', 'tooling'].includes(projectOf(file.path).type);
  if (exempt || isTest(file.path)) return [];
  return file.imports.filter((specifier) => specifier.startsWith('@trunkline/testing'));
}

const impure: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\s*\(/, 'Date.now(): take nowMs as an argument'],
  [/\bnew Date\s*\(\s*\)/, 'new Date(): take nowMs as an argument'],
  [/\bMath\.random\s*\(/, 'Math.random(): take the dice as an argument'],
  [/\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\s*\(/, 'timers'],
  [/\bprocess\b\s*[.[]/, 'process'],
  [/\bfetch\s*\(/, 'fetch()'],
];

function pureDomain(file: SourceFile): string[] {
  if (!file.path.includes('/src/domain/') || isTest(file.path)) return [];
  const banned = file.imports.filter(
    (specifier) =>
      /^(@nestjs\/|node:|@trunkline\/(platform|telephony|testing))/.test(specifier) ||
      /(^|\/)(app|adapters|transport|views)\//.test(specifier) ||
      (!specifier.startsWith('.') && !specifier.startsWith('@trunkline/') && specifier !== 'zod'),
  );
  const globals = impure.filter(([pattern]) => pattern.test(file.code)).map(([, what]) => what);
  return [...banned, ...globals];
}

function appKnowsPortsOnly(file: SourceFile): string[] {
  if (!file.path.includes('/src/app/') || isTest(file.path)) return [];
  const vendors =
    /^(@nestjs\/|@nats-io\/|mongoose|mongodb|ioredis|bullmq|minio|fastify|ws$|openai|@deepgram|@cartesia|undici|nodemailer)/;
  return file.imports.filter(
    (specifier) => /(^|\/)(adapters|transport)\//.test(specifier) || vendors.test(specifier),
  );
}

function nestAtTheEdges(file: SourceFile): string[] {
  if (projectOf(file.path).type !== 'service' || isTest(file.path)) return [];
  if (/\/src\/(main|app\.module|admin)\.ts$|\/src\/transport\//.test(file.path)) return [];
  return file.imports.filter((specifier) => specifier.startsWith('@nestjs/'));
}

/** A code or a log line about live views: every subject has a tenant, so three words at least. */
const codeOfLive = /^(['"`])live\.[a-z]+(?:-[a-z]+)*\1$/;

function wireNames(file: SourceFile): string[] {
  if (file.path === 'libs/contracts/src/subjects.ts' || isTest(file.path)) return [];
  if (!/^(libs|services)\//.test(file.path)) return [];
  // An import of './live.js' looks like a subject to a pattern; specifiers are not wire names.
  const withoutImports = file.text.replace(/from\s*['"][^'"]*['"]/g, '');
  const found = [...withoutImports.matchAll(/['"`](?:evt|req|live|dlq)\.[^'"`]*['"`]?/g)]
    .map(([text]) => text)
    .find((text) => !codeOfLive.test(text));
  return found && !file.path.endsWith('/nats-users.ts') ? [found] : [];
}

function oneEnvReader(file: SourceFile): string[] {
  if (isTest(file.path) || projectOf(file.path).type === 'tooling') return [];
  if (file.path.startsWith('libs/platform/src/config/')) return [];
  if (/^(libs\/testing|bench)\//.test(file.path)) return [];
  // It may not import platform; its programs have a handful of settings.
  if (/^sandbox\/src\/(phone\/cli\/)?main\.ts$/.test(file.path)) return [];
  return /\bprocess\.env\b/.test(file.code) ? ['process.env outside platform/config'] : [];
}

/** The few reads before a tenant is known; every other query goes through tenantCollection. */
const platformReaders: readonly RegExp[] = [
  /^libs\/platform\/src\/(mongo|events)\//,
  /^services\/gateway\/src\/adapters\/mongo\/before-tenant\.ts$/,
  /^services\/[a-z]+\/src\/adapters\/mongo\/before-tenant\.ts$/,
];

function tenantFirst(file: SourceFile): string[] {
  if (isTest(file.path) || platformReaders.some((one) => one.test(file.path))) return [];
  return /\bplatform(?:Collection|Database)\s*[<(]/.test(file.code)
    ? ['platformCollection outside the named repository']
    : [];
}

function honestCasts(file: SourceFile): string[] {
  if (isTest(file.path) || file.path.includes('/adapters/')) return [];
  return /\bas unknown as\b/.test(file.code) && file.path.startsWith('services/')
    ? ['as unknown as outside adapters']
    : [];
}
