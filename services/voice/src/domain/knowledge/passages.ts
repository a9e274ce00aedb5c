export interface Passage {
  readonly document: string;
  readonly title: string;
  readonly text: string;
}

export interface SourceText {
  readonly document: string;
  readonly title: string;
  readonly text: string;
}

/** Enough to answer one question aloud, and little enough to hand a model three of them. */
const PASSAGE_CHARACTERS = 700;
/** A sentence longer than that is a table or a list: it is cut where a word ends. */
const LONGEST_PIECE_CHARACTERS = 1000;

/** Whole paragraphs and sentences, put together until they are worth reading. */
export function passagesOf({ document, title, text }: SourceText): Passage[] {
  const passages: string[] = [];
  let open = '';
  for (const piece of piecesOf(text)) {
    if (open !== '' && open.length + piece.length > PASSAGE_CHARACTERS) {
      passages.push(open);
      open = '';
    }
    open = open === '' ? piece : `${open} ${piece}`;
  }
  if (open !== '') passages.push(open);
  return passages.map((passage) => ({ document, title, text: passage }));
}

function piecesOf(text: string): string[] {
  const paragraphs = text.split(/\n\s*\n/).map((one) => one.replace(/\s+/g, ' ').trim());
  return paragraphs.filter((one) => one !== '').flatMap(sentencesOf);
}

function sentencesOf(paragraph: string): string[] {
  if (paragraph.length <= PASSAGE_CHARACTERS) return [paragraph];
  const sentences = paragraph.split(/(?<=[.!?।。！？])\s+|(?<=[।。！？])/u);
  return sentences.filter((one) => one !== '').flatMap(cut);
}

function cut(sentence: string): string[] {
  const pieces: string[] = [];
  let rest = sentence;
  while (rest.length > LONGEST_PIECE_CHARACTERS) {
    const space = rest.lastIndexOf(' ', PASSAGE_CHARACTERS);
    const end = space > 0 ? space : PASSAGE_CHARACTERS;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...pieces, rest].filter((one) => one !== '');
}
