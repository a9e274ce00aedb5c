/** Pinned on both sides; a token that differs in any of them is refused. */
export const PRINCIPAL_ALGORITHM = 'EdDSA';
export const PRINCIPAL_ISSUER = 'trunkline';
export const PRINCIPAL_TYPE = 'principal+jwt';
