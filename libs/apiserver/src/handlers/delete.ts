import { type AnyObject, badRequest, type ResourceDefinition } from '@windlass/meta';
import { listRequest } from '../read/list-options.ts';
import { selectionOf } from '../read/selectors.ts';
import { type Deleted, deleteObject } from '../registry/delete.ts';
import { checkDeleteOptions, type DeleteOptions } from '../registry/delete-options.ts';
import { bodyFormat } from '../request/decoders.ts';
import { isTrue } from '../request/request-info.ts';
import type { RequestContext } from '../seams.ts';
import type { Answer } from './answer.ts';
import { type ResourceRequest, success } from './request.ts';

/** Objects of a collection that are deleted at once. */
const LANES = 16;

const DELETE_OPTIONS = {
  group: '',
  version: 'v1',
  kind: 'DeleteOptions',
  schema: 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
} as ResourceDefinition;

/** @throws StatusError 400 */
function optionsInQuery(query: URLSearchParams): DeleteOptions {
  const options: DeleteOptions = {};
  const grace = query.get('gracePeriodSeconds');
  if (grace !== null && grace !== '') {
    if (!/^-?\d+$/.test(grace)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(grace)}: invalid syntax`);
    options.gracePeriodSeconds = Number(grace);
  }
  const policy = query.get('propagationPolicy');
  if (policy !== null) options.propagationPolicy = policy as DeleteOptions['propagationPolicy'];
  const orphan = query.get('orphanDependents');
  if (orphan !== null) options.orphanDependents = isTrue(orphan);
  return options;
}

/** DeleteOptions from the body or else the query. @throws StatusError 400, 415, 422 */
async function deleteOptions({ parts, context, definition, body }: ResourceRequest): Promise<DeleteOptions> {
  const text = await body();
  const options =
    text.trim() === ''
      ? optionsInQuery(context.query)
      : (parts.decoders.body(
          DELETE_OPTIONS,
          text,
          bodyFormat(context.headers['content-type'], definition),
          ({ kind }) => kind === 'DeleteOptions',
        ).object as DeleteOptions);
  const dryRun = context.query.getAll('dryRun');
  if (dryRun.length > 0) options.dryRun = dryRun;
  checkDeleteOptions(options);
  const { orphansWarning } = definition;
  if (orphansWarning && options.propagationPolicy === undefined && options.orphanDependents === undefined)
    context.warnings.push(orphansWarning);
  return options;
}

const remove = (
  { parts, definition }: ResourceRequest,
  context: RequestContext,
  name: string,
  options: DeleteOptions,
): Promise<Deleted> => deleteObject(parts.registry, definition, context, name, options, (options.dryRun?.length ?? 0) > 0);

/** DELETE of one object. @throws StatusError */
export async function handleDelete(request: ResourceRequest): Promise<Answer> {
  const { definition, context } = request;
  const options = await deleteOptions(request);
  const { object, removed } = await remove(request, context, context.info.name, options);
  // As Kubernetes: only this old way to ask for a cascade is told that the object is still there.
  const status = !removed && options.orphanDependents === false ? 202 : 200;
  if (object.kind === 'Status') return { status, kind: 'raw', object };
  return success(definition, object as AnyObject, status);
}

/** DELETE of all that the selectors match; answers with what was there. @throws StatusError */
export async function handleDeleteCollection(request: ResourceRequest): Promise<Answer> {
  const { parts, definition, context } = request;
  const options = await deleteOptions(request);
  const selection = selectionOf(definition, context.query);
  const found = await parts.reader.list(definition, context.info.namespace, listRequest(context.query, false), selection);
  const left = [...found.items];
  const work = async () => {
    for (let shown = left.pop(); shown; shown = left.pop()) {
      const { name = '', namespace = '' } = shown.object.metadata;
      try {
        await remove(request, { ...context, info: { ...context.info, namespace, name } }, name, options);
      } catch (error) {
        if ((error as { code?: number }).code !== 404) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, work));
  return { status: 200, kind: 'list', definition, list: { ...found, continue: '', remaining: undefined } };
}
