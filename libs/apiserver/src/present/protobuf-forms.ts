import {
  badRequest,
  compileProtobuf,
  type ProtobufCodec,
  ProtobufError,
  type ProtobufMessage,
  type ProtobufSource,
  type ResourceDefinition,
  unwrap,
  wrap,
} from '@windlass/meta';

/** The protobuf form of what goes over the wire; custom resources have none. */
export class ProtobufForms {
  readonly #source: ProtobufSource;
  readonly #schemaOf: (apiVersion: string, kind: string) => string | undefined;

  /** @param schemaOf schema name of a kind, e.g. of `v1`, `DeleteOptions` */
  constructor(source: ProtobufSource, schemaOf: (apiVersion: string, kind: string) => string | undefined) {
    this.#source = source;
    this.#schemaOf = schemaOf;
  }

  has(definition: ResourceDefinition): boolean {
    return this.#source(definition.schema) !== undefined;
  }

  /** Fields of a message, in the order in which Go declares them. */
  message(schema: string): ProtobufMessage | undefined {
    return this.#source(schema);
  }

  #codec(schema: string | undefined): ProtobufCodec | undefined {
    return schema !== undefined && this.#source(schema) ? compileProtobuf(schema, this.#source) : undefined;
  }

  /** An object with apiVersion and kind as `k8s\0` and its envelope; undefined when its kind has no protobuf form. */
  encode(object: object): Buffer | undefined {
    const { apiVersion = '', kind = '' } = object as { apiVersion?: string; kind?: string };
    const codec = this.#codec(this.#schemaOf(apiVersion, kind));
    return codec && wrap({ apiVersion, kind, raw: codec.encode(object) });
  }

  /**
   * A request body as the JSON text that the same client would have sent. A kind that is not known keeps its type alone: the
   * decoder of the endpoint says what is wrong with it. @throws StatusError 400
   */
  bodyText(bytes: Buffer, expected: ResourceDefinition): string {
    try {
      const { apiVersion, kind, raw } = unwrap(bytes);
      const schema = kind ? this.#schemaOf(apiVersion, kind) : expected.schema;
      const object = this.#codec(schema)?.decode(raw) ?? {};
      return JSON.stringify({ ...(kind ? { kind } : {}), ...(apiVersion ? { apiVersion } : {}), ...object });
    } catch (error) {
      if (!(error instanceof ProtobufError || error instanceof SyntaxError)) throw error;
      const hex = bytes.subarray(0, 30).toString('hex');
      const shown = bytes.length === 0 ? '<empty>' : bytes.length > 30 ? `${hex} ...` : hex;
      throw badRequest(`the object provided is unrecognized (must be of type ${expected.kind}): ${error.message} (${shown})`);
    }
  }
}
