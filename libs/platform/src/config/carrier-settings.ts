import { urlSetting } from './setting.js';

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
