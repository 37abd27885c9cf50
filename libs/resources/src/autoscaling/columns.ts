import type { Column } from '@windlass/meta';
import { ageColumn, column, nameColumn } from '../generic/columns.ts';
import { fieldDoc } from '../generic/docs.ts';
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from '../types.gen.ts';

const SHOWN = 2;
const UNKNOWN = '<unknown>';

/** `current/target`; values per pod are marked where a whole value would be possible, too. */
function amountText(target: MetricTarget | undefined, current: MetricValueStatus | undefined, mark: boolean): string {
  if (target?.averageValue !== undefined)
    return `${current?.averageValue ?? UNKNOWN}/${target.averageValue}${mark ? ' (avg)' : ''}`;
  return `${current?.value ?? UNKNOWN}/${target?.value ?? '<nil>'}`;
}

function resourceText(name: string, target: MetricTarget | undefined, current: MetricValueStatus | undefined): string {
  if (target?.averageValue !== undefined) return `${name}: ${current?.averageValue ?? UNKNOWN}/${target.averageValue}`;
  const percent = (value: number | undefined, otherwise: string): string => (value === undefined ? otherwise : `${value}%`);
  return `${name}: ${percent(current?.averageUtilization, UNKNOWN)}/${percent(target?.averageUtilization, '<auto>')}`;
}

function metricText(spec: MetricSpec, status: MetricStatus | undefined): string {
  switch (spec.type) {
    case 'External':
      return amountText(spec.external?.target, status?.external?.current, true);
    case 'Object':
      return amountText(spec.object?.target, status?.object?.current, true);
    case 'Pods':
      return amountText(spec.pods?.target, status?.pods?.current, false);
    case 'Resource':
      return resourceText(spec.resource?.name ?? '', spec.resource?.target, status?.resource?.current);
    case 'ContainerResource':
      return resourceText(spec.containerResource?.name ?? '', spec.containerResource?.target, status?.containerResource?.current);
  }
  return '<unknown type>';
}

/** printers.formatHPAMetrics */
export function metricsText({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec?.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const texts = metrics.map((metric, i) => metricText(metric, status?.currentMetrics?.[i]));
  const more = texts.length > SHOWN ? ` + ${texts.length - SHOWN} more...` : '';
  return texts.slice(0, SHOWN).join(', ') + more;
}

const doc = (field: string) => fieldDoc('autoscaling.v2.HorizontalPodAutoscalerSpec', field);

/** Columns of both versions. @param read makes version 2 of an object */
export const autoscalerColumns = <T>(read: (object: T) => HorizontalPodAutoscaler): Column[] => {
  const of = (name: string, text: string, value: (hpa: HorizontalPodAutoscaler) => string | number): Column =>
    column(name, 'string', text, (object) => value(read(object as T)));
  return [
    nameColumn,
    of(
      'Reference',
      doc('scaleTargetRef'),
      ({ spec }) => `${spec?.scaleTargetRef?.kind ?? ''}/${spec?.scaleTargetRef?.name ?? ''}`,
    ),
    of('Targets', doc('metrics'), metricsText),
    of('MinPods', doc('minReplicas'), ({ spec }) => (spec?.minReplicas === undefined ? '<unset>' : String(spec.minReplicas))),
    of('MaxPods', doc('maxReplicas'), ({ spec }) => spec?.maxReplicas ?? 0),
    of(
      'Replicas',
      fieldDoc('autoscaling.v2.HorizontalPodAutoscalerStatus', 'currentReplicas'),
      ({ status }) => status?.currentReplicas ?? 0,
    ),
    ageColumn,
  ];
};
