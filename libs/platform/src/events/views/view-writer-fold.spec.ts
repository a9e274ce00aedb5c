import { describe, expect, it } from '@jest/globals';
import type { Envelope } from '@trunkline/contracts';
import type { ProjectedDocument, Projection } from './projection.js';
import { documentIdOf, foldEvents, ownFields, sourcesOf } from './view-writer-fold.js';

interface Doc extends ProjectedDocument {
  readonly seen: readonly number[];
}

function event(v: number, more: Partial<Envelope> = {}): Envelope {
  return {
    ...{ eventId: `e${v}`, tenant: 't', aggregate: 'call', id: 'c1', v, type: 'call.rang' },
    ...{ schema: 1, occurredAt: '2026-11-21T08:00:00Z', causationId: 'x', correlationId: 'x' },
    actor: { kind: 'service', id: 'voice' },
    data: {},
    ...more,
  };
}

function view(project: Projection<Doc>['project'], documentId = (one: Envelope) => one.id) {
  const definition = { service: 'voice', view: 'x', version: 1, aggregates: ['call'], groups: 1 };
  return { definition, documentId, project, indexes: [] } as Projection<Doc>;
}

const see = (doc: Doc | undefined, { v }: Envelope): Doc => ({
  ...{ _id: 'c1', tenant: 't' },
  seen: [...(doc?.seen ?? []), v],
});
const seeing = view(see);
const nothing = { _id: 'c1', stored: undefined };

describe('folding events into a document', () => {
  it('adds the version, the first event and the source', () => {
    expect(foldEvents(seeing, nothing, [event(1), event(2)])).toEqual({
      doc: {
        ...{ _id: 'c1', tenant: 't', seen: [1, 2] },
        v: { call: 2 },
        first: { call: 'e1' },
        refs: { call: 't/c1' },
      },
    });
  });

  it('keeps the state of other sources', () => {
    const { doc } = foldEvents(seeing, nothing, [event(1)]);
    const dial = event(7, { aggregate: 'dial', eventId: 'd7' });
    expect(foldEvents(seeing, { _id: 'c1', stored: doc }, [dial]).doc).toMatchObject({
      v: { call: 1, dial: 7 },
      first: { call: 'e1', dial: 'd7' },
      refs: { call: 't/c1', dial: 't/c1' },
    });
  });

  it('shows project the document without the book-keeping', () => {
    const shown: unknown[] = [];
    const curious = view((doc) => {
      shown.push(doc);
      return doc ?? { _id: 'c1', tenant: 't', seen: [] };
    });
    foldEvents(curious, nothing, [event(1), event(2)]);
    expect(shown).toEqual([undefined, { _id: 'c1', tenant: 't', seen: [] }]);
  });

  it('raises the version of a stub while there is no document', () => {
    const { doc } = foldEvents(
      view(() => undefined),
      nothing,
      [event(1), event(2)],
    );
    expect(doc).toMatchObject({ absent: true, tenant: 't', v: { call: 2 } });
    expect(ownFields(doc)).toBeUndefined();
  });

  it('raises the version past events that are not for the view', () => {
    const picky = view(see, (one) => (one.v === 2 ? (undefined as never) : one.id));
    const { doc } = foldEvents(picky, nothing, [event(1), event(2), event(3)]);
    expect(doc).toMatchObject({ seen: [1, 3], v: { call: 3 } });
  });

  it('stops right before the event that fails and does not quote its data', () => {
    const failing = view((doc, one) => {
      if (one.v === 2) throw new TypeError('cannot read Canary');
      return see(doc, one);
    });
    const { doc, failure } = foldEvents(failing, nothing, [event(1), event(2), event(3)]);
    expect(doc).toMatchObject({ seen: [1], v: { call: 1 } });
    expect(failure).toMatchObject({ at: { id: 'c1', v: 2, type: 'call.rang' } });
    expect(failure?.reason).toMatch(/^TypeError at view-writer-fold\.spec\.ts:\d+$/);
  });

  it.each([
    ['another id', { _id: 'other', tenant: 't', seen: [] }],
    ['no tenant', { _id: 'c1', tenant: '', seen: [] }],
    ['a reserved field', { _id: 'c1', tenant: 't', seen: [], v: 1 }],
  ])('refuses a document with %s', (_, answer) => {
    expect(
      foldEvents(
        view(() => answer),
        nothing,
        [event(1)],
      ).failure,
    ).toBeDefined();
  });

  it('knows the sources of a document', () => {
    const { doc } = foldEvents(seeing, nothing, [event(1)]);
    expect(doc && sourcesOf(doc)).toEqual([{ tenant: 't', aggregate: 'call', id: 'c1' }]);
  });

  it('takes a failing documentId for poison', () => {
    const failing = view(see, () => {
      throw new RangeError('Canary');
    });
    expect(() => documentIdOf(failing, event(1))).toThrow('cannot project: RangeError at');
  });
});
