/** Pinned on both sides; a token that differs in any of them is refused. */
export const PRINCIPAL_ALGORITHM = 'EdDSA';
export const PRINCIPAL_ISSUER = 'trunkline';
export const PRINCIPAL_TYPE = 'principal+jwt';

/** A service's own key names it: `svc-voice-1f2e3d`. */
export const SERVICE_KEY_USE = 'service';
export function isKeyOf(kid: string, service: string): boolean {
  return kid.startsWith(`svc-${service}-`);
}
