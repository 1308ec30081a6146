// Which way dependencies point, and which packages shipped code may use. `npm run layers` reads this file;
// `test/repository/guards.test.ts` shows every rule failing once.

// Without it nothing is read, and the result is "no violations (0 modules)".
require.resolve('@swc/core')

const modules = '(^|/)node_modules/'

const anywhere = '^(src|agents)/'

/** Packages in shipped code, where, and why. Everything is bundled, so nothing here is installed on its own. */
const packages = {
  zod: { from: anywhere, why: 'the contract and every file format, checked at the edge' },
  'eventsource-parser': {
    from: '^src/(shared|main)/',
    why: 'server-sent events over fetch, which can send a bearer',
  },
  canonicalize: { from: '^src/aitp/jcs\\.ts$', why: 'RFC 8785, behind a strict wrapper' },
  '@noble/(curves|hashes)': {
    from: '^src/aitp/platform/browser/',
    why: 'signatures and hashes where there is no node:crypto',
  },
  express: {
    from: '^(src/main|agents)/',
    why: 'the service API and the agents, as the ecosystem serves them',
  },
  'ipaddr.js': { from: '^src/shared/', why: 'which addresses anybody may be led to' },
  pino: { from: '^(src/main|agents)/', why: 'structured logs with redaction' },
  'prom-client': {
    from: '^src/main/(observability|control-plane)/',
    why: 'the Prometheus exposition, typed and escaped',
  },
  '@opentelemetry/(api|exporter-trace-otlp-http|resources)': {
    from: '^src/main/observability/traces/',
    why: 'OTLP as collectors read it; loaded only when an endpoint is configured',
  },
  yaml: { from: '^src/main/registry/', why: 'scenario files with the place of every value' },
  ajv: { from: '^src/main/registry/', why: 'the JSON Schema of scenario inputs' },
  re2js: { from: '^src/main/registry/', why: 'patterns of strangers in linear time' },
  commander: { from: '^src/main/cli/', why: 'the command line' },
  'env-paths': { from: '^src/main/data-folder\\.ts$', why: 'where each platform keeps data' },
  'electron-store': { from: '^src/main/.*\\.electron\\.ts$', why: 'the window reads the same settings.json' },
  electron: { from: '^src/(main/.*\\.electron\\.ts$|preload/)', why: 'the desktop shell' },
  ai: { from: '^agents/base/', why: 'text generation, when a provider is configured' },
  '@ai-sdk/(anthropic|openai|openai-compatible)': { from: '^agents/base/', why: 'the providers' },
  '(react|react-dom)': { from: '^src/renderer/', why: 'the interface' },
  'react-aria-components': {
    from: '^src/renderer/',
    why: 'controls that work by keyboard and screen reader',
  },
  'react-resizable-panels': { from: '^src/renderer/', why: 'panes that can be dragged' },
  '@tanstack/(react-query|react-virtual)': { from: '^src/renderer/', why: 'what the host knows; long lists' },
  '@xyflow/react': { from: '^src/renderer/', why: 'graphs that can be moved and zoomed' },
  zustand: { from: '^src/renderer/', why: 'what the person chose' },
  'lucide-react': { from: '^src/renderer/', why: 'icons' },
  '@fontsource-variable/(inter|jetbrains-mono)': { from: '^src/renderer/', why: 'fonts without a network' },
}

// Packages without types of their own resolve to these.
const named = (name) => `${modules}(@types/)?${name}/`
const anyPackage = Object.keys(packages).map(named).join('|')

/** One rule a package that is not for everybody: it may come only from where it is said to belong. */
const placed = Object.entries(packages)
  .filter(([, { from }]) => from !== anywhere)
  .map(([name, { from, why }]) => ({
    name: `only-where-it-belongs: ${name}`,
    comment: `${name} is for ${why}; elsewhere use what that part offers.`,
    severity: 'error',
    from: { path: anywhere, pathNot: from },
    to: { path: named(name) },
  }))

