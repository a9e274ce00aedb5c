import { describe, expect, it } from '@jest/globals';
import type { Envelope } from '@trunkline/contracts';
import { dataName, manifestName, packSegment, unpackSegment } from './segment-format.js';

const name = { segment: 's1', generation: 2, tenant: 't', day: '2026-11-21' };

function line(seq: number, v: number, id: string): { seq: number; event: Envelope } {
  const event: Envelope = {
    ...{ eventId: `0190a0a0-0000-7000-8000-0000000000${seq}`, tenant: 't', aggregate: 'call' },
    ...{ id, v, type: 'call.started', schema: 1, occurredAt: '2026-11-21T08:00:00.000Z' },
    actor: { kind: 'service', id: 'test' },
    ...{ causationId: 'c', correlationId: 'c' },
    data: { text: 'ünïcode\nand a line' },
  };
  return { seq, event };
}

const lines = [line(11, 1, 'a'), line(13, 1, 'b'), line(17, 2, 'a')];

describe('segments', () => {
  it('come back as they were packed, with a manifest of what is in them', async () => {
    const { manifest, bytes } = await packSegment(name, lines);
    expect(await unpackSegment(manifest, bytes)).toEqual(lines);
    expect(manifest).toMatchObject({ count: 3, firstSeq: 11, lastSeq: 17, generation: 2 });
    expect(manifest.aggregates).toEqual([
      { key: 'call/a', firstV: 1, lastV: 2, lastSeq: 17 },
      { key: 'call/b', firstV: 1, lastV: 1, lastSeq: 13 },
    ]);
  });

  it('are refused when one bit is another, or a line is missing', async () => {
    const { manifest, bytes } = await packSegment(name, lines);
    const rotten = Uint8Array.from(bytes);
    rotten[20] = (rotten[20] ?? 0) ^ 1;
    await expect(unpackSegment(manifest, rotten)).rejects.toThrow('log.damaged');
    await expect(unpackSegment({ ...manifest, count: 4 }, bytes)).rejects.toThrow('log.damaged');
  });

  it('lie per tenant and day, with the generation in the name', () => {
    expect(dataName(name)).toBe('t/2026-11-21/s1.g2.ndjson.zst');
    expect(manifestName(name)).toBe('t/2026-11-21/s1.g2.json');
  });
});
