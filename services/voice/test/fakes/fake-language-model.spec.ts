import { languageModelContract } from '../contracts/language-model.contract.js';
import { FakeLanguageModel } from './fake-language-model.js';

languageModelContract('the fake', () => {
  const model = new FakeLanguageModel();
  return Promise.resolve({
    model,
    access: { provider: 'fake', baseUrl: '', apiKey: '', owner: 't1' },
    script: (next) => void model.script(next),
    cutOffs: () => model.cutOffs,
    asked: () => model.orders.length,
    close: () => Promise.resolve(),
  });
});
