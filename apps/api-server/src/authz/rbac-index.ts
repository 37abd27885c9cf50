import type { ResourceReader } from '@windlass/apiserver';
import type { UserInfo } from '@windlass/meta';
import type { PolicyRule } from '@windlass/resources';
import { type Binding, type Grant, subjectKey, subjectKeysOf } from './rbac-rules.ts';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** Bindings by subject, in the order of their keys. */
class BindingsBySubject {
  readonly #bySubject = new Map<string, Map<string, Binding>>();

  set(id: string, binding: Binding, add: boolean): void {
    for (const subject of binding.subjects ?? []) {
      const key = subjectKey(subject, binding.metadata.namespace ?? '');
      const bindings = this.#bySubject.get(key) ?? new Map<string, Binding>();
      if (add) bindings.set(id, binding);
      else bindings.delete(id);
      if (bindings.size > 0) this.#bySubject.set(key, bindings);
      else this.#bySubject.delete(key);
    }
  }

  get(subject: string): Iterable<Binding> {
    return this.#bySubject.get(subject)?.values() ?? [];
  }
}

/**
 * Roles and bindings arranged for decisions: a user's bindings are found by its name and groups, not by reading all of them. Kept current
 * by the watch cache; a decision reads memory only.
 */
export class RbacIndex {
  readonly #known = new Map<string, Binding>();
  readonly #cluster = new BindingsBySubject();
  readonly #namespaces = new Map<string, BindingsBySubject>();
  readonly #reader: ResourceReader;
  readonly #stops: (() => void)[] = [];

  constructor(reader: ResourceReader) {
    this.#reader = reader;
    for (const resource of ['clusterrolebindings', 'rolebindings']) {
      this.#stops.push(
        reader.onChange(RBAC_GROUP, resource, (type, object) => this.#change(object as unknown as Binding, type !== 'DELETED')),
      );
      for (const object of reader.list(RBAC_GROUP, resource)) this.#change(object as unknown as Binding, true);
    }
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #change(binding: Binding, present: boolean): void {
    const { namespace = '', name } = binding.metadata;
    const id = `${namespace}/${name}`;
    const old = this.#known.get(id);
    const bindings = this.#bindingsOf(namespace);
    if (old) bindings.set(id, old, false);
    if (present) {
      this.#known.set(id, binding);
      bindings.set(id, binding, true);
    } else this.#known.delete(id);
  }

  #bindingsOf(namespace: string): BindingsBySubject {
    if (!namespace) return this.#cluster;
    const bindings = this.#namespaces.get(namespace) ?? new BindingsBySubject();
    this.#namespaces.set(namespace, bindings);
    return bindings;
  }

  /** Rules of a role. @returns undefined when it does not exist */
  rulesOf(kind: string, namespace: string, name: string): readonly PolicyRule[] | undefined {
    const role =
      kind === 'Role'
        ? this.#reader.get(RBAC_GROUP, 'roles', namespace, name)
        : this.#reader.get(RBAC_GROUP, 'clusterroles', '', name);
    return role && ((role.rules ?? []) as PolicyRule[]);
  }

  /** The user's grants in the cluster, then those in the namespace; `missing` is told of roles that do not exist. */
  *grants(user: UserInfo, namespace: string, missing: (error: string) => void): Generator<Grant> {
    const keys = subjectKeysOf(user);
    const scopes = [this.#cluster, ...(namespace ? [this.#namespaces.get(namespace)] : [])];
    for (const bindings of scopes) {
      if (!bindings) continue;
      for (const key of keys)
        for (const binding of bindings.get(key)) {
          const { kind, name } = binding.roleRef;
          const inNamespace = binding.metadata.namespace ?? '';
          const rules = this.rulesOf(kind, inNamespace, name);
          const subject = binding.subjects!.find((one) => subjectKey(one, inNamespace) === key)!;
          if (rules) yield { binding, subject, rules };
          else missing(`${kind.toLowerCase()}.${RBAC_GROUP} ${JSON.stringify(name)} not found`);
        }
    }
  }

  /** All rules of a user that hold in a namespace ('': cluster-wide ones only). */
  rulesFor(user: UserInfo, namespace: string): { rules: PolicyRule[]; errors: string[] } {
    const errors: string[] = [];
    const rules = [...this.grants(user, namespace, (error) => errors.push(error))].flatMap((grant) => grant.rules);
    return { rules, errors };
  }
}
