import type { AnalysisEvent, CallLogDocument } from './call-log-document.js';

export function projectAnalysis(event: AnalysisEvent): Partial<CallLogDocument> {
  return { analysis: event.type === 'analysis.erased' ? 'none' : 'awaiting-analysis' };
}
