export * from './audio-format.js';
export * from './language-model.js';
export * from './line.js';
export * from './provider.js';
export * from './speech-to-speech.js';
export * from './speech-to-text.js';
export * from './text-to-speech.js';
