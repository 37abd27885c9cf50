import { type FieldError, fieldErrorMessage, parseYaml } from '@windlass/meta';
import { type Shape, shapeErrors } from './shape.ts';

const GROUP = 'apiserver.config.k8s.io';

/** A kind of configuration file of kube-apiserver. */
export interface ConfigurationKind<File, Configuration> {
  kind: string;
  /** Of the group apiserver.config.k8s.io, the newest first. */
  versions: readonly string[];
  /** Its fields beside apiVersion and kind. */
  shape: { readonly [field: string]: Shape };
  /** What the file says; what contradicts goes to `errors`. */
  read(file: File, errors: FieldError[]): Configuration;
}

/** @throws Error for another kind of file, one that says what the kind does not know, or one whose fields contradict */
export function parseConfiguration<File extends object, Configuration>(
  text: string,
  { kind, versions, shape, read }: ConfigurationKind<File, Configuration>,
): Configuration {
  const { value, problems } = parseYaml(text);
  const file = (value ?? {}) as File & { apiVersion?: string; kind?: string };
  if (file.kind !== kind || !versions.some((version) => file.apiVersion === `${GROUP}/${version}`))
    throw new Error(`no ${kind} of ${GROUP}/${versions[0]}: ${file.apiVersion} ${file.kind}`);
  const wrong = [...problems, ...shapeErrors(file, { apiVersion: true, kind: true, ...shape })];
  if (wrong.length > 0) throw new Error(`${kind}: strict decoding error: ${wrong.join(', ')}`);
  const errors: FieldError[] = [];
  const configuration = read(file, errors);
  if (errors.length > 0) throw new Error(`${kind}: ${errors.map(fieldErrorMessage).join(', ')}`);
  return configuration;
}
