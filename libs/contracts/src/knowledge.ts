import { z } from 'zod';

/** What an agent may look things up in: few and small, so that a call searches them in memory. */
export const maxDocumentBytes = 262_144;
export const maxDocuments = 50;

export const documentTitle = z.string().trim().min(1).max(200);

// Line breaks and tabs are text; other control characters are a file that is none.
// eslint-disable-next-line no-control-regex
const binary = /[\u0000-\u0008\u000B\u000C\u000E-\u001F]/;

export const documentText = z
  .string()
  .min(1)
  .max(maxDocumentBytes)
  .refine((text) => text.trim() !== '', 'must not be empty')
  .refine((text) => !binary.test(text), 'must be plain text')
  .refine(
    (text) => new TextEncoder().encode(text).length <= maxDocumentBytes,
    `must have at most ${maxDocumentBytes} bytes`,
  );
