import type { Column } from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { builtin } from '../generic/definition.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { PriorityLevelConfiguration, QueuingConfiguration } from '../types.gen.ts';
import { priorityLevelErrors } from './priority-level-errors.ts';

const DEFAULT_SHARES = 30;
const DEFAULT_QUEUING = { handSize: 8, queues: 64, queueLengthLimit: 50 };

export function defaultPriorityLevel({ spec }: PriorityLevelConfiguration): void {
  const { limited, exempt } = spec ?? {};
  if (exempt) {
    exempt.nominalConcurrencyShares ??= 0;
    exempt.lendablePercent ??= 0;
  }
  if (!limited) return;
  limited.nominalConcurrencyShares ??= DEFAULT_SHARES;
  limited.lendablePercent ??= 0;
  const queuing = limited.limitResponse?.queuing;
  if (!queuing) return;
  for (const [field, value] of Object.entries(DEFAULT_QUEUING)) queuing[field as keyof QueuingConfiguration] ||= value;
}

const queuingColumn = (name: string, field: keyof QueuingConfiguration): Column<PriorityLevelConfiguration> =>
  column(
    name,
    'string',
    fieldDoc('flowcontrol.v1.QueuingConfiguration', field),
    ({ spec }) => spec?.limited?.limitResponse?.queuing?.[field] ?? '<none>',
  );

const columns: readonly Column<PriorityLevelConfiguration>[] = [
  nameColumn,
  column('Type', 'string', fieldDoc('flowcontrol.v1.PriorityLevelConfigurationSpec', 'type'), ({ spec }) => spec?.type ?? ''),
  column(
    'NominalConcurrencyShares',
    'string',
    fieldDoc('flowcontrol.v1.LimitedPriorityLevelConfiguration', 'nominalConcurrencyShares', true).replace(
      '\n\n= ceil',
      '  = ceil',
    ),
    ({ spec }) => spec?.limited?.nominalConcurrencyShares ?? '<none>',
  ),
  queuingColumn('Queues', 'queues'),
  queuingColumn('HandSize', 'handSize'),
  queuingColumn('QueueLengthLimit', 'queueLengthLimit'),
  ageColumn,
];

export const priorityLevelConfigurations = builtin<PriorityLevelConfiguration>(
  'flowcontrol.apiserver.k8s.io/v1',
  'prioritylevelconfigurations',
  {
    columns,
    strategy: {
      default: defaultPriorityLevel,
      prepareForCreate: (level) => {
        level.status = {};
      },
      validate: priorityLevelErrors,
    },
    subresources: { status: { validateUpdate: priorityLevelErrors } },
  },
);
