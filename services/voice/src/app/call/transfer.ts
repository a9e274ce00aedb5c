import { briefingOf } from '../../domain/tools/briefing.js';
import type { Actor } from './perform.js';

/** What comes of it is written down whatever it is, and always told to the rules. */
export async function transfer(
  { name, summary }: { readonly name: string; readonly summary: string },
  { stages, happen }: Actor,
): Promise<void> {
  const { config, leg, nowMs } = stages.parts;
  const target = config.transfers.find((one) => one.name === name) ?? config.transfers[0];
  if (!target) return happen({ type: 'transfer-done', outcome: 'refused', reason: 'failed' });
  const { to, kind } = target;
  const { language, phrases } = config;
  const briefing = kind === 'warm' ? briefingOf(summary, phrases.pressOne) : '';
  const about = { name: target.name, kind };
  const { outcome, reason, dial } = await leg.transfer(
    { number: to, kind, briefing, language },
    {
      signal: stages.stop.signal,
      tell: (progress) => stages.scribe.transfer(about, progress),
    },
  );
  const data = { ...about, to, outcome, reason, dial, atMs: nowMs() };
  stages.scribe.note({ type: 'call.transferred', data });
  happen({ type: 'transfer-done', outcome, reason });
}
