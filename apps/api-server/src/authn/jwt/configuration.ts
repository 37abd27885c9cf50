import type { Shape } from '../../configuration/shape.ts';

/** apiserver.config.k8s.io/v1 JWTAuthenticator: whose tokens are taken, and who their bearer is. (KEP-3331) */
export interface JwtIssuer {
  issuer: {
    url: string;
    /** Where the discovery document is, when not below `url`. */
    discoveryURL?: string;
    /** PEM; absent: the system's authorities. */
    certificateAuthority?: string;
    audiences: string[];
    audienceMatchPolicy?: string;
    egressSelectorType?: string;
  };
  claimValidationRules?: { claim?: string; requiredValue?: string; expression?: string; message?: string }[];
  claimMappings: {
    username: PrefixedClaim;
    groups?: PrefixedClaim;
    uid?: { claim?: string; expression?: string };
    extra?: { key: string; valueExpression: string }[];
  };
  userValidationRules?: { expression: string; message?: string }[];
}

export interface PrefixedClaim {
  claim?: string;
  prefix?: string;
  expression?: string;
}

const PREFIXED: Shape = { claim: true, prefix: true, expression: true };

export const JWT_SHAPE: Shape = {
  issuer: {
    url: true,
    discoveryURL: true,
    certificateAuthority: true,
    audiences: [true],
    audienceMatchPolicy: true,
    egressSelectorType: true,
  },
  claimValidationRules: [{ claim: true, requiredValue: true, expression: true, message: true }],
  claimMappings: {
    username: PREFIXED,
    groups: PREFIXED,
    uid: { claim: true, expression: true },
    extra: [{ key: true, valueExpression: true }],
  },
  userValidationRules: [{ expression: true, message: true }],
};
