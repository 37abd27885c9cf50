import type { CelEnvironment } from '../environment.ts';
import { Library, mergeLibraries } from '../functions.ts';
import { authorizers } from './authorizers.ts';
import { conversions } from './conversions.ts';
import { formats } from './formats.ts';
import { lists } from './lists.ts';
import { networks } from './networks.ts';
import { operators } from './operators.ts';
import { optionals } from './optionals.ts';
import { quantities } from './quantities.ts';
import { regex } from './regex.ts';
import { semvers } from './semvers.ts';
import { strings } from './strings.ts';
import { times } from './times.ts';
import { urls } from './urls.ts';

const jsonPatch = new Library().def('jsonpatch.escapeKey', '(string): string', (key: string) =>
  key.replaceAll('~', '~0').replaceAll('/', '~1'),
);

/** The standard, cel-go's extensions and Kubernetes' libraries, as of Kubernetes 1.36; no variables. */
export const kubernetesEnvironment: CelEnvironment = {
  variables: new Map(),
  structs: new Map(),
  functions: mergeLibraries(
    operators,
    conversions,
    times,
    strings,
    regex,
    lists,
    optionals,
    quantities,
    networks,
    urls,
    formats,
    semvers,
    authorizers,
    jsonPatch,
  ),
};
