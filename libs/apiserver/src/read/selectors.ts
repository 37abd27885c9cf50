import {
  type AnyObject,
  badRequest,
  type FieldMatcher,
  type LabelMatcher,
  parseFieldSelector,
  parseLabelSelector,
  type ResourceDefinition,
} from '@windlass/meta';

/** Label and field selectors of a list, watch or deletecollection, ready to test objects. */
export interface Selection {
  labels: LabelMatcher;
  fields: FieldMatcher;
  /** true when every object matches. */
  everything: boolean;
  matches(object: AnyObject): boolean;
  /** Value that a field is pinned to by `=`. */
  pinned(field: string): string | undefined;
}

type Getter = (object: AnyObject) => string;

const common: Record<string, Getter> = {
  'metadata.name': (object) => object.metadata.name ?? '',
  'metadata.namespace': (object) => object.metadata.namespace ?? '',
};

/** @throws StatusError 400 */
const parsed = <T>(parse: () => T): T => {
  try {
    return parse();
  } catch (error) {
    throw badRequest((error as Error).message);
  }
};

function unsupported(definition: ResourceDefinition, field: string): Error {
  if (definition.selectableFields) return badRequest(`field label not supported: ${field}`);
  return badRequest(`"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`);
}

/** @throws StatusError 400 for a selector that does not parse or names a field that the kind does not select by */
export function selectionOf(definition: ResourceDefinition, query: URLSearchParams): Selection {
  const labels = parsed(() => parseLabelSelector(query.get('labelSelector') ?? ''));
  const fields = parsed(() => parseFieldSelector(query.get('fieldSelector') ?? ''));
  const tests = fields.requirements.map(({ field, operator, value }) => {
    const getter = definition.selectableFields?.[field] ?? common[field];
    if (!getter) throw unsupported(definition, field);
    return (object: AnyObject) => (getter(object) === value) === (operator === '=');
  });
  return {
    labels,
    fields,
    everything: labels.empty && tests.length === 0,
    matches: (object) => labels.matches(object.metadata.labels) && tests.every((test) => test(object)),
    pinned: (name) => fields.requirements.find(({ field, operator }) => field === name && operator === '=')?.value,
  };
}