const layer = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    layer(
      'no-cycles',
      'Move what both need into a file that imports neither.',
      { path: anywhere },
      { circular: true },
    ),
    layer('resolvable', 'Mend the path, or add the package.', { path: anywhere }, { couldNotResolve: true }),
    layer(
      'allowed-packages',
      'Do without, or add the package with its reason to the list in .dependency-cruiser.cjs.',
      { path: anywhere },
      { path: modules, pathNot: anyPackage },
    ),
    ...placed,
    layer(
      'aitp-imports-nothing-of-ours',
      'The protocol library is self-contained: hand in what it needs.',
      { path: '^src/aitp/' },
      { path: '^(src|agents|test|build)/', pathNot: '^src/aitp/' },
    ),
    layer(
      'aitp-without-node',
      'Take clock, randomness and keys as arguments; only src/aitp/platform touches a runtime.',
      { path: '^src/aitp/', pathNot: '^src/aitp/platform/' },
      { dependencyTypes: ['core'] },
    ),
    layer(
      'aitp-engine-is-bound-at-the-entry',
      'Use the Engine interface; the entry point hands in the platform.',
      { path: '^src/aitp/', pathNot: '^src/aitp/platform/' },
      { path: '^src/aitp/platform/' },
    ),
    layer(
      'shared-imports-only-protocol-types',
      'What all sides share knows none of them; from the protocol it may take types.',
      { path: '^src/shared/' },
      { path: '^(src|agents|test|build)/', pathNot: '^src/(shared|aitp)/' },
    ),
    layer(
      'shared-without-protocol-code',
      'Use `import type`: src/shared runs in the window, which verifies nothing.',
      { path: '^src/shared/' },
      { path: '^src/aitp/', dependencyTypesNot: ['type-only'] },
    ),
    layer(
      'shared-without-node',
      'src/shared also runs in the window: hand in what the runtime gives.',
      { path: '^src/shared/' },
      { dependencyTypes: ['core'] },
    ),
    layer(
      'preload-imports-only-shared',
      'The bridge passes calls on; do the work in main.',
      { path: '^src/preload/' },
      { path: '^(src|agents|test|build)/', pathNot: '^src/(preload|shared)/' },
    ),
    layer(
      'preload-without-node',
      'A sandboxed preload has no Node; do the work in main.',
      { path: '^src/preload/' },
      { dependencyTypes: ['core'] },
    ),
    layer(
      'renderer-imports-only-shared',
      'Ask the host through the contract in src/shared.',
      { path: '^src/renderer/' },
      { path: '^(src|agents|test|build)/', pathNot: '^src/(renderer|shared)/' },
    ),
    layer(
      'renderer-without-node',
      'The window is sandboxed; ask the host through the contract in src/shared.',
      { path: '^src/renderer/' },
      { dependencyTypes: ['core'] },
    ),
    layer(
      'main-imports-only-aitp-and-shared',
      'Put what both need into src/shared; agents are started, never imported.',
      { path: '^src/main/' },
      { path: '^(src|agents|test|build)/', pathNot: '^src/(main|aitp|shared)/' },
    ),
    layer(
      'host-without-the-shell',
      'The host runs without a display: only *.electron.ts may import *.electron.ts.',
      { path: '^src/main/', pathNot: '\\.electron\\.ts$' },
      { path: '\\.electron\\.ts$' },
    ),
    layer(
      'agents-import-only-aitp-and-shared',
      'An agent talks to the host over HTTP; put common types into src/shared.',
      { path: '^agents/' },
      { path: '^(src|test|build)/', pathNot: '^src/(aitp|shared)/' },
    ),
    layer(
      'agents-are-separate',
      'Move what agents have in common into agents/base.',
      { path: '^agents/([^/]+)/', pathNot: '^agents/base/' },
      { path: '^agents/([^/]+)/', pathNot: '^agents/(base|$1)/' },
    ),
    layer(
      'agent-base-knows-no-worker',
      'Hand the worker its part of the base as an argument.',
      { path: '^agents/base/' },
      { path: '^agents/', pathNot: '^agents/base/' },
    ),
  ],
  options: {
    parser: 'swc',
    // Type-only imports point in a direction too.
    tsPreCompilationDeps: true,
    doNotFollow: { path: modules },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
