/** How one language says what is written with signs. Digits stay digits: a voice reads those. */
export interface Wording {
  readonly at: string;
  readonly dot: string;
  readonly dash: string;
  readonly underscore: string;
  readonly slash: string;
  readonly plus: string;
  readonly and: string;
  readonly percent: string;
  readonly minus: string;
  readonly to: string;
  /** Between the parts of 3,50. */
  readonly decimalMark: '.' | ',';
  readonly months: readonly string[];
  readonly dayFirst: boolean;
  readonly currencies: Readonly<Record<string, CurrencyWords>>;
  readonly units: Readonly<Record<string, UnitWords>>;
}

export type UnitWords = readonly [one: string, many: string];
export type CurrencyWords = readonly [one: string, many: string, cent: string, cents: string];

function units(text: string): Readonly<Record<string, UnitWords>> {
  const rows = text.split(';').map((row) => row.split('|').map((cell) => cell.trim()));
  return Object.fromEntries(rows.map(([sign = '', one = '', many = one]) => [sign, [one, many]]));
}

const english: Wording = {
  at: 'at',
  dot: 'dot',
  dash: 'dash',
  underscore: 'underscore',
  slash: 'slash',
  plus: 'plus',
  and: 'and',
  percent: 'percent',
  minus: 'minus',
  to: 'to',
  decimalMark: '.',
  months:
    'January February March April May June July August September October November December'.split(
      ' ',
    ),
  dayFirst: false,
  currencies: {
    $: ['dollar', 'dollars', 'cent', 'cents'],
    '€': ['euro', 'euros', 'cent', 'cents'],
    '£': ['pound', 'pounds', 'penny', 'pence'],
    '₹': ['rupee', 'rupees', 'paisa', 'paise'],
    '¥': ['yen', 'yen', 'sen', 'sen'],
  },
  units: units(
    'km|kilometer|kilometers; m|meter|meters; cm|centimeter|centimeters; mm|millimeter|millimeters; kg|kilogram|kilograms; g|gram|grams; mg|milligram|milligrams; lb|pound|pounds; lbs|pound|pounds; oz|ounce|ounces; ft|foot|feet; mi|mile|miles; mph|mile per hour|miles per hour; km/h|kilometer per hour|kilometers per hour; l|liter|liters; L|liter|liters; ml|milliliter|milliliters; °C|degree Celsius|degrees Celsius; °F|degree Fahrenheit|degrees Fahrenheit; °|degree|degrees; GB|gigabyte|gigabytes; MB|megabyte|megabytes; TB|terabyte|terabytes; kWh|kilowatt hour|kilowatt hours; kW|kilowatt|kilowatts; min|minute|minutes; hr|hour|hours; hrs|hour|hours; sec|second|seconds; ms|millisecond|milliseconds; m²|square meter|square meters; sq ft|square foot|square feet',
  ),
};

const spanish: Wording = {
  ...english,
  at: 'arroba',
  dot: 'punto',
  dash: 'guion',
  underscore: 'guion bajo',
  slash: 'barra',
  plus: 'más',
  and: 'y',
  percent: 'por ciento',
  minus: 'menos',
  to: 'a',
  decimalMark: ',',
  months:
    'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(
      ' ',
    ),
  dayFirst: true,
  currencies: {
    $: ['dólar', 'dólares', 'centavo', 'centavos'],
    '€': ['euro', 'euros', 'céntimo', 'céntimos'],
    '£': ['libra', 'libras', 'penique', 'peniques'],
    '₹': ['rupia', 'rupias', 'paisa', 'paisas'],
  },
  units: units(
    'km|kilómetro|kilómetros; m|metro|metros; cm|centímetro|centímetros; kg|kilo|kilos; g|gramo|gramos; km/h|kilómetro por hora|kilómetros por hora; l|litro|litros; °C|grado Celsius|grados Celsius; °|grado|grados; min|minuto|minutos; GB|gigabyte|gigabytes; MB|megabyte|megabytes',
  ),
};

const french: Wording = {
  ...english,
  at: 'arobase',
  dot: 'point',
  dash: 'tiret',
  underscore: 'tiret bas',
  slash: 'barre oblique',
  and: 'et',
  percent: 'pour cent',
  minus: 'moins',
  to: 'à',
  decimalMark: ',',
  months:
    'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'.split(
      ' ',
    ),
  dayFirst: true,
  currencies: {
    $: ['dollar', 'dollars', 'cent', 'cents'],
    '€': ['euro', 'euros', 'centime', 'centimes'],
    '£': ['livre', 'livres', 'penny', 'pence'],
    '₹': ['roupie', 'roupies', 'paisa', 'paisas'],
  },
  units: units(
    'km|kilomètre|kilomètres; m|mètre|mètres; cm|centimètre|centimètres; kg|kilo|kilos; g|gramme|grammes; km/h|kilomètre heure|kilomètres heure; l|litre|litres; °C|degré|degrés; °|degré|degrés; min|minute|minutes; Go|gigaoctet|gigaoctets; Mo|mégaoctet|mégaoctets',
  ),
};

const german: Wording = {
  ...english,
  at: 'ät',
  dot: 'Punkt',
  dash: 'Bindestrich',
  underscore: 'Unterstrich',
  slash: 'Schrägstrich',
  and: 'und',
  percent: 'Prozent',
  minus: 'minus',
  to: 'bis',
  decimalMark: ',',
  months:
    'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' '),
  dayFirst: true,
  currencies: {
    $: ['Dollar', 'Dollar', 'Cent', 'Cent'],
    '€': ['Euro', 'Euro', 'Cent', 'Cent'],
    '£': ['Pfund', 'Pfund', 'Penny', 'Pence'],
    '₹': ['Rupie', 'Rupien', 'Paisa', 'Paise'],
  },
  units: units(
    'km|Kilometer; m|Meter; cm|Zentimeter; mm|Millimeter; kg|Kilogramm; g|Gramm; km/h|Kilometer pro Stunde; l|Liter; °C|Grad Celsius; °|Grad; min|Minute|Minuten; Std|Stunde|Stunden; GB|Gigabyte; MB|Megabyte; kWh|Kilowattstunde|Kilowattstunden; m²|Quadratmeter',
  ),
};

const hindi: Wording = {
  ...english,
  at: 'ऐट',
  dot: 'डॉट',
  dash: 'डैश',
  underscore: 'अंडरस्कोर',
  slash: 'स्लैश',
  plus: 'प्लस',
  and: 'और',
  percent: 'प्रतिशत',
  minus: 'माइनस',
  to: 'से',
  months: 'जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर'.split(' '),
  dayFirst: true,
  currencies: {
    $: ['डॉलर', 'डॉलर', 'सेंट', 'सेंट'],
    '€': ['यूरो', 'यूरो', 'सेंट', 'सेंट'],
    '£': ['पाउंड', 'पाउंड', 'पेंस', 'पेंस'],
    '₹': ['रुपया', 'रुपये', 'पैसा', 'पैसे'],
  },
  units: units(
    'km|किलोमीटर; m|मीटर; cm|सेंटीमीटर; kg|किलोग्राम; g|ग्राम; km/h|किलोमीटर प्रति घंटा; l|लीटर; °C|डिग्री सेल्सियस; °|डिग्री; min|मिनट; GB|गीगाबाइट; MB|मेगाबाइट',
  ),
};

const known: Readonly<Record<string, Wording>> = {
  en: english,
  es: spanish,
  fr: french,
  de: german,
  hi: hindi,
};

/** `undefined`: a language whose signs we leave to the voice. */
export function wordingOf(language: string): Wording | undefined {
  return known[language];
}
