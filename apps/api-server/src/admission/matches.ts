import type { AdmissionAttributes } from '@windlass/apiserver';

/** Whether a request is about a resource itself, not about one of its subresources. */
export const isAbout = ({ resource, subresource }: AdmissionAttributes, group: string, name: string): boolean =>
  resource.group === group && resource.resource === name && subresource === '';
