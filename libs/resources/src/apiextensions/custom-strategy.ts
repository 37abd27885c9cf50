import {
  type AnyObject,
  applyDefaults,
  type FieldError,
  fieldError,
  invalid,
  pruneStructural,
  type Schema,
  validateStructural,
  type WriteStrategy,
} from '@windlass/meta';

/** What the strategy of a custom resource follows. */
export interface CustomTraits {
  group: string;
  version: string;
  kind: string;
  schema: Schema;
  /** status is written through its subresource alone. */
  hasStatus: boolean;
}

/** @throws StatusError 422 under the kind that the object names, as Kubernetes does */
function checkType(object: AnyObject, { group, version, kind }: CustomTraits): void {
  const errors: FieldError[] = [];
  if (object.kind !== kind) errors.push(fieldError.invalid('kind', object.kind, `must be ${kind}`));
  const apiVersion = `${group}/${version}`;
  if (object.apiVersion !== apiVersion) errors.push(fieldError.invalid('apiVersion', object.apiVersion, `must be ${apiVersion}`));
  if (errors.length > 0) throw invalid(group, String(object.kind), object.metadata.name ?? '', errors);
}

/** Types that leave a value which the rest of validation cannot look at. */
const content = ({ metadata: _, ...rest }: AnyObject) => rest;

function validate(object: AnyObject, traits: CustomTraits): FieldError[] {
  checkType(object, traits);
  return validateStructural(content(object), traits.schema);
}

/** The write hooks of a custom resource's version (apiextensions-apiserver/pkg/registry/customresource). */
export function customStrategy(traits: CustomTraits): WriteStrategy {
  const settle = (object: AnyObject): void => {
    pruneStructural(object, traits.schema);
    applyDefaults(object, traits.schema);
  };
  return {
    default: (object) => applyDefaults(object, traits.schema),
    prepareForCreate(object) {
      if (traits.hasStatus) delete object.status;
      settle(object);
    },
    prepareForUpdate: settle,
    validate: (object) => validate(object, traits),
    validateUpdate: (object) => validate(object, traits),
  };
}
