import { describe, it } from '@jest/globals';
import type { AnalysisFact } from '@trunkline/contracts';
import { specFor } from '@trunkline/testing';
import { analysisDecider } from './analysis.js';

type Ready = Extract<AnalysisFact, { readonly type: 'analysis.transcript-ready' }>;

const given = specFor(analysisDecider);
const transcript = (text: string, callVersion = 9): Ready['data'] => ({
  lines: [{ who: 'caller', text, startedMs: 0, endedMs: 100, interrupted: false }],
  callVersion,
  state: 'awaiting-analysis',
});
const ready = (text: string): Ready => ({
  type: 'analysis.transcript-ready',
  data: transcript(text),
});
const erased: AnalysisFact = { type: 'analysis.erased', data: {} };

describe('the analysis of a call', () => {
  it('begins with the transcript', () =>
    given([])
      .when({ do: 'put-together', transcript: transcript('Hello') })
      .then(ready('Hello')));

  it('keeps a call in which nothing was said', () => {
    const silent = { ...transcript(''), lines: [] };
    given([])
      .when({ do: 'put-together', transcript: silent })
      .then({ type: 'analysis.transcript-ready', data: silent });
  });

  it('makes no second transcript of the same words', () =>
    given([ready('Hello')])
      .when({ do: 'put-together', transcript: transcript('Hello', 12) })
      .then(undefined));

  it('makes another one of what came late', () =>
    given([ready('Hello')])
      .when({ do: 'put-together', transcript: transcript('Hello there') })
      .then(ready('Hello there')));

  it('forgets what there is to forget', () => {
    given([ready('Hello')])
      .when({ do: 'erase' })
      .then(erased);
    given([]).when({ do: 'erase' }).then(undefined);
  });

  it('is forgotten once, and for good', () => {
    const over = given([ready('Hello'), erased]);
    over.when({ do: 'erase' }).then(undefined);
    over.when({ do: 'put-together', transcript: transcript('Hello again') }).then(undefined);
  });
});
