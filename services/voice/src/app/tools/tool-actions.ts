import { withDeadline } from '@trunkline/kernel';
import {
  chooseTransfer,
  dialledDigits,
  textArgument,
  type InternalAction,
  type ToolArguments,
  type TransferTarget,
} from '../../domain/tools/internal-actions.js';
import type { ToolOutcome } from '../ports/tool-runner.js';
import type { KnowledgeSource } from './ports.js';

/** What one tool did, before anybody knows how long it took. */
export type Done = Omit<ToolOutcome, 'result' | 'tookMs'> & {
  readonly text: string;
  readonly action?: ToolOutcome['result']['action'];
};

export interface ActionParts {
  readonly transfers: readonly TransferTarget[];
  readonly knowledge: KnowledgeSource | null;
}

/** Documents are few and in memory; what takes longer is their first loading. */
const KNOWLEDGE_LIMIT_MS = 1800;
const MAX_NOTE_CHARACTERS = 1000;

type Perform = (args: ToolArguments, parts: ActionParts) => Done | Promise<Done>;

/** The line's own actions are carried out by the call; the others work on the tenant's data. */
export const toolActions: Readonly<Record<InternalAction, Perform>> = {
  'hang-up': () => did('The call ends after your last words.', { kind: 'hang-up' }),

  transfer: (args, { transfers }) => {
    const name = chooseTransfer(textArgument(args, 'name'), transfers);
    if (name !== undefined) {
      const summary = textArgument(args, 'summary').slice(0, MAX_NOTE_CHARACTERS);
      return did(calling(name), { kind: 'transfer', name, summary });
    }
    const names = transfers.map((target) => target.name).join(', ') || 'nobody';
    return failed(`There is no such destination. You can transfer to: ${names}.`);
  },

  'send-dtmf': (args) => {
    const digits = dialledDigits(textArgument(args, 'digits'));
    if (digits === undefined) return failed('digits must be 0-9, * and #.');
    return did('The keys are being pressed.', { kind: 'send-dtmf', digits });
  },

  'schedule-callback': (args) => {
    const at = textArgument(args, 'at');
    if (at === '') return failed('Say when: at is missing.');
    return marked('callback-requested', `${at} ${noteIn(args)}`.trim(), 'The callback is noted.');
  },

  'mark-disposition': (args) => {
    const name = textArgument(args, 'disposition').slice(0, 64);
    if (name === '') return failed('disposition is missing.');
    return marked(name, noteIn(args), 'It is noted.');
  },

  'add-to-dnc': (args) =>
    marked('do-not-call', noteIn(args), 'Noted: this number is not to be called again.'),

  'look-up-knowledge': (args, { knowledge }) => lookUp(textArgument(args, 'query'), knowledge),
};

async function lookUp(query: string, knowledge: KnowledgeSource | null): Promise<Done> {
  if (query === '') return failed('query is missing.');
  if (!knowledge) return failed('There are no documents to look into.');
  const deadline = { limitMs: KNOWLEDGE_LIMIT_MS, code: 'service.timeout' };
  const passages = await withDeadline(deadline, (signal) => knowledge.search(query, signal));
  const documents = [...new Set(passages.map((passage) => passage.document))];
  const found = passages.map(({ title, text }) => `# ${title}\n${text}`).join('\n\n');
  return {
    outcome: 'done',
    text: found === '' ? 'The documents say nothing about it.' : found,
    retrieval: { query: query.slice(0, MAX_NOTE_CHARACTERS), documents },
  };
}

function calling(name: string): string {
  return `${name} is being called while the caller waits with you. You will be told what comes of it.`;
}

function did(text: string, action: NonNullable<Done['action']>): Done {
  return { outcome: 'done', text, action };
}

function marked(name: string, note: string, text: string): Done {
  return { outcome: 'done', text, disposition: { name, note } };
}

export function failed(text: string): Done {
  return { outcome: 'failed', text };
}

function noteIn(args: ToolArguments): string {
  return textArgument(args, 'note').slice(0, MAX_NOTE_CHARACTERS);
}
