import { describe, it } from '@jest/globals';
import { maxDocuments } from '@trunkline/contracts';
import { specFor } from '@trunkline/testing';
import { knowledgeDecider } from './knowledge.js';

const document = (id: string, sha256 = '0'.repeat(64)) => ({
  document: id,
  title: 'Hours',
  key: `t-1/agent-1/knowledge/${id}.txt`,
  sha256,
  sizeBytes: 10,
});
const added = (id: string) => ({ type: 'knowledge.document-added', data: document(id) }) as const;
const removed = { type: 'knowledge.document-removed', data: { document: 'd1' } } as const;
const given = specFor(knowledgeDecider);

describe('knowledge', () => {
  it('given nothing, when a document is added, then it is there', () => {
    given([])
      .when({ do: 'add', document: document('d1') })
      .then(added('d1'));
  });

  it('given a document, when the same is added again, then nothing happens', () => {
    given([added('d1')])
      .when({ do: 'add', document: document('d1') })
      .then(undefined);
  });

  it('given a document, when another text comes with its id, then it is refused', () => {
    given([added('d1')])
      .when({ do: 'add', document: document('d1', '1'.repeat(64)) })
      .thenRefused('idempotency.mismatch');
  });

  it('given as many as there can be, when one more is added, then it is refused', () => {
    const full = Array.from({ length: maxDocuments }, (_, index) => added(`d${index}`));
    given(full)
      .when({ do: 'add', document: document('more') })
      .thenRefused('knowledge.full');
  });

  it('given a document, when it is removed, then it is gone, once', () => {
    given([added('d1')])
      .when({ do: 'remove', document: 'd1' })
      .then(removed);
    given([added('d1'), removed])
      .when({ do: 'remove', document: 'd1' })
      .then(undefined);
  });

  it('given a removed document, when its request is repeated, then it stays removed', () => {
    given([added('d1'), removed])
      .when({ do: 'add', document: document('d1') })
      .then(undefined);
  });

  it('given nothing, when a document is removed, then there is none', () => {
    given([]).when({ do: 'remove', document: 'd1' }).thenRefused('request.not-found');
  });
});
