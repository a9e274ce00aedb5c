export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** The carriers' limit. */
const MAX_BYTES = 100_000;
const tokens =
  /<\?[^>]*\?>|<!--[\s\S]*?-->|<\/([\w:.-]+)\s*>|<([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[^<]+/gy;
const attributePairs = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

interface Open {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/**
 * The root of an answer document, or the sentence that a carrier's debugger would show. As strict
 * as the carriers are: what is not well-formed ends the call.
 */
export function parseXml(source: string): XmlElement {
  if (Buffer.byteLength(source) > MAX_BYTES) throw new SyntaxError('document too large');
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const open: Open[] = [root];
  let end = 0;
  for (const token of source.matchAll(tokens)) {
    end = token.index + token[0].length;
    take(token, open);
  }
  if (end !== source.length || open.length !== 1) throw new SyntaxError('not well-formed');
  const [element] = root.children;
  if (!element || root.children.length > 1) throw new SyntaxError('not one root element');
  return element;
}

function take(token: RegExpExecArray, open: Open[]): void {
  const [whole, closing, name, attributes = '', selfClosing] = token;
  const current = open.at(-1);
  if (!current) throw new SyntaxError('not well-formed');
  if (closing !== undefined) {
    close(closing, open);
  } else if (name !== undefined) {
    const element = { name, attributes: attributesIn(attributes), children: [], text: '' };
    if (selfClosing === '/') current.children.push(element);
    else open.push(element);
  } else if (!whole.startsWith('<')) {
    current.text += unescape(whole);
  }
}

function close(name: string, open: Open[]): void {
  const element = open.pop();
  const parent = open.at(-1);
  if (!element || !parent || element.name !== name) throw new SyntaxError(`</${name}> unexpected`);
  parent.children.push(element);
}

function attributesIn(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(attributePairs)].map(([, name = '', double, single]) => [
      name,
      unescape(double ?? single ?? ''),
    ]),
  );
}

function unescape(text: string): string {
  return text.replaceAll(/&(#x?[\da-f]+|\w*);?/gi, (whole, entity: string) => {
    const known = entities[entity];
    if (known !== undefined) return known;
    if (!entity.startsWith('#') || !whole.endsWith(';')) {
      throw new SyntaxError(`entity ${whole} unknown`);
    }
    const isHex = /^#x/i.test(entity);
    return String.fromCodePoint(Number.parseInt(entity.slice(isHex ? 2 : 1), isHex ? 16 : 10));
  });
}
