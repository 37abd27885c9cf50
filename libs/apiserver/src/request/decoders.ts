import {
  type AnyObject,
  type BodyFormat,
  type CustomResource,
  compileDecoder,
  type DecodedObject,
  type Decoder,
  decodeBody,
  decodeCustomBody,
  decodeCustomValue,
  decodeParsed,
  type GroupVersionKind,
  PROTOBUF_MEDIA,
  type ResourceDefinition,
  type SchemaSource,
  strictDecodingError,
  unsupportedMediaType,
} from '@windlass/meta';

// A protobuf body comes here as the JSON text of what it holds.
const FORMATS: Record<string, BodyFormat> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  [PROTOBUF_MEDIA]: 'json',
};

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const CUSTOM_FORMATS = ['application/json', 'application/yaml'];

/** @throws StatusError 415 */
export function bodyFormat(contentType: string | undefined, { custom }: ResourceDefinition): BodyFormat {
  const type = (contentType ?? 'application/json').split(';', 1)[0]!.trim().toLowerCase();
  const format = Object.hasOwn(FORMATS, type || 'application/json') ? FORMATS[type || 'application/json'] : undefined;
  const accepted = custom ? CUSTOM_FORMATS : Object.keys(FORMATS);
  if (!format || !accepted.includes(type || 'application/json'))
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    );
  return format;
}

/** Decoders by schema name, compiled on first use. */
export class Decoders {
  readonly #source: SchemaSource;
  readonly #compiled = new Map<string, Decoder>();

  readonly #registered: (given: GroupVersionKind) => boolean;

  /** @param registered whether the server knows a kind at all */
  constructor(source: SchemaSource, registered: (given: GroupVersionKind) => boolean = () => false) {
    this.#source = source;
    this.#registered = registered;
  }

  of(schema: string): Decoder {
    let decoder = this.#compiled.get(schema);
    if (!decoder) {
      decoder = compileDecoder(schema, this.#source);
      this.#compiled.set(schema, decoder);
    }
    return decoder;
  }

  /** @param accepts further kinds that may stand in the body. @throws StatusError 400 */
  body(
    definition: ResourceDefinition,
    text: string,
    format: BodyFormat,
    accepts?: (given: GroupVersionKind) => boolean,
  ): DecodedObject {
    if (definition.custom) return decodeCustomBody(text, format, this.#customOptions(definition, definition.custom));
    return withMetadata(decodeBody(text, format, { ...this.#options(definition), accepts }));
  }

  value(definition: ResourceDefinition, value: unknown): DecodedObject {
    if (definition.custom) return decodeCustomValue(value, this.#customOptions(definition, definition.custom));
    return withMetadata(decodeParsed(value, this.#options(definition)));
  }

  #customOptions(definition: ResourceDefinition, { schema }: CustomResource) {
    return { expected: gvkOf(definition), schema, metadata: this.of(OBJECT_META) };
  }

  #options(definition: ResourceDefinition) {
    return { expected: gvkOf(definition), decoder: this.of(definition.schema), registered: this.#registered };
  }
}

const gvkOf = ({ group, version, kind }: ResourceDefinition): GroupVersionKind => ({ group, version, kind });

function withMetadata(decoded: DecodedObject): DecodedObject {
  decoded.object.metadata ??= {};
  return decoded;
}

/** Strict: throws. Warn: adds Warning headers. Ignore: nothing. @throws StatusError 400 */
export function judge(
  decoded: DecodedObject,
  validation: 'Strict' | 'Warn' | 'Ignore',
  kind: string,
  warnings: string[],
): AnyObject {
  if (decoded.problems.length > 0) {
    if (validation === 'Strict') throw strictDecodingError(decoded.gvk, kind, decoded.problems);
    if (validation === 'Warn') warnings.push(...decoded.problems);
  }
  return decoded.object;
}
