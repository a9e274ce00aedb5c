import { join } from 'node:path';
import type { FactJournal } from '../../app/facts/fact-journal.js';
import type { Spool } from '../../app/recording/ports.js';
import { Remains } from '../../app/sweeping/ports.js';
import { FileJournal } from '../journal/file-journal.js';
import { FolderSpool } from './folder-spool.js';

/** One folder a pod, in the two places that outlive it. */
export class PodFolders extends Remains {
  constructor(private readonly folders: { readonly journal: string; readonly spool: string }) {
    super();
  }

  override journalOf(pod: string): FactJournal {
    return new FileJournal(join(this.folders.journal, pod));
  }

  override spoolOf(pod: string): Spool {
    return new FolderSpool(join(this.folders.spool, pod));
  }
}
