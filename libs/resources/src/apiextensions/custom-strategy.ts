import {
  type AnyObject,
  applyDefaults,
  type FieldError,
  type FieldErrorType,
  fieldError,
  type HookContext,
  invalid,
  path,
  pruneStructural,
  type Schema,
  validateStructural,
  type WriteStrategy,
} from '@windlass/meta';
import { checkRules } from './rules/check-rules.ts';
import { type RuleNode, ruleTree } from './rules/rule-tree.ts';

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

const BLOCKING: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const UNCHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

/** metadata is checked elsewhere. */
const content = ({ metadata: _, ...rest }: AnyObject) => rest;

/** The write hooks of a custom resource's version (apiextensions-apiserver/pkg/registry/customresource). */
export function customStrategy(traits: CustomTraits): WriteStrategy {
  const { schema } = traits;
  let compiled: { tree: RuleNode | undefined } | undefined;
  const settle = (object: AnyObject): void => {
    pruneStructural(object, schema);
    applyDefaults(object, schema);
  };
  /** Rules are compiled when the first object comes. */
  const withRules = (
    errors: FieldError[],
    object: AnyObject,
    old: AnyObject | undefined,
    { warn }: HookContext,
  ): FieldError[] => {
    compiled ??= { tree: ruleTree(schema) };
    if (!compiled.tree) return errors;
    if (errors.some(({ type }) => BLOCKING.has(type))) return [...errors, fieldError.invalid(path(), undefined, UNCHECKED)];
    return [...errors, ...checkRules(compiled.tree, object, old, warn)];
  };
  return {
    default: (object) => applyDefaults(object, schema),
    prepareForCreate(object) {
      if (traits.hasStatus) delete object.status;
      settle(object);
    },
    prepareForUpdate: settle,
    validate(object, context) {
      checkType(object, traits);
      return withRules(validateStructural(content(object), schema), object, undefined, context);
    },
    validateUpdate(object, old, context) {
      checkType(object, traits);
      return withRules(structuralErrors(object, old, schema, context), object, old, context);
    },
  };
}

/** What does not fit the schema; through the status subresource only the status is looked at. */
function structuralErrors(object: AnyObject, old: AnyObject, schema: Schema, { subresource }: HookContext): FieldError[] {
  if (subresource !== 'status') return validateStructural(content(object), schema, '', content(old));
  const status = schema.properties?.status;
  return status && object.status !== undefined ? validateStructural(object.status, status, 'status', old.status) : [];
}
