import type { Diagnostic } from '../../shared/scenario.ts'

/** Every rule the scenario tree is held to; `help` says what to do about it. */
export const rules = {
  'agent-ref': { severity: 'error', help: 'Name a manifest below the scenarios root, without `.yaml`.' },
  assertion: { severity: 'error', help: 'Say what the output must be.' },
  capability: { severity: 'error', help: 'Use a capability that an agent of the scenario offers.' },
  'did-web-host': { severity: 'warning', help: 'Give an agent a `did_web_host`, or use static discovery.' },
  'duplicate-agent': { severity: 'error', help: 'Give every agent of a scenario its own id.' },
  'duplicate-pack': { severity: 'error', help: 'Give every pack its own slug.' },
  'duplicate-ref': {
    severity: 'error',
    help: 'Change pack, scenario or version so that each file has its own.',
  },
  'duplicate-step': { severity: 'error', help: 'Give every step of a workflow its own id.' },
  'duplicate-template': { severity: 'error', help: 'Give every template of a version its own name.' },
  environment: { severity: 'error', help: 'Remove it; only a `command` takes an environment.' },
  'fault-kind': { severity: 'error', help: 'Use a fault that the step can carry (docs/faults.md).' },
  'file-limit': { severity: 'error', help: 'Split or shorten the file.' },
  identity: { severity: 'error', help: 'Give an OIDC agent its issuer and its subject.' },
  include: { severity: 'error', help: 'Name a file, relative to the one that includes it.' },
  'include-cycle': { severity: 'error', help: 'Remove one of the includes in the circle.' },
  'input-from': { severity: 'error', help: 'Take the input from an earlier step that has an output.' },
  'inputs-schema': { severity: 'error', help: 'Write `inputs.schema` as JSON Schema 2020-12.' },
  'inputs-schema-keyword': { severity: 'warning', help: 'JSON Schema ignores this; mend its spelling.' },
  'kebab-case': { severity: 'error', help: 'Use lower-case letters, digits and single hyphens.' },
  'missing-key': { severity: 'error', help: 'Add the key.' },
  'no-token': { severity: 'warning', help: 'Add a handshake step before it, or set `trust.eager`.' },
  'not-loaded': { severity: 'error', help: 'Move the file to where the registry looks for it.' },
  'outside-root': { severity: 'error', help: 'Keep every file below the scenarios root.' },
  'pack-file-missing': { severity: 'warning', help: 'Add a `pack.yaml`, or begin the folder name with `_`.' },
  'pack-mismatch': { severity: 'error', help: 'Make `metadata.pack` the slug of the pack it lies in.' },
  'path-mismatch': { severity: 'warning', help: 'Name the folders as the file names scenario and version.' },
  placeholder: { severity: 'error', help: 'Name an input that `inputs.schema` has.' },
  'placeholder-form': {
    severity: 'warning',
    help: 'Write `{{ inputs.NAME }}`, one space inside each brace.',
  },
  'remote-agent': { severity: 'error', help: 'Let an agent act that the console starts.' },
  'requested-grants': { severity: 'error', help: 'Request only what the responder offers.' },
  'same-agent': { severity: 'error', help: 'Name two different agents.' },
  'scenario-file-name': { severity: 'warning', help: 'Call the file `scenario.yaml`.' },
  scope: { severity: 'error', help: 'Delegate only what the issuer of the token offers.' },
  'signing-suite': { severity: 'error', help: 'Use an OIDC agent, or Ed25519.' },
  'step-reference': { severity: 'error', help: 'Name an earlier step of the right kind.' },
  'step-type': { severity: 'error', help: 'Use a step type of this version.' },
  'step-type-missing': { severity: 'error', help: 'Say which type the step has.' },
  'stray-template': { severity: 'warning', help: 'Move the file, or make it a `kind: ScenarioTemplate`.' },
  'summary-missing': { severity: 'warning', help: 'Say in one sentence what the scenario shows.' },
  'unknown-agent': { severity: 'error', help: 'Name an agent of this scenario.' },
  'unknown-key': { severity: 'warning', help: 'Mend the spelling or remove the key; it has no effect.' },
  'unpinned-agent': { severity: 'warning', help: 'Write the AID that the agent must show.' },
  'unreadable-folder': { severity: 'error', help: 'Make the folder readable, or remove the link.' },
  'version-form': { severity: 'error', help: 'Write the version as three numbers, such as 1.0.0.' },
  'wrong-value': { severity: 'error', help: 'Give the key a value of the form it asks for.' },
  'yaml-syntax': { severity: 'error', help: 'Mend the YAML.' },
} as const satisfies Record<string, { severity: Diagnostic['severity']; help: string }>

export type RuleId = keyof typeof rules

/** Where a problem is; lines and columns count from 1, `file` is relative to the scenarios root. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

export function diagnose(rule: RuleId, position: Position, message: string): Diagnostic {
  return { ...position, severity: rules[rule].severity, rule, message }
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error')
}

/** `file:line:column rule message`, as `validate` prints it. */
export function formatDiagnostic({ file, line, column, rule, message }: Diagnostic): string {
  return `${file}:${line}:${column} ${rule} ${message}`
}
