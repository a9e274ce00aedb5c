import { describe, expect, it } from '@jest/globals';
import { check } from './rules.ts';
import { readSource } from './source-file.ts';

const planted: readonly (readonly [string, string, string])[] = [
  ['contracts → kernel', 'libs/contracts/src/x.ts', `import { retry } from '@trunkline/kernel';`],
  ['platform → testing', 'libs/platform/src/x.ts', `import { given } from '@trunkline/testing';`],
  ['service → service', 'services/voice/src/app/x.ts', `import { a } from '@trunkline/agents';`],
  ['app → testing', 'services/voice/src/app/x.ts', `import { g } from '@trunkline/testing';`],
  ['app → adapter', 'services/voice/src/app/x.ts', `import { m } from '../adapters/mongo/m.js';`],
  ['domain → Nest', 'services/agents/src/domain/x.ts', `import { Module } from '@nestjs/common';`],
  [
    'domain → platform',
    'services/agents/src/domain/x.ts',
    `import { x } from '@trunkline/platform';`,
  ],
  ['domain → adapters', 'services/agents/src/domain/x.ts', `import { x } from '../adapters/x.js';`],
  ['domain: new Date()', 'services/agents/src/domain/x.ts', `export const now = new Date();`],
  ['domain: Date.now()', 'services/agents/src/domain/x.ts', `export const now = Date.now();`],
  ['domain: process.env', 'services/agents/src/domain/x.ts', `export const e = process.env.HOME;`],
  ['domain: Math.random()', 'services/agents/src/domain/x.ts', `export const d = Math.random();`],
  ['domain: setTimeout', 'services/agents/src/domain/x.ts', `setTimeout(() => {}, 1);`],
];

describe('the thirteen planted mistakes', () => {
  it.each(planted)('%s is reported', (_name, path, text) => {
    expect(check(readSource(path, text))).not.toEqual([]);
  });

  it('leaves good code alone', () => {
    const text = [
      `import { AppError } from '@trunkline/kernel';`,
      `import type { FactOf } from '@trunkline/contracts';`,
      `// Date.now() and process.env in a comment are fine`,
      `export const at = (nowMs: number): Date => new Date(nowMs);`,
      `export const full = () => new AppError('live.full');`,
    ].join('\n');
    expect(check(readSource('services/agents/src/domain/x.ts', text))).toEqual([]);
  });
});

describe('the other rules', () => {
  it.each([
    [
      'deep import',
      'services/voice/src/app/x.ts',
      `import { x } from '@trunkline/platform/src/a.js';`,
    ],
    ['relative escape', 'services/voice/src/x.ts', `import { x } from '../../agents/src/a.js';`],
    ['wire name', 'services/voice/src/app/x.ts', `export const s = 'evt.p00.t.call.1';`],
    ['live subject', 'services/voice/src/app/x.ts', `export const s = 'live.acme.call.1';`],
    [
      'live subject behind a code',
      'services/voice/src/app/x.ts',
      "f('live.full', `live.${tenant}.call`);",
    ],
    ['start of a live subject', 'services/voice/src/app/x.ts', `export const s = 'live.' + t;`],
    ['second env reader', 'services/voice/src/app/x.ts', `export const e = process.env['A'];`],
    ['unscoped query', 'services/voice/src/views/x.ts', `mongo.platformCollection<Doc>('x');`],
    ['Nest in a view', 'services/voice/src/views/x.ts', `import { Get } from '@nestjs/common';`],
    ['double cast', 'services/voice/src/app/x.ts', `export const x = {} as unknown as string;`],
    ['contracts → node', 'libs/contracts/src/x.ts', `import fs from 'node:fs';`],
    ['sandbox → platform', 'sandbox/src/x.ts', `import { x } from '@trunkline/platform';`],
  ])('%s is reported', (_name, path, text) => {
    expect(check(readSource(path, text))).not.toEqual([]);
  });
});
