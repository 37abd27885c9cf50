import { type FieldError, fieldError, type Path, path } from '@windlass/meta';
import { goField, goForm } from '../fields/go-form.ts';
import { immutable } from '../fields/immutable.ts';
import { inclusiveRange } from '../fields/messages.ts';
import { dnsSubdomain } from '../fields/names.ts';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { VolumeAttachment, VolumeAttachmentSource, VolumeAttachmentStatus, VolumeError } from '../types.gen.ts';
import { driverName } from './driver-name.ts';
import { sizeOf } from './parameters.ts';

const SPEC = 'storage.v1.VolumeAttachmentSpec';
const MAX_METADATA_BYTES = 256 * 1024;
const MAX_MESSAGE_BYTES = 1024;
const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

function validateSource({ inlineVolumeSpec, persistentVolumeName }: VolumeAttachmentSource, at: Path): FieldError[] {
  if (inlineVolumeSpec && persistentVolumeName !== undefined) return [fieldError.forbidden(at, ONE_SOURCE)];
  if (inlineVolumeSpec) return [];
  if (persistentVolumeName === undefined) return [fieldError.required(at, ONE_SOURCE)];
  const here = at.child('persistentVolumeName');
  return [
    ...(persistentVolumeName === '' ? [fieldError.required(here, 'must specify non empty persistentVolumeName')] : []),
    ...dnsSubdomain(persistentVolumeName, here),
  ];
}

function volumeError({ message = '', errorCode }: VolumeError = {}, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  if (Buffer.byteLength(message) > MAX_MESSAGE_BYTES)
    errors.push(fieldError.tooLong(at.child('message'), '', MAX_METADATA_BYTES));
  if (errorCode !== undefined && errorCode < 0)
    errors.push(fieldError.invalid(at.child('errorCode'), errorCode, inclusiveRange(0, 2 ** 31 - 1)));
  return errors;
}

const validateStatus = (status: Partial<VolumeAttachmentStatus> = {}, at: Path): FieldError[] => [
  ...(sizeOf(status.attachmentMetadata ?? {}) > MAX_METADATA_BYTES
    ? [fieldError.tooLong(at.child('attachmentMetadata'), '', MAX_METADATA_BYTES)]
    : []),
  ...volumeError(status.attachError, at.child('attachError')),
  ...volumeError(status.detachError, at.child('detachError')),
];

const validate = ({ spec, status }: VolumeAttachment): FieldError[] => [
  ...driverName(spec.attacher, path('spec', 'attacher')),
  ...validateSource(spec.source ?? {}, path('spec', 'source')),
  ...dnsSubdomain(spec.nodeName ?? '', path('spec', 'nodeName')),
  ...validateStatus(status, path('status')),
];

const SHAPE = [
  goField('attacher', ''),
  goField('source', null, [goField('persistentVolumeName'), goField('inlineVolumeSpec')]),
  goField('nodeName', ''),
];

const validateUpdate = (attachment: VolumeAttachment, old: VolumeAttachment): FieldError[] => [
  ...validate(attachment),
  ...immutable(attachment.spec, old.spec, path('spec'), goForm(attachment.spec, SHAPE)),
];

export const volumeAttachments = builtin<VolumeAttachment>('storage.k8s.io/v1', 'volumeattachments', {
  columns: [
    nameColumn,
    column<VolumeAttachment>('Attacher', 'string', fieldDoc(SPEC, 'attacher'), ({ spec }) => spec.attacher, { format: 'name' }),
    column<VolumeAttachment>(
      'PV',
      'string',
      fieldDoc('storage.v1.VolumeAttachmentSource', 'persistentVolumeName'),
      ({ spec }) => spec.source.persistentVolumeName ?? '',
    ),
    column<VolumeAttachment>('Node', 'string', fieldDoc(SPEC, 'nodeName'), ({ spec }) => spec.nodeName),
    column<VolumeAttachment>(
      'Attached',
      'boolean',
      fieldDoc('storage.v1.VolumeAttachmentStatus', 'attached'),
      ({ status }) => status?.attached ?? false,
    ),
    ageColumn,
  ],
  strategy: {
    prepareForCreate: (attachment) => {
      attachment.status = { attached: false };
    },
    validate,
    validateUpdate,
  },
  subresources: { status: { validateUpdate } },
});
