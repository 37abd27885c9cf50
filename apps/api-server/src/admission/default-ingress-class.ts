import type { AdmissionPlugin, ResourceReader } from '@windlass/apiserver';
import { defaultClass, type Ingress } from '@windlass/resources';
import { isAbout } from './matches.ts';

/** A new ingress that names no class gets the default one, if there is one. */
export const defaultIngressClass = (reader: ResourceReader): AdmissionPlugin => ({
  name: 'DefaultIngressClass',
  handles: (operation) => operation === 'CREATE',
  admit(attributes) {
    if (!isAbout(attributes, 'networking.k8s.io', 'ingresses')) return;
    const ingress = attributes.object as unknown as Ingress;
    const old = ingress.metadata.annotations?.['kubernetes.io/ingress.class'];
    if (ingress.spec?.ingressClassName !== undefined || old !== undefined) return;
    const classes = reader.list('networking.k8s.io', 'ingressclasses');
    const name = defaultClass(classes, 'ingressclass.kubernetes.io/is-default-class')?.metadata.name;
    if (name === undefined) return;
    ingress.spec ??= {};
    ingress.spec.ingressClassName = name;
  },
});
