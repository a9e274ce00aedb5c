import { describe, expect, it } from '@jest/globals';
import { Ledger } from './ledger.js';

describe('a ledger', () => {
  const shown = (ledger: Ledger<{ text: string }>, query: string): readonly object[] =>
    ledger.find(new URLSearchParams(query)).entries;

  it('shows what was asked with a key, or what matches, as it is by now', () => {
    const ledger = new Ledger<{ text: string }>();
    const first = ledger.add('a', { text: 'one' });
    ledger.add('b', { text: 'two' });
    first.text = 'changed';
    expect(shown(ledger, 'key=a')).toEqual([{ seq: 1, text: 'changed' }]);
    expect(shown(ledger, 'match=tw')).toEqual([{ seq: 2, text: 'two' }]);
    expect(shown(ledger, 'since=1')).toEqual([{ seq: 2, text: 'two' }]);
    ledger.clear();
    expect(shown(ledger, '')).toEqual([]);
  });

  it('forgets the oldest and shows the newest', () => {
    const ledger = new Ledger<{ text: string }>();
    for (let at = 1; at <= 2001; at += 1) ledger.add('a', { text: String(at) });
    expect(shown(ledger, 'since=0')).toHaveLength(500);
    expect(shown(ledger, 'since=0').at(-1)).toEqual({ seq: 2001, text: '2001' });
    expect(shown(ledger, 'match="1"')).toEqual([]);
  });
});
