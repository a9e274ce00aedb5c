export type Greeting = 'human' | 'voicemail' | 'screening' | 'ivr';

/** What the first words of an answered call give away. */
const screening = [
  /state your name/,
  /record your name/,
  /reason for (?:your|the) call/,
  /(?:who is|who's|say who is) calling/,
  /call screening/,
  /see if (?:this person|they) (?:is|are) available/,
];
const voicemail = [
  /leave (?:me |us )?(?:a |your )?(?:name|message|voicemail)/,
  /after the (?:tone|beep|signal)/,
  /(?:can't|cannot|unable to|not able to) (?:come to|take|answer) (?:the |your )?(?:phone|call)/,
  /not available (?:right now|to take)/,
  /(?:voice ?mail|mailbox)/,
  /forwarded to/,
  /deje (?:su|un) mensaje/,
  /nach dem (?:ton|signal)/,
  /laissez (?:un|votre) message/,
];
const ivr = [
  /press (?:\d|one|two|three|zero|star|pound)/,
  /para español/,
  /main menu/,
  /listen carefully/,
];

export function classifyGreeting(text: string): Greeting {
  const said = text.toLowerCase();
  if (screening.some((pattern) => pattern.test(said))) return 'screening';
  if (voicemail.some((pattern) => pattern.test(said))) return 'voicemail';
  if (ivr.some((pattern) => pattern.test(said))) return 'ivr';
  return 'human';
}
