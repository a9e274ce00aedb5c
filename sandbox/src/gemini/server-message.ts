import type { LiveServerMessage } from '@google/genai';

/** As the vendor's SDK declares them; exactly one of the fields is set, and the usage beside it. */
export type ServerMessage = Partial<
  Pick<
    LiveServerMessage,
    | 'setupComplete'
    | 'serverContent'
    | 'toolCall'
    | 'toolCallCancellation'
    | 'usageMetadata'
    | 'goAway'
    | 'sessionResumptionUpdate'
  >
>;
