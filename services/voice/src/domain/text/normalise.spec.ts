import { describe, expect, it } from '@jest/globals';
import { cardinal, ordinal, year } from './languages/english-numbers.js';
import { normalise } from './normalise.js';

describe('english numbers', () => {
  it.each([
    ['0', 'zero'],
    ['15', 'fifteen'],
    ['342', 'three hundred forty-two'],
    ['1000000', 'one million'],
    ['1002003', 'one million two thousand three'],
  ])('%s is %s', (digits, words) => expect(cardinal(digits)).toBe(words));

  it.each([
    ['1', 'first'],
    ['12', 'twelfth'],
    ['20', 'twentieth'],
    ['23', 'twenty-third'],
    ['100', 'one hundredth'],
    ['105', 'one hundred fifth'],
  ])('%s as an ordinal is %s', (digits, words) => expect(ordinal(digits)).toBe(words));

  it.each([
    ['1900', 'nineteen hundred'],
    ['1905', 'nineteen oh five'],
    ['1984', 'nineteen eighty-four'],
    ['2000', 'two thousand'],
    ['2007', 'two thousand seven'],
    ['2026', 'twenty twenty-six'],
  ])('the year %s is %s', (digits, words) => expect(year(digits)).toBe(words));
});

describe('normalising English', () => {
  it.each([
    ['I have 3 of 1,250.', 'I have three of one thousand two hundred fifty.'],
    ['It is -4.05 now', 'It is minus four point zero five now'],
    [
      '$1,234.50 or $5',
      'one thousand two hundred thirty-four dollars and fifty cents or five dollars',
    ],
    [
      '$1.00, £0.99 and €3.5 million',
      'one dollar, ninety-nine pence and three point five million euros',
    ],
    ['$20k or 15 USD', 'twenty thousand dollars or fifteen dollars'],
    ['Up 3.5% or 10 %', 'Up three point five percent or ten percent'],
    ['on March 3, 2025', 'on March third, twenty twenty-five'],
    ['on Mar. 3rd at noon', 'on March third at noon'],
    ['the 4th of July 1999', 'the fourth of July nineteen ninety-nine'],
    ['due 2025-03-04.', 'due March fourth, twenty twenty-five.'],
    ['due 3/4/2025', 'due March fourth, twenty twenty-five'],
    ['at 10:30 a.m. on Monday', 'at ten thirty AM on Monday'],
    ['at 10:05 and 14:00', "at ten oh five and fourteen o'clock"],
    ['Come at 3 p.m.', 'Come at three PM.'],
    ['9AM or 5pm.', 'nine AM or five PM.'],
    ['the 2nd and 31st', 'the second and thirty-first'],
    ['in 1995 and since 2010', 'in nineteen ninety-five and since twenty ten'],
    ['the 1990s', 'the nineteen nineties'],
    ['pages 5-10', 'pages five to ten'],
    ['1/2 cup, 24/7', 'one half cup, twenty-four seven'],
    ['Call +1 555 123 4567.', 'Call plus one, five five five, one two three, four five six seven.'],
    ['Call (555) 123-4567', 'Call five five five, one two three, four five six seven'],
    ['Call 555-0199', 'Call five five five, zero one nine nine'],
    ['Call +15551230001', 'Call plus one, five five five, one two three, zero zero zero one'],
    ['jo.doe_1@ex-ample.co.uk', 'jo dot doe underscore one at ex dash ample dot co dot uk'],
    ['See https://www.example.com/a/b?x=1.', 'See example dot com slash a slash b.'],
    ['at example.com today', 'at example dot com today'],
    ['5 km, 1 kg and 20°C', 'five kilometers, one kilogram and twenty degrees Celsius'],
    ['30 min at 65 mph', 'thirty minutes at sixty-five miles per hour'],
    ['Your code is 0423', 'Your code is zero four two three'],
    ['card ending in 1234', 'card ending in one two three four'],
    ['order #98', 'order number ninety-eight'],
    ['id 123456789', 'id one two three four five six seven eight nine'],
    ['A17, B2B and v2.1 stay', 'A17, B2B and v2.1 stay'],
    ['Tom & Ann', 'Tom and Ann'],
    ['Nothing here. Really!', 'Nothing here. Really!'],
  ])('%j is said as %j', (text, said) => {
    expect(normalise(text, 'en-US')).toBe(said);
  });

  it('puts the day first where English does', () => {
    expect(normalise('due 3/4/2025', 'en-GB')).toBe('due April third, twenty twenty-five');
  });
});

describe('normalising other languages', () => {
  it.each([
    ['es', 'Son 1.250,50 € el 04/03/2025', 'Son 1250 euros y 50 céntimos el 4 de marzo de 2025'],
    ['es', 'El 5 % de 3 km', 'El 5 por ciento de 3 kilómetros'],
    ['fr', 'Le 2025-03-01, 3,5 % pour 20 €', 'Le 1er mars 2025, 3,5 pour cent pour 20 euros'],
    ['de', 'Am 04.03.2025 kostet es 1,01 €', 'Am 4. März 2025 kostet es 1 Euro und 1 Cent'],
    ['de', '20 km/h, a.b@c.de', '20 Kilometer pro Stunde, a Punkt b ät c Punkt de'],
    ['hi', '₹500 और 20%', '500 रुपये और 20 प्रतिशत'],
    ['de', 'Rufen Sie +49 30 123456 an', 'Rufen Sie plus 4 9, 3 0, 1 2 3 4 5 6 an'],
    ['ja', '5 km は $3', '5 km は $3'],
  ])('%s: %j is said as %j', (language, text, said) => {
    expect(normalise(text, language)).toBe(said);
  });
});
