import { type FieldError, fieldError, type Path } from '@windlass/meta';
import type { EphemeralContainer } from '../types.gen.ts';
import { type ContainerContext, validateContainer } from './containers.ts';

const NOT_FOR_EPHEMERAL = 'cannot be set for an Ephemeral Container';
const ALLOWED: ReadonlySet<string> = new Set([
  ...['name', 'image', 'command', 'args', 'workingDir', 'envFrom', 'env', 'volumeMounts', 'volumeDevices'],
  ...['terminationMessagePath', 'terminationMessagePolicy', 'imagePullPolicy', 'securityContext', 'stdin', 'stdinOnce', 'tty'],
  'targetContainerName',
]);

const isSet = (value: unknown): boolean =>
  value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** validateContainerOnlyForPod: templates may hold padded images, for compatibility. */
export const noPaddedImage = (image: string | undefined, at: Path): FieldError[] =>
  image !== undefined && image.trim() !== image
    ? [fieldError.invalid(at.child('image'), image, 'must not have leading or trailing whitespace')]
    : [];

function forbiddenFields(container: EphemeralContainer, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  for (const [field, value] of Object.entries(container))
    if (!ALLOWED.has(field) && isSet(value)) errors.push(fieldError.forbidden(at.child(field), NOT_FOR_EPHEMERAL));
  container.volumeMounts?.forEach(({ subPath, subPathExpr }, i) => {
    const here = at.child('volumeMounts').index(i);
    if (subPath) errors.push(fieldError.forbidden(here.child('subPath'), NOT_FOR_EPHEMERAL));
    if (subPathExpr) errors.push(fieldError.forbidden(here.child('subPathExpr'), NOT_FOR_EPHEMERAL));
  });
  return errors;
}

/** validateEphemeralContainers */
export function validateEphemeralContainers(context: ContainerContext, at: Path): FieldError[] {
  const { ephemeralContainers = [], containers = [], initContainers = [] } = context.spec;
  const others = new Set([...containers, ...initContainers].map(({ name }) => name));
  const names = new Set(others);
  const errors: FieldError[] = [];
  ephemeralContainers.forEach((container, i) => {
    const here = at.index(i);
    const { name, targetContainerName: target } = container;
    errors.push(...validateContainer(container, context, here), ...noPaddedImage(container.image, here));
    if (names.has(name)) errors.push(fieldError.duplicate(here.child('name'), name));
    names.add(name);
    if (target && !others.has(target)) errors.push(fieldError.notFound(here.child('targetContainerName'), target));
    errors.push(...forbiddenFields(container, here));
  });
  return errors;
}
