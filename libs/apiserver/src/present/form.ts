import { notAcceptable } from '@windlass/meta';

/** How an answer is written. */
export type Encoding = 'json' | 'yaml' | 'protobuf';
export interface Form {
  encoding: Encoding;
  as: 'object' | 'table' | 'partial';
  pretty: boolean;
}

const TYPES: Record<string, Encoding> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/vnd.kubernetes.protobuf': 'protobuf',
  'application/*': 'json',
  '*/*': 'json',
};

interface Clause {
  type: string;
  parameters: Record<string, string>;
  quality: number;
}

function clauses(accept: string): Clause[] {
  return accept
    .split(',')
    .map((part) => {
      const [type = '', ...rest] = part.split(';').map((piece) => piece.trim());
      const parameters = Object.fromEntries(rest.map((piece) => piece.split('=', 2) as [string, string]));
      return { type: type.toLowerCase(), parameters, quality: Number(parameters.q ?? 1) };
    })
    .filter((clause) => clause.type !== '')
    .sort((a, b) => b.quality - a.quality);
}

export interface Offer {
  table: boolean;
  partial: boolean;
  protobuf: boolean;
}

/** Picks the first acceptable form of an Accept header. @throws StatusError 406 */
export function negotiate(accept: string | undefined, query: URLSearchParams, agent: string | undefined, offer: Offer): Form {
  const asked = query.get('pretty');
  const pretty = asked !== null ? asked !== '0' && asked !== 'false' : /^(curl|Wget|Mozilla\/5\.0)/.test(agent ?? '');
  if (!accept) return { encoding: 'json', as: 'object', pretty };
  for (const { type, parameters } of clauses(accept)) {
    const encoding = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
    if (!encoding || (encoding === 'protobuf' && !offer.protobuf)) continue;
    const { as, g, v } = parameters;
    if (as === undefined) return { encoding, as: 'object', pretty: pretty || parameters.pretty === '1' };
    if (g !== 'meta.k8s.io' || (v !== 'v1' && v !== 'v1beta1')) continue;
    if (as === 'Table' && offer.table && encoding !== 'protobuf') return { encoding, as: 'table', pretty };
    if ((as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') && offer.partial)
      return { encoding, as: 'partial', pretty };
  }
  const offered = ['application/json', 'application/yaml', ...(offer.protobuf ? ['application/vnd.kubernetes.protobuf'] : [])];
  throw notAcceptable(`only the following media types are accepted: ${offered.join(', ')}`);
}
