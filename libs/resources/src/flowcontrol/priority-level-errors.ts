import { type FieldError, fieldError, type Path, path } from '@windlass/meta';
import { Once } from '../fields/once.ts';
import type {
  LimitedPriorityLevelConfiguration,
  LimitResponse,
  PriorityLevelConfiguration,
  QueuingConfiguration,
} from '../types.gen.ts';
import { mandatorySpecErrors } from './mandatory.ts';

const SPEC = path('spec');
const MOST_QUEUES = 10_000_000;
/** Bits of the hash that picks a flow's queues. */
const HASH_BITS = 60;

function queuingErrors({ queues = 0, handSize = 0, queueLengthLimit = 0 }: QueuingConfiguration, at: Path): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (field: string, value: number, text: string) => errors.push(fieldError.invalid(at.child(field), value, text));
  if (queueLengthLimit <= 0) refuse('queueLengthLimit', queueLengthLimit, 'must be positive');
  if (queues <= 0) refuse('queues', queues, 'must be positive');
  else if (queues > MOST_QUEUES) refuse('queues', queues, `must not be greater than ${MOST_QUEUES}`);
  const bits = Math.ceil(Math.log2(queues) * handSize);
  if (handSize <= 0) refuse('handSize', handSize, 'must be positive');
  else if (handSize > queues) refuse('handSize', handSize, `should not be greater than queues (${queues})`);
  else if (bits > HASH_BITS)
    refuse(
      'handSize',
      handSize,
      `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${HASH_BITS}`,
    );
  return errors;
}

function responseErrors({ type, queuing }: LimitResponse, at: Path): FieldError[] {
  const inside = at.child('queuing');
  switch (type) {
    case 'Reject':
      return queuing ? [fieldError.forbidden(inside, 'must be nil if limited.limitResponse.type is not Limited')] : [];
    case 'Queue':
      return queuing
        ? queuingErrors(queuing, inside)
        : [fieldError.required(inside, 'must not be empty if limited.limitResponse.type is Limited')];
    default:
      return [fieldError.notSupported(at.child('type'), type ?? '', ['Queue', 'Reject'])];
  }
}

const shareErrors = (shares: number | undefined, lendable: number | undefined, at: Path): FieldError[] => [
  ...((shares ?? 0) < 0
    ? [fieldError.invalid(at.child('nominalConcurrencyShares'), shares, 'must be a non-negative integer')]
    : []),
  ...((lendable ?? 0) < 0 || (lendable ?? 0) > 100
    ? [fieldError.invalid(at.child('lendablePercent'), lendable, 'must be between 0 and 100, inclusive')]
    : []),
];

function limitedErrors(limited: LimitedPriorityLevelConfiguration, at: Path): FieldError[] {
  const { nominalConcurrencyShares, lendablePercent, borrowingLimitPercent, limitResponse } = limited;
  const [shares, lendable] = [shareErrors(nominalConcurrencyShares, undefined, at), shareErrors(undefined, lendablePercent, at)];
  const borrowing =
    (borrowingLimitPercent ?? 0) < 0
      ? [
          fieldError.invalid(
            at.child('borrowingLimitPercent'),
            borrowingLimitPercent,
            'if specified, must be a non-negative integer',
          ),
        ]
      : [];
  return [
    ...shares,
    ...responseErrors(limitResponse ?? ({} as LimitResponse), at.child('limitResponse')),
    ...lendable,
    ...borrowing,
  ];
}

export function priorityLevelErrors({ metadata, spec, status }: PriorityLevelConfiguration): FieldError[] {
  const { type, limited, exempt } = spec ?? ({} as Partial<NonNullable<typeof spec>>);
  const errors: FieldError[] = [];
  if ((metadata.name === 'exempt') !== (type === 'Exempt'))
    errors.push(fieldError.invalid(SPEC.child('type'), type, "type must be 'Exempt' if and only if name is 'exempt'"));
  if (type === 'Exempt') {
    if (limited) errors.push(fieldError.forbidden(SPEC.child('limited'), 'must be nil if the type is not Limited'));
    if (exempt) errors.push(...shareErrors(exempt.nominalConcurrencyShares, exempt.lendablePercent, SPEC.child('exempt')));
  } else if (type === 'Limited') {
    if (exempt) errors.push(fieldError.forbidden(SPEC.child('exempt'), 'must be nil if the type is Limited'));
    if (limited) errors.push(...limitedErrors(limited, SPEC.child('limited')));
    else errors.push(fieldError.required(SPEC.child('limited'), 'must not be empty when type is Limited'));
  } else errors.push(fieldError.notSupported(SPEC.child('type'), type ?? '', ['Exempt', 'Limited']));
  const once = new Once();
  const conditions = path('status').child('conditions');
  status?.conditions?.forEach((condition, i) => {
    const at = conditions.index(i).child('type');
    errors.push(...once.check(condition.type ?? '', at), ...(condition.type ? [] : [fieldError.required(at, '')]));
  });
  return [...errors, ...mandatorySpecErrors('prioritylevelconfigurations', metadata.name ?? '', spec, SPEC)];
}
