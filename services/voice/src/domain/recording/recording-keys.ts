export const RECORDINGS_BUCKET = 'recordings';
export const SPOOL_BUCKET = 'spool';

export interface RecordingIdentity {
  readonly tenant: string;
  readonly callId: string;
  readonly campaign: string | null;
}

export interface RecordingKeys {
  readonly mono: string;
  readonly stereo: string;
  readonly peaks: string;
}

/** Row E10, with the tenant in front. */
export function recordingKeys({ tenant, callId, campaign }: RecordingIdentity): RecordingKeys {
  const stem = `${tenant}/${campaign ?? '_adhoc'}/${callId}`;
  return { mono: `${stem}.wav`, stereo: `${stem}.stereo.wav`, peaks: `${stem}.peaks` };
}

export type SpoolOwner = Pick<RecordingIdentity, 'tenant' | 'callId'>;

export function segmentPrefix({ tenant, callId }: SpoolOwner): string {
  return `${tenant}/${callId}/`;
}

/** Numbers of one width, so that the store lists them in order. */
export function segmentKey(of: SpoolOwner, number: number): string {
  return `${segmentPrefix(of)}${String(number).padStart(6, '0')}`;
}
