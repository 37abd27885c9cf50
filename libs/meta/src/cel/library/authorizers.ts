import { parseFieldSelector } from '../../field-selector.ts';
import { CelError } from '../errors.ts';
import { Library } from '../functions.ts';
import { Opaque } from '../values.ts';

/** One question to the authorizer. */
export interface AccessQuestion {
  path: string;
  verb: string;
  group: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
  /** `namespace/name` of a service account to ask for, instead of the requester. */
  serviceAccount?: string;
}

export interface AccessAnswer {
  allowed: boolean;
  reason: string;
  error?: string;
}

/** Answers at once, or throws {@link CelPending}. */
export type AskAccess = (question: AccessQuestion) => AccessAnswer;

/** An answer that is not known yet: await it, then evaluate again. */
export class CelPending extends Error {
  readonly until: Promise<unknown>;
  constructor(until: Promise<unknown>) {
    super('pending');
    this.until = until;
  }
}

const AUTHORIZER = 'kubernetes.authorization.Authorizer';
const PATH = 'kubernetes.authorization.PathCheck';
const GROUP = 'kubernetes.authorization.GroupCheck';
const RESOURCE = 'kubernetes.authorization.ResourceCheck';
const DECISION = 'kubernetes.authorization.Decision';

class Check extends Opaque {
  readonly typeName: string;
  readonly ask: AskAccess;
  readonly question: AccessQuestion;
  constructor(typeName: string, ask: AskAccess, question: AccessQuestion) {
    super();
    this.typeName = typeName;
    this.ask = ask;
    this.question = question;
  }
  override same(other: Opaque): boolean {
    return other === this;
  }
  with(typeName: string, change: Partial<AccessQuestion>): Check {
    return new Check(typeName, this.ask, { ...this.question, ...change });
  }
}

class Decision extends Opaque {
  override readonly typeName = DECISION;
  readonly answer: AccessAnswer;
  constructor(answer: AccessAnswer) {
    super();
    this.answer = answer;
  }
  override same(other: Opaque): boolean {
    return other === this;
  }
}

const NOTHING: AccessQuestion = { path: '', verb: '', group: '', resource: '', subresource: '', namespace: '', name: '' };

/** The value of the variable `authorizer`. */
export const authorizerValue = (ask: AskAccess): Opaque => new Check(AUTHORIZER, ask, NOTHING);
/** The value of `authorizer.requestResource`. */
export const resourceCheckValue = (ask: AskAccess, question: Partial<AccessQuestion>): Opaque =>
  new Check(RESOURCE, ask, { ...NOTHING, ...question });

function nonEmpty(path: string): string {
  if (path === '') throw new CelError('path must not be empty');
  return path;
}

const checked = (check: Check, verb: string): Decision => new Decision(check.ask({ ...check.question, verb }));

/** k8s.io/apiserver/pkg/cel/library/authz.go */
export const authorizers = new Library()
  .def('path', `${AUTHORIZER}.(string): ${PATH}`, (a: Check, path: string) => a.with(PATH, { path: nonEmpty(path) }))
  .def('group', `${AUTHORIZER}.(string): ${GROUP}`, (a: Check, group: string) => a.with(GROUP, { group }))
  .def('serviceAccount', `${AUTHORIZER}.(string, string): ${AUTHORIZER}`, (a: Check, namespace: string, name: string) =>
    a.with(AUTHORIZER, { serviceAccount: `${namespace}/${name}` }),
  )
  .def('resource', `${GROUP}.(string): ${RESOURCE}`, (a: Check, resource: string) => a.with(RESOURCE, { resource }))
  .def('subresource', `${RESOURCE}.(string): ${RESOURCE}`, (a: Check, subresource: string) => a.with(RESOURCE, { subresource }))
  .def('namespace', `${RESOURCE}.(string): ${RESOURCE}`, (a: Check, namespace: string) => a.with(RESOURCE, { namespace }))
  .def('name', `${RESOURCE}.(string): ${RESOURCE}`, (a: Check, name: string) => a.with(RESOURCE, { name }))
  .def('fieldSelector', `${RESOURCE}.(string): ${RESOURCE}`, (a: Check, text: string) => {
    parseFieldSelector(text);
    return a;
  })
  .def('labelSelector', `${RESOURCE}.(string): ${RESOURCE}`, (a: Check) => a)
  .def('check', `${PATH}.(string): ${DECISION}`, checked)
  .def('check', `${RESOURCE}.(string): ${DECISION}`, checked)
  .def('errored', `${DECISION}.(): bool`, ({ answer }: Decision) => answer.error !== undefined)
  .def('error', `${DECISION}.(): string`, ({ answer }: Decision) => answer.error ?? '')
  .def('allowed', `${DECISION}.(): bool`, ({ answer }: Decision) => answer.allowed)
  .def('reason', `${DECISION}.(): string`, ({ answer }: Decision) => answer.reason);
