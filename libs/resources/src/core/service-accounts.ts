import { ageColumn, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import type { ServiceAccount } from '../types.gen.ts';

const ENFORCE_MOUNTABLE = 'kubernetes.io/enforce-mountable-secrets';
const WARNING = `metadata.annotations[${ENFORCE_MOUNTABLE}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`;

const enforces = (account: ServiceAccount | undefined): boolean =>
  account?.metadata.annotations?.[ENFORCE_MOUNTABLE] !== undefined;

export const serviceAccounts = builtin<ServiceAccount>('v1', 'serviceaccounts', {
  columns: [nameColumn, ageColumn],
  strategy: { warnings: (account, old) => (enforces(account) && !enforces(old) ? [WARNING] : []) },
});
