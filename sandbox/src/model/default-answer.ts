import type { Answer, Asked } from './script.js';

const goodbye = /\b(good\s?bye|bye( bye)?|that('s| is) all|hang up|nothing else)\b/iu;
const hangUp = /hang_?up|end_?call/iu;

/** What a model says that nobody gave a script: polite, and the same every time. */
export function defaultAnswer(asked: Asked): Answer {
  if (asked.afterTool) return { say: 'Done. Is there anything else I can do for you?' };
  const heard = asked.userText?.trim();
  if (!heard) return { say: 'Hello! How can I help you today?' };
  if (!goodbye.test(heard)) {
    return { say: 'You said: {{user}} Is there anything else I can do for you?' };
  }
  const name = asked.toolNames.find((tool) => hangUp.test(tool));
  return {
    say: 'Thank you for calling. Goodbye!',
    ...(name === undefined ? {} : { tool: { name, arguments: {} } }),
  };
}
