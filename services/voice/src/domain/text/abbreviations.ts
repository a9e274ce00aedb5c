const titles =
  'mr mrs ms dr prof st jr sr rev hon gen col sgt capt lt no vs etc inc ltd co corp dept';
const english = `${titles} e.g i.e a.m p.m approx apt ave blvd rd est fig jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun u.s u.k ph.d`;

const known: Readonly<Record<string, ReadonlySet<string>>> = {
  en: wordsIn(english),
  de: wordsIn(
    'dr prof hr fr z.b d.h u.a usw bzw ca nr str inkl zzgl mio mrd tel abs evtl ggf o.ä u.s.w jan feb apr aug sept okt nov dez st bspw',
  ),
  es: wordsIn(
    'sr sra srta dr dra d dña prof av avda c núm pág tel etc ej p.ej ee.uu aprox lic ing',
  ),
  fr: wordsIn(
    'm mm mme mlle dr pr me av bd tél env etc ex p.ex c.-à-d janv févr avr juil sept oct nov déc st ste n',
  ),
  hi: wordsIn('डॉ श्री प्रो रु dr mr mrs'),
};
const fallback = known['en'] ?? new Set<string>();

/** One letter and a point is an initial: "J. Smith". In English the word "I" ends sentences. */
const initial = /(?:^|[\s.])\p{Lu}\.$/u;

export function endsWithAbbreviation(text: string, language: string): boolean {
  const word = /(\S+)\.$/.exec(text)?.[1];
  if (word === undefined) return false;
  const bare = word.replace(/^[("'“„«¿¡[]+/u, '').toLowerCase();
  const words = known[language] ?? fallback;
  return words.has(bare) || (initial.test(text) && !(language === 'en' && bare === 'i'));
}

function wordsIn(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
