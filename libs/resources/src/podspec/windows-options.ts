import { type FieldError, fieldError, type Path, validateDns1123Subdomain } from '@windlass/meta';
import { textErrors } from '../fields/names.ts';
import type { Container, EphemeralContainer, PodSpec, WindowsSecurityContextOptions } from '../types.gen.ts';
import { containersWithPath } from './visit.ts';

const MAX_CREDENTIAL_KIB = 64;
const MAX_DOMAIN = 256;
const MAX_USER = 104;
const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const DOMAIN_NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const NETBIOS_NAME = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Texts of what is wrong with `USER` or `DOMAIN\USER`. */
function userNameTexts(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if (CONTROL.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1)!;
  const domain = parts.length === 2 ? parts[0]! : undefined;
  const texts: string[] = [];
  if (domain !== undefined && domain.length >= MAX_DOMAIN)
    texts.push(`runAsUserName's Domain length must be under ${MAX_DOMAIN} characters`);
  if (domain !== undefined && !NETBIOS_NAME.test(domain) && !DOMAIN_NAME.test(domain))
    texts.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  if (user === '') texts.push("runAsUserName's User cannot be empty");
  else if (user.length > MAX_USER) texts.push(`runAsUserName's User length must not be longer than ${MAX_USER} characters`);
  if (/^[. ]+$/.test(user)) texts.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user))
    texts.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  return texts;
}

function credentialSpecTexts(spec: string): string[] {
  if (spec === '') return ['gmsaCredentialSpec cannot be an empty string'];
  return Buffer.byteLength(spec) > MAX_CREDENTIAL_KIB * 1024
    ? [`gmsaCredentialSpec size must be under ${MAX_CREDENTIAL_KIB} KiB`]
    : [];
}

export function validateWindowsOptions(options: WindowsSecurityContextOptions | undefined, at: Path): FieldError[] {
  if (!options) return [];
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  return [
    ...(name === undefined ? [] : textErrors(validateDns1123Subdomain, name, at.child('gmsaCredentialSpecName'))),
    ...(spec === undefined ? [] : textErrors(credentialSpecTexts, spec, at.child('gmsaCredentialSpec'))),
    ...(user === undefined ? [] : textErrors(userNameTexts, user, at.child('runAsUserName'))),
  ];
}

const hostProcessOf = ({ securityContext }: Container | EphemeralContainer): boolean | undefined =>
  securityContext?.windowsOptions?.hostProcess;

/** validateWindowsHostProcessPod: all containers or none, and only on the host's network. */
export function validateHostProcess(spec: PodSpec, at: Path): FieldError[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const errors: FieldError[] = [];
  let count = 0;
  let total = 0;
  for (const { container, at: here } of containersWithPath(spec, at)) {
    total++;
    const own = hostProcessOf(container);
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      const detail = `pod hostProcess value must be identical if both are specified, was ${ofPod}`;
      errors.push(fieldError.invalid(here.child('securityContext', 'windowsOptions', 'hostProcess'), own, detail));
    }
    if (own ?? ofPod) count++;
  }
  if (count === 0) return errors;
  if (count !== total)
    errors.push(
      fieldError.invalid(at, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'),
    );
  if (!spec.hostNetwork)
    errors.push(
      fieldError.invalid(at.child('hostNetwork'), false, 'hostNetwork must be true if pod contains any hostProcess containers'),
    );
  return errors;
}
