import { pick } from './pick.js';

/** How long a colleague may think before the briefing is said again, and then before it is over. */
export const KEY_SECONDS = 7;

const usual: Readonly<Record<string, string>> = {
  da: 'da-DK',
  de: 'de-DE',
  en: 'en-US',
  es: 'es-ES',
  fr: 'fr-FR',
  hi: 'hi-IN',
  it: 'it-IT',
  ja: 'ja-JP',
  ko: 'ko-KR',
  nl: 'nl-NL',
  pl: 'pl-PL',
  pt: 'pt-BR',
  ru: 'ru-RU',
  sv: 'sv-SE',
  tr: 'tr-TR',
};

/** The carriers' own voices want a region; an unknown language is left as it is. */
export function spokenLanguage(language: string): string {
  return pick(usual, language.toLowerCase()) ?? language;
}
