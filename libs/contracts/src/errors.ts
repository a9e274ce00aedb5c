import { agentErrors } from './agent-errors.js';
import { callErrors } from './call-errors.js';
import { voiceErrors } from './voice-errors.js';

export interface ErrorEntry {
  /** The HTTP status at the edge; nothing below the edge knows it. */
  readonly status: number;
  readonly title: string;
  /** What the caller can do about it. */
  readonly fix: string;
}

/** Every refusal there is. Codes are never reused; docs/errors.md is printed from this table. */
export const errorCatalogue = {
  'request.invalid': {
    status: 400,
    title: 'The request is not valid',
    fix: 'Correct the fields listed in `errors` and send it again.',
  },
  'request.bad-json': {
    status: 400,
    title: 'The body is not valid JSON',
    fix: 'Send one UTF-8 JSON value without duplicate or prototype keys.',
  },
  'request.too-large': {
    status: 413,
    title: 'The body is too large',
    fix: 'Stay below the limit named in `details`.',
  },
  'request.malformed': {
    status: 400,
    title: 'This is not a readable HTTP request',
    fix: 'Send HTTP/1.1 with valid headers and a valid path.',
  },
  'request.timeout': {
    status: 408,
    title: 'The request took too long to arrive',
    fix: 'Send the headers within 10 s and the body within 15 s.',
  },
  'request.headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    fix: 'Stay below 16 KiB for all headers together.',
  },
  'request.unsupported-type': {
    status: 415,
    title: 'The content type is not supported',
    fix: 'Send `content-type: application/json`.',
  },
  'request.not-found': {
    status: 404,
    title: 'There is nothing here',
    fix: 'Check the path and the id.',
  },
  'request.method-not-allowed': {
    status: 405,
    title: 'This path does not take that method',
    fix: 'Use one of the methods in the `allow` header.',
  },
  'auth.required': {
    status: 401,
    title: 'Sign in first',
    fix: 'Send `authorization: Bearer <token or API key>`.',
  },
  'auth.invalid': {
    status: 401,
    title: 'The credential is not valid',
    fix: 'It may be expired, revoked or mistyped: sign in again or issue a new key.',
  },
  'auth.wrong-login': {
    status: 401,
    title: 'E-mail or password is wrong',
    fix: 'Check both, or reset the password.',
  },
  'auth.forbidden': {
    status: 403,
    title: 'Not allowed with this role or key',
    fix: 'Ask an owner or admin of the tenant, or use a key with the scope named in `details`.',
  },
  'auth.email-unverified': {
    status: 403,
    title: 'The e-mail address is not verified yet',
    fix: 'Follow the link in the mail we sent; signing up again sends a new one.',
  },
  'auth.no-tenant': {
    status: 403,
    title: 'You do not belong to that tenant',
    fix: 'Ask an owner or admin for an invitation, or name another tenant.',
  },
  'auth.link-spent': {
    status: 400,
    title: 'This link is not valid any more',
    fix: 'It was used, replaced or is too old: ask for a new one.',
  },
  'signup.closed': {
    status: 403,
    title: 'Sign-up is closed here',
    fix: 'Ask an operator for an account or a colleague for an invitation.',
  },
  'password.weak': {
    status: 400,
    title: 'This password is too easy to guess',
    fix: 'Take 12 to 128 characters that are not a common password or your address.',
  },
  'tenant.suspended': {
    status: 403,
    title: 'The tenant is suspended',
    fix: 'Ask the agency or the operator of the platform.',
  },
  'tenant.is-client': {
    status: 409,
    title: 'A client tenant cannot have clients of its own',
    fix: 'Create the client under the agency.',
  },
  'slug.taken': {
    status: 409,
    title: 'This short name is taken',
    fix: 'Choose another slug or leave it out.',
  },
  'email.taken': {
    status: 409,
    title: 'There is an account with this e-mail address',
    fix: 'Sign in, or reset the password.',
  },
  'member.last-owner': {
    status: 409,
    title: 'A tenant needs an owner',
    fix: 'Make somebody else an owner first.',
  },
  'member.exists': {
    status: 409,
    title: 'This person already belongs to the tenant',
    fix: 'Change the role instead.',
  },
  'invitation.closed': {
    status: 409,
    title: 'The invitation is over',
    fix: 'It was accepted, revoked or has expired: issue a new one.',
  },
  'apikey.revoked': {
    status: 409,
    title: 'The API key is revoked',
    fix: 'Issue a new one.',
  },
  'mail.unavailable': {
    status: 503,
    title: 'The mail could not be sent',
    fix: 'Try again shortly.',
  },
  ...agentErrors,
  ...callErrors,
  ...voiceErrors,
  'rate.limited': {
    status: 429,
    title: 'Too many requests',
    fix: 'Wait for the seconds in the `retry-after` header.',
  },
  'idempotency.mismatch': {
    status: 409,
    title: 'This Idempotency-Key was used for another request',
    fix: 'Use a new key for a new request.',
  },
  'idempotency.in-progress': {
    status: 409,
    title: 'The first request with this Idempotency-Key is still running',
    fix: 'Wait a moment and send the same request again.',
  },
  'state.conflict': {
    status: 409,
    title: 'Somebody else changed it at the same moment',
    fix: 'Load it again and repeat your change.',
  },
  'log.conflict': {
    status: 409,
    title: 'Too many writers at once on the same thing',
    fix: 'Send the request again.',
  },
  'log.full': {
    status: 503,
    title: 'The event log is full',
    fix: 'An operator has to free or add storage; nothing was stored.',
  },
  'log.unavailable': {
    status: 503,
    title: 'The event log cannot be reached',
    fix: 'Try again shortly with the same Idempotency-Key.',
  },
  'log.unknown': {
    status: 503,
    title: 'Whether this was stored is not known',
    fix: 'Send the same request with the same Idempotency-Key to find out.',
  },
  'log.incomplete': {
    status: 500,
    title: 'A part of the history cannot be found',
    fix: 'This is a fault of ours; tell us the request id.',
  },
  'log.damaged': {
    status: 500,
    title: 'A part of the archive is not what was written',
    fix: 'This is a fault of ours; restore the objects named in `details` from a backup.',
  },
  'log.busy': {
    status: 409,
    title: 'Somebody else is archiving or erasing',
    fix: 'Try again in half a minute.',
  },
  'log.not-erasable': {
    status: 500,
    title: 'An event that has to be forgotten cannot be redacted',
    fix: 'Deploy the code that knows the event named in `details`, then erase again.',
  },
  'log.unfit': {
    status: 503,
    title: 'The NATS server is not fit to keep the log',
    fix: 'Correct what `details` names: its version, its settings or its streams.',
  },
  'log.invalid-event': {
    status: 500,
    title: 'An event does not fit its schema',
    fix: 'This is a fault of ours; tell us the request id.',
  },
  'service.unavailable': {
    status: 503,
    title: 'A part of the platform is not available',
    fix: 'Try again shortly.',
  },
  'service.timeout': {
    status: 504,
    title: 'A part of the platform did not answer in time',
    fix: 'Try again shortly with the same Idempotency-Key.',
  },
  'store.unavailable': {
    status: 503,
    title: 'A database cannot be reached',
    fix: 'Try again shortly.',
  },
  'object.missing': {
    status: 404,
    title: 'The file is not there',
    fix: 'It may have been removed or not be uploaded yet.',
  },
  'crypto.unknown-key': {
    status: 500,
    title: 'The key this was encrypted with is not known here',
    fix: 'An operator has to put the master key named in `details` back into KEK_FILE.',
  },
  'crypto.unreadable': {
    status: 500,
    title: 'A stored secret cannot be decrypted',
    fix: 'Enter the secret again; tell us the request id.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    fix: 'Tell us the request id.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}
