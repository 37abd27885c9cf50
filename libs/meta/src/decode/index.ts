export * from './body.ts';
export * from './custom.ts';
export { compileDecoder, type DecodeContext, DecodeError, type Decoder } from './decoder.ts';
export { jsonKind, refName } from './go-types.ts';
export { JsonSyntaxError, type ParsedText, parseJson } from './json.ts';
export { parseYaml, YamlSyntaxError } from './yaml.ts';
