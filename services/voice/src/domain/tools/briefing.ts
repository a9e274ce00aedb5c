/** What a person listens to on the telephone before they press a key. */
const MOST_CHARACTERS = 400;

/** The model's summary, bounded and spoken as a sentence, and then what to press. */
export function briefingOf(summary: string, pressOne: string): string {
  const plain = summary.replaceAll(/\s+/g, ' ').trim();
  return plain === '' ? pressOne : `${asSentence(bounded(plain))} ${pressOne}`;
}

/** At the end of a sentence where there is one, else of a word. */
function bounded(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  const cut = text.slice(0, MOST_CHARACTERS);
  const sentence = /^.*[.!?](?=\s)/.exec(cut)?.[0];
  return sentence ?? cut.replace(/\s+\S*$/, '');
}

function asSentence(text: string): string {
  return /[.!?…。।]$/.test(text) ? text : `${text}.`;
}
