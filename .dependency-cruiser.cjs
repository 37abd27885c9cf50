/** The dependency rules of ARCHITECTURE.md, as a failing check. */
const may = {
  meta: [],
  platform: [],
  pki: [],
  resources: ['meta'],
  store: ['meta', 'platform'],
  apiserver: ['meta', 'platform', 'store'],
  client: ['meta', 'platform'],
  controller: ['meta', 'platform', 'client'],
  host: ['meta', 'platform'],
};
const only = (name, modules, from) => ({
  name,
  severity: 'error',
  from: { pathNot: `${from}|\\.spec\\.ts$` },
  to: { path: `node_modules/(${modules})(/|$)|^(${modules})$` },
});
module.exports = {
  forbidden: [
    ...Object.entries(may).map(([lib, libs]) => ({
      name: `${lib}-imports`,
      severity: 'error',
      from: { path: `^libs/${lib}/`, pathNot: '\\.spec\\.ts$' },
      to: { path: '^(libs|apps)/', pathNot: `^libs/(${[lib, ...libs].join('|')})/` },
    })),
    {
      name: 'no-app-imports-app',
      severity: 'error',
      from: { path: '^apps/(?!cli/)([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'cli-through-doors',
      severity: 'error',
      from: { path: '^apps/cli/' },
      to: { path: '^apps/(?!cli/)[^/]+/src/(?!index\\.ts$)' },
    },
    {
      name: 'lib-door',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/(?!index\\.ts$)', pathNot: '^libs/$2/' },
    },
    {
      name: 'testkit-in-specs-only',
      severity: 'error',
      from: { path: '^(apps|libs)/(?!testkit)', pathNot: '\\.spec\\.ts$|/src/testing/' },
      to: { path: '^libs/testkit/' },
    },
    only('pg-only-in-store', 'pg', '^libs/store/'),
    only('queue-only-in-scheduler', 'bullmq|ioredis', '^apps/scheduler/'),
    only('grpc-only-in-host', '@grpc/grpc-js|@grpc/proto-loader', '^libs/host/'),
    only('nest-only-in-apps-and-apiserver', '@nestjs/.*', '^(apps|libs/apiserver)/'),
    {
      name: 'child-process-only-in-host',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/(host|testkit)/|\\.spec\\.ts$' },
      to: { path: '^(node:)?child_process$' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
