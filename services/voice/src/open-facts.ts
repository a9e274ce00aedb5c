import { join } from 'node:path';
import type { EventStore, Lifecycle, Logger, Metrics } from '@trunkline/platform';
import { FileJournal } from './adapters/journal/file-journal.js';
import { JournaledCallFacts } from './app/facts/journaled-call-facts.js';
import type { VoiceSettings } from './config.js';

export interface FactsWorld {
  readonly settings: Pick<VoiceSettings, 'VOICE_JOURNAL_DIR'>;
  readonly pod: string;
  readonly store: EventStore;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
}

export interface OpenedFacts {
  readonly facts: JournaledCallFacts;
  /** What an earlier process of this name left is in the log; never rejects. */
  readonly replayed: Promise<void>;
}

/** Facts of calls, with the pod's own journal behind the log. */
export function openFacts(world: FactsWorld): OpenedFacts {
  const { lifecycle, logger, metrics, pod, settings, store } = world;
  const journal = new FileJournal(join(settings.VOICE_JOURNAL_DIR, pod));
  metrics.gauge({
    name: 'voice_journal_bytes',
    help: 'Facts of calls on the disk of the pod that the log has not taken yet.',
    collect() {
      this.set(journal.bytes);
    },
  });
  const facts = new JournaledCallFacts({ store, journal, logger });
  lifecycle.add('close', 'call-facts', (signal) => facts.close(signal));
  const replayed = replayOwn({ facts, journal, logger, signal: lifecycle.signal });
  return { facts, replayed };
}

/** A pod that keeps its name keeps what it could not say before it died. */
async function replayOwn(of: {
  readonly facts: JournaledCallFacts;
  readonly journal: FileJournal;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}): Promise<void> {
  try {
    const count = await of.facts.replay(of.journal, of.signal);
    if (count > 0) of.logger.info('journal.replayed', { count });
  } catch (error) {
    of.logger.error('journal.not-replayed', { error });
  }
}
