export interface OpenAiError {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly code: string | null;
  readonly param?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const errorBody = ({ message, type, code, param }: OpenAiError): object => ({
  error: { message, type, param: param ?? null, code },
});

export const badKey: OpenAiError = {
  status: 401,
  message: 'Incorrect API key provided.',
  type: 'invalid_request_error',
  code: 'invalid_api_key',
};

export const noSuchModel = (model: string): OpenAiError => ({
  status: 404,
  message: `The model \`${model}\` does not exist or you do not have access to it.`,
  type: 'invalid_request_error',
  code: 'model_not_found',
});

export const badRequest = (message: string, param?: string): OpenAiError => ({
  status: 400,
  message,
  type: 'invalid_request_error',
  code: null,
  ...(param !== undefined && { param }),
});

export const rateLimited = (afterSeconds: number): OpenAiError => ({
  status: 429,
  message: 'Rate limit reached for requests.',
  type: 'requests',
  code: 'rate_limit_exceeded',
  headers: {
    'retry-after': String(Math.ceil(afterSeconds)),
    'retry-after-ms': String(Math.round(afterSeconds * 1000)),
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': `${afterSeconds}s`,
  },
});

export const serverError: OpenAiError = {
  status: 500,
  message: 'The server had an error while processing your request. Sorry about that!',
  type: 'server_error',
  code: null,
};
