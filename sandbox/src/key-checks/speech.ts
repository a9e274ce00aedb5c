import { randomUUID } from 'node:crypto';
import { bearerIn, type KeyCheck } from './reply.js';

const madeAt = 1_700_000_000;

export const deepgram: KeyCheck = {
  path: /^\/v1\/projects$/,
  keyIn: (asked) => bearerIn(asked, 'Token'),
  accepted: () => ({
    status: 200,
    body: { projects: [{ project_id: '00000000-0000-4000-8000-000000000001', name: 'Sandbox' }] },
  }),
  refused: () => ({
    status: 401,
    body: {
      err_code: 'INVALID_AUTH',
      err_msg: 'Invalid credentials.',
      request_id: randomUUID(),
    },
  }),
  rateLimited: () => ({
    status: 429,
    body: {
      err_code: 'TOO_MANY_REQUESTS',
      err_msg: 'Too many requests.',
      request_id: randomUUID(),
    },
  }),
};

const openAiError = (message: string, type: string, code: string) => ({
  error: { message, type, param: null, code },
});

export const openai: KeyCheck = {
  path: /^\/v1\/models$/,
  keyIn: (asked) => bearerIn(asked, 'Bearer'),
  accepted: () => ({
    status: 200,
    body: {
      object: 'list',
      data: ['gpt-4o', 'gpt-4o-mini'].map((id) => ({
        id,
        object: 'model',
        created: madeAt,
        owned_by: 'system',
      })),
    },
  }),
  refused: () => ({
    status: 401,
    body: openAiError('Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key'),
  }),
  rateLimited: () => ({
    status: 429,
    headers: { 'retry-after': '1' },
    body: openAiError('Rate limit reached.', 'requests', 'rate_limit_exceeded'),
  }),
};

export const cartesia: KeyCheck = {
  path: /^\/voices\/?$/,
  keyIn: (asked) =>
    asked.headers['cartesia-version'] === undefined ? undefined : asked.headers['x-api-key'],
  accepted: () => ({
    status: 200,
    body: {
      data: [
        {
          id: 'f786b574-daa5-4673-aa0c-cbe3e8534c02',
          name: 'Katie',
          description: '',
          is_owner: false,
          is_public: true,
          language: 'en',
          created_at: '2025-01-01T00:00:00Z',
        },
      ],
      has_more: false,
      next_page: null,
    },
  }),
  refused: () => ({ status: 401, body: 'Invalid API key', text: true }),
  rateLimited: () => ({ status: 429, body: 'Too many requests', text: true }),
};
