export type XmlAttributes = Readonly<Record<string, string | number | undefined>>;

/** Markup that is already escaped; only `element` makes it, so that raw text cannot pass for it. */
export interface Markup {
  readonly markup: string;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Also drops what XML 1.0 cannot hold at all: one such character voids the whole document. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll(/[&<>"'\t\n\r]/g, (character) => entities[character] ?? '');
}

export function element(
  name: string,
  attributes: XmlAttributes,
  children: string | readonly Markup[] = [],
): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join('');
  const inner =
    typeof children === 'string'
      ? escapeXml(children)
      : children.map((child) => child.markup).join('');
  return {
    markup: inner === '' ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>`,
  };
}

export function responseDocument(children: readonly Markup[]): {
  contentType: string;
  body: string;
} {
  const body = `<?xml version="1.0" encoding="UTF-8"?>${element('Response', {}, children).markup}`;
  return { contentType: 'application/xml; charset=utf-8', body };
}
