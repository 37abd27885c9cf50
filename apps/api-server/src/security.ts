import { readFileSync } from 'node:fs';
import {
  type AdmissionPlugin,
  type Authenticator,
  type Authorizer,
  ClientCertificateAuthenticator,
  StaticTokenAuthenticator,
} from '@windlass/apiserver';
import { accessControl } from './authz/access-control.ts';
import { RbacEscalation } from './authz/escalation.ts';
import type { Foundation } from './start-api-server.ts';

export interface Security {
  authenticators: Authenticator[];
  authorizer: Authorizer;
  plugins: AdmissionPlugin[];
  stop(): void;
}

/** Who asks, and what it may do. */
export function secure({ config, reader }: Foundation): Security {
  const access = accessControl(reader);
  const authenticators: Authenticator[] = [new ClientCertificateAuthenticator()];
  if (config.tokensFile) authenticators.push(new StaticTokenAuthenticator(readFileSync(config.tokensFile, 'utf8')));
  const plugins = [new RbacEscalation(access)];
  return { authenticators, authorizer: access.authorizer, plugins, stop: () => access.stop() };
}
