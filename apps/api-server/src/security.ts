import { readFileSync } from 'node:fs';
import {
  type AdmissionPlugin,
  AnonymousAuthenticator,
  type Authenticator,
  type Authorizer,
  BearerAuthenticator,
  ClientCertificateAuthenticator,
  extensionKey,
  FrontProxyAuthenticator,
  type Registry,
  StaticTokens,
  type TokenAuthenticator,
} from '@windlass/apiserver';
import { certificatePlugins } from './admission/certificates/plugins.ts';
import { NodeRestriction } from './admission/node-restriction/plugin.ts';
import { anonymousPaths } from './authn/anonymous.ts';
import { readAuthenticationConfiguration } from './authn/configuration.ts';
import { FRONT_PROXY } from './authn/front-proxy-headers.ts';
import { JwtTokens } from './authn/jwt/tokens.ts';
import { TokenWebhook } from './authn/token-webhook.ts';
import { accessControl } from './authz/access-control.ts';
import { readAuthorizationConfiguration } from './authz/configuration.ts';
import { RbacEscalation } from './authz/escalation.ts';
import { addReviews } from './reviews/index.ts';
import type { Foundation } from './start-api-server.ts';
import { BootstrapTokens } from './tokens/bootstrap-tokens.ts';
import { BoundObjects } from './tokens/bound-objects.ts';
import { issuerPaths } from './tokens/discovery.ts';
import { signingKey } from './tokens/keys.ts';
import { LegacyTokens } from './tokens/legacy-tokens.ts';
import { ServiceAccountTokens } from './tokens/service-account-tokens.ts';
import { tokenRequest } from './tokens/token-request.ts';

export interface Security {
  authenticators: Authenticator[];
  authorizer: Authorizer;
  plugins: AdmissionPlugin[];
  stop(): void;
}

/** Who asks, and what it may do. */
export function secure(foundation: Foundation, registry: Registry): Security {
  const { config, pki } = foundation;
  const issuer = config.serviceAccountIssuer ?? `https://kubernetes.default.svc.${config.clusterDomain ?? 'cluster.local'}`;
  const authentication = readAuthenticationConfiguration(config.authenticationConfigFile, [issuer]);
  const access = accessControl(foundation.reader, readAuthorizationConfiguration(config.authorizationConfigFile));
  const elsewhere = [
    ...authentication.jwt.map((each) => new JwtTokens(each, [issuer])),
    ...(config.tokenWebhook ? [new TokenWebhook(config.tokenWebhook, [issuer])] : []),
  ];
  const bearer = bearerTokens(foundation, registry, issuer, elsewhere);
  addReviews(foundation.extensions, access, bearer);
  return {
    authenticators: [
      new FrontProxyAuthenticator({ ca: pki.frontProxyCaCert, ...FRONT_PROXY }),
      new ClientCertificateAuthenticator(pki.caCert),
      bearer,
      new AnonymousAuthenticator(anonymousPaths(authentication, config.anonymous)),
    ],
    authorizer: access.authorizer,
    plugins: [new NodeRestriction(foundation.reader), ...certificatePlugins(access.authorizer), new RbacEscalation(access)],
    stop() {
      access.stop();
      for (const each of elsewhere) each.close();
    },
  };
}

/** Every kind of bearer token; service-account tokens are also issued here. */
function bearerTokens(
  { config, pki, reader, writer, extensions }: Foundation,
  registry: Registry,
  issuer: string,
  others: readonly TokenAuthenticator[],
): BearerAuthenticator {
  const key = signingKey(pki.saKey);
  const audiences = [issuer];
  const bound = new BoundObjects(reader);
  const kinds: TokenAuthenticator[] = [
    ...(config.tokensFile ? [new StaticTokens(readFileSync(config.tokensFile, 'utf8'), audiences)] : []),
    new ServiceAccountTokens({ key, issuer, bound }),
    new LegacyTokens({ key, reader, writer, bound, audiences }),
    new BootstrapTokens(reader, audiences),
    ...others,
  ];
  extensions.actions.set(
    extensionKey('', 'serviceaccounts', 'token'),
    tokenRequest({ key, issuer, audiences, reader, registry }),
  );
  const { host, port } = config.advertise ?? config.listen;
  for (const [path, handler] of issuerPaths(key, issuer, `https://${host}:${port}`)) extensions.paths.set(path, handler);
  return new BearerAuthenticator(kinds, audiences);
}
