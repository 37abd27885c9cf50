import { type Column, formatLabelSelector, type KubeObject, type LabelSelector } from '@windlass/meta';
import { column } from '../generic/columns.ts';
import type { PodTemplateSpec } from '../types.gen.ts';

const NAMES = 'Names of each container in the template.';
const IMAGES = 'Images referenced by each container in the template.';

interface Options<T> {
  template(object: T): PodTemplateSpec | undefined;
  /** Default true: shown with `-o wide` only. */
  wide?: boolean;
}

/** The columns that every kind with a pod template has. */
export function templateColumns<T extends KubeObject>({ template, wide = true }: Options<T>): Column<T>[] {
  const of = (object: T) => template(object)?.spec?.containers ?? [];
  return [
    column<T>(
      'Containers',
      'string',
      NAMES,
      (object) =>
        of(object)
          .map(({ name }) => name)
          .join(','),
      { wide },
    ),
    column<T>(
      'Images',
      'string',
      IMAGES,
      (object) =>
        of(object)
          .map(({ image = '' }) => image)
          .join(','),
      { wide },
    ),
  ];
}

export const selectorColumn = <T extends KubeObject>(
  description: string,
  selector: (object: T) => LabelSelector | undefined,
): Column<T> => column<T>('Selector', 'string', description, (object) => formatLabelSelector(selector(object)), { wide: true });
