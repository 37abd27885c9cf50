import type { AnyObject, ResourceDefinition } from '@windlass/meta';
import type { AdmissionAttributes, AdmissionPlugin, RequestContext } from '../seams.ts';

/** What a request asks the admission plugins to judge. */
export function admissionAttributes(
  operation: AdmissionAttributes['operation'],
  definition: ResourceDefinition,
  context: RequestContext,
  object: AnyObject | undefined,
  oldObject: AnyObject | undefined,
  options: { dryRun: boolean },
): AdmissionAttributes {
  const { group, version, kind, names } = definition;
  const { subresource, namespace, name } = context.info;
  return {
    operation,
    definition,
    kind: { group, version, kind },
    resource: { group, version, resource: names.plural },
    subresource,
    namespace,
    name: object?.metadata?.name ?? name,
    object,
    oldObject,
    options: options as unknown as AnyObject,
    user: context.user,
    dryRun: options.dryRun,
    addWarning: (text) => void context.warnings.push(text),
    addAuditAnnotation: (key, value) => {
      context.auditAnnotations[key] = value;
    },
  };
}

/** The admission plugins, in their order. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];

  /** @param plugins read anew at each request: the app may still add some */
  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins;
  }

  async admit(attributes: AdmissionAttributes): Promise<void> {
    for (const plugin of this.#plugins) if (plugin.admit && plugin.handles(attributes.operation)) await plugin.admit(attributes);
  }

  async validate(attributes: AdmissionAttributes): Promise<void> {
    for (const plugin of this.#plugins)
      if (plugin.validate && plugin.handles(attributes.operation)) await plugin.validate(attributes);
  }
}
