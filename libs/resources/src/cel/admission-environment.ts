import {
  type CelEnvironment,
  type CelType,
  celTypes,
  extendEnvironment,
  kubernetesEnvironment,
  type ObjectType,
} from '@windlass/meta';

const { BOOL, DYN, INT, listOf, mapOf, objectType, opaque, STRING, TIMESTAMP } = celTypes;

const GVK = objectType('kubernetes.GroupVersionKind', { group: STRING, version: STRING, kind: STRING });
const GVR = objectType('kubernetes.GroupVersionResource', { group: STRING, version: STRING, resource: STRING });
const USER = objectType('kubernetes.UserInfo', {
  username: STRING,
  uid: STRING,
  groups: listOf(STRING),
  extra: mapOf(STRING, listOf(STRING)),
});

/** `request`: the AdmissionRequest without its objects (k8s.io/apiserver/pkg/admission/plugin/cel/compile.go). */
export const REQUEST_TYPE: ObjectType = objectType('kubernetes.AdmissionRequest', {
  kind: GVK,
  resource: GVR,
  subResource: STRING,
  requestKind: GVK,
  requestResource: GVR,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: USER,
  dryRun: BOOL,
  options: DYN,
});

/** `namespaceObject`: what policies may see of the namespace. */
export const NAMESPACE_TYPE: ObjectType = objectType('kubernetes.Namespace', {
  metadata: objectType('kubernetes.NamespaceMetadata', {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: mapOf(STRING, STRING),
    annotations: mapOf(STRING, STRING),
    UID: STRING,
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: TIMESTAMP,
    generation: INT,
    resourceVersion: STRING,
    finalizers: listOf(STRING),
  }),
  spec: objectType('kubernetes.NamespaceSpec', { finalizers: listOf(STRING) }),
  status: objectType('kubernetes.NamespaceStatus', { phase: STRING }),
});

export interface AdmissionVariables {
  /** The policy has a paramKind. */
  params: boolean;
  /** Type of `object` and `oldObject`; dyn when it is not known. */
  object?: CelType;
  paramsType?: CelType;
  /** `variables`, as far as declared. */
  variables?: ObjectType;
  /** Not in match conditions of webhooks. */
  namespaceObject: boolean;
  /** Not in messageExpressions. */
  authorizer?: boolean;
}

/** What expressions of webhooks and policies may use. */
export function admissionEnvironment({
  params,
  object = DYN,
  paramsType = DYN,
  variables,
  namespaceObject,
  authorizer = true,
}: AdmissionVariables): CelEnvironment {
  return extendEnvironment(kubernetesEnvironment, {
    variables: {
      object,
      oldObject: object,
      request: REQUEST_TYPE,
      ...(authorizer
        ? {
            authorizer: opaque('kubernetes.authorization.Authorizer'),
            'authorizer.requestResource': opaque('kubernetes.authorization.ResourceCheck'),
          }
        : {}),
      ...(params ? { params: paramsType } : {}),
      ...(namespaceObject ? { namespaceObject: NAMESPACE_TYPE } : {}),
      ...(variables ? { variables } : {}),
    },
  });
}

/** `variables` with one more member. */
export const withVariable = (variables: ObjectType, name: string, type: CelType): ObjectType => ({
  ...variables,
  fields: new Map([...variables.fields, [name, { type, json: name }]]),
});

export const NO_VARIABLES: ObjectType = objectType('kubernetes.variables', {});

const JSON_PATCH = objectType('JSONPatch', { op: STRING, path: STRING, from: STRING, value: DYN });

/** The messages that mutations build: JSONPatch, and Object with all that lies below it. */
export const withMutations = (environment: CelEnvironment): CelEnvironment => ({
  ...environment,
  structs: {
    get(name) {
      if (name === JSON_PATCH.name) return JSON_PATCH;
      return name === 'Object' || name.startsWith('Object.') ? objectType(name, {}, true) : environment.structs.get(name);
    },
  },
});

export const JSON_PATCH_LIST: CelType = listOf(JSON_PATCH);
export const APPLY_OBJECT: CelType = objectType('Object', {}, true);
