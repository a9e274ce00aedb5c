import { integerSetting, urlSetting } from './setting.js';

const baseUrl = (carrier: string, fallback: string) =>
  urlSetting({
    meaning: `Where ${carrier} is reached; the sandbox stands in for it locally.`,
    protocols: ['http', 'https'],
    default: fallback,
  });

/** Whoever asks carriers over REST. An operator's choice: no tenant has a say in it. */
export const carrierSettings = {
  TWILIO_BASE_URL: baseUrl('Twilio', 'https://api.twilio.com'),
  TELNYX_BASE_URL: baseUrl('Telnyx', 'https://api.telnyx.com'),
  PLIVO_BASE_URL: baseUrl('Plivo', 'https://api.plivo.com'),
  VOBIZ_BASE_URL: baseUrl('Vobiz', 'https://api.vobiz.ai'),
};

/** Whoever asks for a place on a voice pod before a call is dialled or answered. */
export const reserveSettings = {
  RESERVE_LIMIT_MS: integerSetting({
    meaning: 'How long a voice pod may take to keep a place; without one no call is begun.',
    min: 50,
    max: 2000,
    default: 300,
  }),
};
