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
    reinvocation: { required: false, active: false },
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

  /** Asks the mutating plugins in order, and all once more when one of them wants that. */
  async admit(attributes: AdmissionAttributes, plugins = this.#plugins): Promise<void> {
    const { reinvocation } = attributes;
    for (;;) {
      for (const plugin of plugins) if (plugin.admit && plugin.handles(attributes.operation)) await plugin.admit(attributes);
      if (!reinvocation.required || reinvocation.active) return;
      reinvocation.active = true;
    }
  }

  async validate(attributes: AdmissionAttributes, plugins = this.#plugins): Promise<void> {
    for (const plugin of plugins) if (plugin.validate && plugin.handles(attributes.operation)) await plugin.validate(attributes);
  }

  /** Connections and actions: only plugins that are meant for everything are asked. @returns the body, perhaps changed */
  async judge(attributes: AdmissionAttributes): Promise<AnyObject | undefined> {
    const plugins = this.#plugins.filter((plugin) => plugin.everything);
    await this.admit(attributes, plugins);
    await this.validate(attributes, plugins);
    return attributes.object;
  }
}
