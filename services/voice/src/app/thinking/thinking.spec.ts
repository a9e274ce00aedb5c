import { describe, expect, it } from '@jest/globals';
import { FakeLanguageModel } from '../../../test/fakes/fake-language-model.js';
import {
  languageModelContract,
  orderFor,
  partsOf,
  textOf,
} from '../../../test/contracts/language-model.contract.js';
import { Thinking, type Circuit, type ThinkingChoice, type ThinkingFailure } from './thinking.js';

const never = new AbortController().signal;
const access = (provider: string) => ({ provider, baseUrl: '', apiKey: '', owner: 't1' });
const order = orderFor(access('first'));

class CountingCircuit implements Circuit {
  failures = 0;
  successes = 0;
  isOpen = false;
  isProbeDue = false;
  mayTry(): boolean {
    return !this.isOpen || this.isProbeDue;
  }
  succeeded(): void {
    this.successes += 1;
  }
  failed(): void {
    this.failures += 1;
  }
}

function world(...models: FakeLanguageModel[]) {
  const circuits = models.map(() => new CountingCircuit());
  const failures: ThinkingFailure[] = [];
  const choices = models.map((model, index) => ({
    model,
    access: access(model.provider),
    modelName: `${model.provider}-model`,
    circuit: circuits[index] as CountingCircuit,
  })) as unknown as [ThinkingChoice, ...ThinkingChoice[]];
  const thinking = new Thinking({
    choices,
    onFailure: (failure) => void failures.push(failure),
    firstTokenLimitMs: 30,
    stallLimitMs: 30,
  });
  return { thinking, circuits, failures };
}

languageModelContract('thinking with one vendor', () => {
  const model = new FakeLanguageModel();
  const { thinking } = world(model);
  return Promise.resolve({
    model: thinking,
    access: access('fake'),
    script: (next) => void model.script(next),
    cutOffs: () => model.cutOffs,
    asked: () => model.orders.length,
    close: () => Promise.resolve(),
  });
});

describe('thinking', () => {
  const good = () => new FakeLanguageModel('second', { does: 'say', tokens: ['Second', ' here'] });

  it('O17 asks the fallback after a 5xx, with its own account and model', async () => {
    const second = good();
    const { thinking, failures, circuits } = world(
      new FakeLanguageModel('first', { does: 'refuse', status: 503 }),
      second,
    );
    expect(textOf(await partsOf(thinking.reply(order, never)))).toBe('Second here');
    expect(second.orders[0]).toMatchObject({ model: 'second-model', access: access('second') });
    expect(failures).toMatchObject([{ provider: 'first', goesOn: true }]);
    expect(circuits.map((one) => [one.failures, one.successes])).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(thinking.provider).toBe('second');
  });

  it('O17 asks the fallback when the first token does not come in time', async () => {
    const silent = new FakeLanguageModel('first', { does: 'say-then-hang', tokens: [] });
    const { thinking, failures } = world(silent, good());
    expect(textOf(await partsOf(thinking.reply(order, never)))).toBe('Second here');
    expect(failures).toMatchObject([{ error: { code: 'provider.timeout' } }]);
    expect(silent.cutOffs).toBe(1);
  });

  it('O17 takes the beginning of a tool call for a first token', async () => {
    const args = '{"id":"7"}';
    const first = new FakeLanguageModel('first', { does: 'call', id: 'c', name: 'find', args });
    const { thinking, failures } = world(first, good());
    const parts = await partsOf(thinking.reply(order, never));
    expect(parts).toContainEqual(expect.objectContaining({ type: 'tool-call', name: 'find' }));
    expect(failures).toEqual([]);
  });

  it('O17 never changes the vendor after the first text: the error goes up', async () => {
    const { thinking, failures } = world(
      new FakeLanguageModel('first', { does: 'break-off', tokens: ['Half'] }),
      good(),
    );
    const texts: string[] = [];
    const read = async () => {
      for await (const part of thinking.reply(order, never)) {
        if (part.type === 'text') texts.push(part.text);
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'provider.unavailable' });
    expect(texts).toEqual(['Half']);
    expect(failures).toMatchObject([{ goesOn: false }]);
  });

  it('O17 ends a reply that stalls in the middle', async () => {
    const { thinking } = world(
      new FakeLanguageModel('first', { does: 'say-then-hang', tokens: ['Well'] }),
    );
    await expect(partsOf(thinking.reply(order, never))).rejects.toMatchObject({
      code: 'provider.timeout',
      details: { phase: 'stall' },
    });
  });

  it('does not count a slow reader against the model', async () => {
    const { thinking, failures } = world(good());
    for await (const part of thinking.reply(order, never)) {
      if (part.type === 'text') await new Promise((resolve) => setTimeout(resolve, 45));
    }
    expect(failures).toEqual([]);
  });

  it('does not ask a vendor whose circuit is open, unless there is nobody else', async () => {
    const first = new FakeLanguageModel('first', { does: 'say', tokens: ['First'] });
    const { thinking, circuits } = world(first, good());
    for (const circuit of circuits.slice(0, 1)) circuit.isOpen = true;
    expect(textOf(await partsOf(thinking.reply(order, never)))).toBe('Second here');
    for (const circuit of circuits) circuit.isOpen = true;
    expect(textOf(await partsOf(thinking.reply(order, never)))).toBe('Second here');
    expect(first.orders).toHaveLength(0);
  });

  it('asks a vendor with an open circuit when its probe is due', async () => {
    const first = new FakeLanguageModel('first', { does: 'say', tokens: ['First'] });
    const { thinking, circuits } = world(first, good());
    for (const circuit of circuits.slice(0, 1)) {
      circuit.isOpen = true;
      circuit.isProbeDue = true;
    }
    expect(textOf(await partsOf(thinking.reply(order, never)))).toBe('First');
    expect(circuits[0]?.successes).toBe(1);
  });

  it('does not count an interruption as a failure', async () => {
    const { thinking, circuits, failures } = world(
      new FakeLanguageModel('first', { does: 'say-then-hang', tokens: ['Well'] }),
    );
    const turn = new AbortController();
    const read = async () => {
      for await (const part of thinking.reply(order, turn.signal)) {
        if (part.type === 'text') turn.abort(new Error('barge-in'));
      }
    };
    await expect(read()).rejects.toThrow('barge-in');
    expect([circuits[0]?.failures, failures.length]).toEqual([0, 0]);
  });

  it('O18 changes the vendor until it is told to keep it', async () => {
    const first = new FakeLanguageModel('first', { does: 'refuse', status: 500 });
    const { thinking } = world(first, good());
    expect(textOf(await partsOf(thinking.reply(order, never)))).toBe('Second here');
  });

  it('O18 once told keeps the vendor: it is asked once more, nobody else', async () => {
    const first = new FakeLanguageModel('first', { does: 'refuse', status: 500 });
    const second = good();
    const { thinking } = world(first, second);
    thinking.keepVendor();
    await expect(partsOf(thinking.reply(order, never))).rejects.toMatchObject({
      code: 'provider.unavailable',
    });
    expect([first.orders.length, second.orders.length]).toEqual([2, 0]);
  });

  it('O18 keeps the fallback that answered, not the first choice', async () => {
    const first = new FakeLanguageModel('first', { does: 'refuse', status: 500 });
    const { thinking } = world(first, good());
    for (let turn = 0; turn < 4; turn += 1) {
      await partsOf(thinking.reply(order, never));
      if (turn === 2) thinking.keepVendor();
    }
    expect(first.orders).toHaveLength(1);
    expect(thinking.provider).toBe('second');
  });
});
