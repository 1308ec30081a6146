import type { BrokenTree } from './broken-files.ts'
import {
  agents,
  goodTree,
  manifest,
  metadata,
  scenario,
  scenarioPath,
  template,
  versionFolder,
} from './tree.ts'

const step = (members: string) => scenario({ steps: `      - { ${members} }` })
const workflow = 'type: workflow, agent: asker, capability: ask.question'
const threeAgents = (...steps: string[]) =>
  scenario({
    agents: `${agents}\n    - { id: third, ref: _shared/agents/asker }`,
    steps: steps.map((members) => `      - { ${members} }`).join('\n'),
  })
const asTemplate = `${versionFolder}/templates/other.yaml`

/** What is wrong between the parts of a scenario, and between files. */
export const brokenScenarios: BrokenTree[] = [
  // Duplicates
  [
    'B-01: one reference twice',
    'duplicate-ref',
    {
      [scenarioPath]: scenario({ metadata: metadata({ scenario: '▸talk' }) }),
      'demo/talk-2/1.0.0/scenario.yaml': scenario({ metadata: metadata({ scenario: '▸talk' }) }),
    },
    [
      `${scenarioPath}:5:13 duplicate-ref`,
      'demo/talk-2/1.0.0/scenario.yaml:5:13 duplicate-ref',
      'demo/talk-2/1.0.0/scenario.yaml:5:13 path-mismatch',
    ],
  ],
  [
    'one slug twice',
    'duplicate-pack',
    {
      'demo/pack.yaml': `▸${goodTree['demo/pack.yaml']}`,
      'twin/pack.yaml': `▸${goodTree['demo/pack.yaml']}`,
    },
  ],
  [
    'B-05: one agent id twice',
    'duplicate-agent',
    { [scenarioPath]: scenario({ agents: `${agents}\n    - { id: ▸asker, ref: _shared/agents/asker }` }) },
  ],
  [
    'B-05: one step id twice',
    'duplicate-step',
    {
      [scenarioPath]: scenario({
        steps: `      - { id: ask, ${workflow} }\n      - { id: ▸ask, ${workflow} }`,
      }),
    },
  ],
  [
    'two templates of one name',
    'duplicate-template',
    {
      [asTemplate]: template('  {}', '▸other'),
      [`${versionFolder}/templates/twin.yaml`]: template('  {}', '▸other'),
    },
  ],
  // Steps
  [
    'a step type nobody has',
    'step-type',
    { [scenarioPath]: step('id: x, type: ▸workfow, agent: asker, capability: ask.question') },
  ],
  [
    'B-08: a handshake without its type',
    'step-type-missing',
    {
      [scenarioPath]: step('id: shake, initiator: asker, responder: teller').replace(
        '- { id: shake',
        '- ▸{ id: shake',
      ),
    },
  ],
  [
    'B-12: an unknown agent',
    'unknown-agent',
    { [scenarioPath]: step('id: ask, type: workflow, agent: ▸nobody, capability: ask.question') },
  ],
  [
    'B-12: an unknown target agent',
    'unknown-agent',
    { [scenarioPath]: step(`id: ask, ${workflow}, target_agent: ▸nobody`) },
  ],
  [
    'B-12: an unknown responder',
    'unknown-agent',
    { [scenarioPath]: step('id: shake, type: handshake, initiator: asker, responder: ▸nobody') },
  ],
  [
    'a handshake with itself',
    'same-agent',
    { [scenarioPath]: step('id: shake, type: handshake, initiator: asker, responder: ▸asker') },
  ],
  [
    'B-05: a capability nobody offers',
    'capability',
    { [scenarioPath]: step('id: ask, type: workflow, agent: asker, capability: ▸ask.questions') },
  ],
  [
    'B-05: a capability the target does not offer',
    'capability',
    {
      [scenarioPath]: step(
        'id: tell, type: workflow, agent: teller, target_agent: teller, capability: ▸ask.question',
      ),
    },
  ],
  [
    'a grant the responder does not offer',
    'requested-grants',
    {
      [scenarioPath]: step(
        'id: shake, type: handshake, initiator: asker, responder: teller, requested_grants: [tell.story, ▸ask.question]',
      ),
    },
  ],
  [
    'B-10: input from a step that does not exist',
    'input-from',
    { [scenarioPath]: step(`id: ask, ${workflow}, input_from: ▸before`) },
  ],
  [
    'B-10: input from itself',
    'input-from',
    { [scenarioPath]: step(`id: ask, ${workflow}, input_from: ▸ask`) },
  ],
  [
    'B-10: input from a step without output',
    'input-from',
    {
      [scenarioPath]: scenario({
        steps: `      - { id: say, type: meta }\n      - { id: ask, ${workflow}, input_from: ▸say }`,
      }),
    },
  ],
  [
    'B-10: input from a later step',
    'input-from',
    {
      [scenarioPath]: scenario({
        steps: `      - { id: ask, ${workflow}, input_from: ▸then }\n      - { id: then, ${workflow} }`,
      }),
    },
  ],
  [
    'a placeholder for an input that does not exist',
    'placeholder',
    { [scenarioPath]: step(`id: ask, ${workflow}, input_template: ▸"{{ inputs.topics }}"`) },
  ],
  [
    'a placeholder without its spaces',
    'placeholder-form',
    { [scenarioPath]: step(`id: ask, ${workflow}, input_template: ▸"{{inputs.topic}}"`) },
  ],
  [
    'a placeholder for a step that comes later',
    'placeholder',
    { [scenarioPath]: step(`id: ask, ${workflow}, input_template: ▸"{{ outputs.then.findings }}"`) },
  ],
  [
    'a member of a group that builds on its neighbour',
    'input-from',
    {
      [scenarioPath]: scenario({
        steps: `      - id: both
        type: parallel
        steps:
          - { id: one, ${workflow} }
          - { id: two, ${workflow}, input_from: ▸one }`,
      }),
    },
  ],
  [
    'a group in a group',
    'step-type',
    {
      [scenarioPath]: scenario({
        steps: `      - id: both
        type: parallel
        steps:
          - { id: one, ${workflow} }
          - { id: two, type: ▸paralel, steps: [] }`,
      }),
    },
  ],
  [
    'one id in a group and outside',
    'duplicate-step',
    {
      [scenarioPath]: scenario({
        steps: `      - { id: ask, ${workflow} }
      - id: both
        type: parallel
        steps:
          - { id: ▸ask, ${workflow} }
          - { id: two, ${workflow} }`,
      }),
    },
  ],
  [
    'a delegation of what its issuer does not offer',
    'scope',
    {
      [scenarioPath]: threeAgents(
        'id: pass, type: delegate, delegator: asker, delegatee: third, via_peer: teller, scope: [tell.story, ▸tell.lie]',
      ),
    },
  ],
  [
    'a delegation to oneself',
    'same-agent',
    {
      [scenarioPath]: step(
        'id: pass, type: delegate, delegator: asker, delegatee: ▸asker, via_peer: teller, scope: [tell.story]',
      ),
    },
  ],
  [
    'B-05: a redemption of a delegation that is none',
    'step-reference',
    {
      [scenarioPath]: scenario({
        steps: `      - { id: ask, ${workflow} }
      - { id: redeem, type: redeem_delegation, delegatee: asker, target: teller, via_delegation: ▸ask }`,
      }),
    },
  ],
  [
    'B-05: a redemption by somebody else',
    'step-reference',
    {
      [scenarioPath]: threeAgents(
        'id: pass, type: delegate, delegator: asker, delegatee: third, via_peer: teller, scope: [tell.story]',
        'id: redeem, type: redeem_delegation, delegatee: asker, target: teller, via_delegation: ▸pass',
      ),
    },
  ],
  [
    'B-05: a session bundle from nowhere',
    'step-reference',
    { [scenarioPath]: step('id: check, type: verify_session_bundle, verifier: asker, via_step: ▸export') },
  ],
  [
    'B-05: an unknown participant',
    'unknown-agent',
    {
      [scenarioPath]: step(
        'id: export, type: export_session_bundle, coordinator: asker, participants: [teller, ▸nobody]',
      ),
    },
  ],
  [
    'B-05: a required member that is missing',
    'missing-key',
    {
      [scenarioPath]: step('id: revoke, type: revoke_tct, issuer: asker').replace(
        '- { id: revoke',
        '- ▸{ id: revoke',
      ),
    },
  ],
  [
    'a fault that the step cannot carry',
    'fault-kind',
    {
      [scenarioPath]: step(
        'id: shake, type: handshake, initiator: asker, responder: teller, fault: { kind: ▸stolen_token, victim: asker }',
      ),
    },
  ],
  [
    'B-22: a fault where no message is sent',
    'fault-kind',
    { [scenarioPath]: step(`id: ask, ${workflow}, fault: { kind: ▸tamper }`) },
  ],
  [
    'an unknown victim',
    'unknown-agent',
    {
      [scenarioPath]: step(
        'id: try, type: capability_probe, agent: asker, target_agent: teller, capability: tell.story, fault: { kind: stolen_token, victim: ▸nobody }',
      ),
    },
  ],
  [
    'an assertion that demands nothing',
    'assertion',
    { [scenarioPath]: step(`id: ask, ${workflow}, assert: [▸{ path: topic }]`) },
  ],
  [
    'a call for which there is no token',
    'no-token',
    {
      [scenarioPath]: scenario({
        trust: '    { boundary: intra_org, eager: false }',
        steps: '      - { id: call, agent: ▸asker, capability: tell.story }',
      }),
    },
  ],
  [
    'an agent elsewhere that is told to act',
    'remote-agent',
    {
      [scenarioPath]: scenario({
        agents: `${agents}\n    - { id: far, manifest_url: "https://far.example/.well-known/aitp-manifest", pinned_aid: "aid:pubkey:x" }`,
        steps: '      - { id: shake, type: handshake, initiator: ▸far, responder: teller }',
      }),
    },
  ],
  [
    'an agent elsewhere without a pin',
    'unpinned-agent',
    {
      [scenarioPath]: scenario({
        agents: `${agents}\n    - { id: far, manifest_url: ▸"https://far.example/.well-known/aitp-manifest" }`,
      }),
    },
  ],
  [
    'P-256 for an agent with a pinned key',
    'signing-suite',
    {
      [scenarioPath]: scenario({
        agents: `${agents}\n    - { id: third, ref: _shared/agents/asker, signing_suite: ▸p256 }`,
      }),
    },
  ],
  [
    'an OIDC agent without a subject',
    'identity',
    {
      '_shared/agents/asker.yaml': manifest('asker', 'ask.question').replace(
        'display_name: asker',
        'display_name: asker, identity_type: oidc, oidc_issuer: "https://idp.example/", oidc_subject: ▸null',
      ),
    },
    ['_shared/agents/asker.yaml:6:134 identity', `${scenarioPath}:15:25 agent-ref`],
  ],
  [
    'an environment for a worker that ships with the console',
    'environment',
    {
      '_shared/agents/asker.yaml': manifest('asker', 'ask.question').replace(
        '  aitp:',
        '  host: { env: { OPENSSL_CONF: ▸x } }\n  aitp:',
      ),
    },
    ['_shared/agents/asker.yaml:6:32 environment', `${scenarioPath}:15:25 agent-ref`],
  ],
  [
    'did:web discovery with no host to discover',
    'did-web-host',
    { [scenarioPath]: scenario({ trust: '    boundary: intra_org\n    discovery: ▸did_web' }) },
  ],
  // Inputs, manifests, files
  [
    'an inputs schema that is none',
    'inputs-schema',
    { [scenarioPath]: scenario({ schema: '      properties: { topic: { type: ▸text } }' }) },
  ],
  [
    'a misspelt word in the inputs schema',
    'inputs-schema-keyword',
    { [scenarioPath]: scenario({ schema: '      ▸type: object\n      requird: [topic]' }) },
  ],
  [
    'an agent reference to nothing',
    'agent-ref',
    { [scenarioPath]: scenario({ agents: `${agents}\n    - { id: third, ref: ▸_shared/agents/third }` }) },
  ],
  ['a template that is none', 'stray-template', { [asTemplate]: '▸topic: rain\n' }],
  [
    'a template whose steps do not fit its agents',
    'unknown-agent',
    { [asTemplate]: template('  ▸agents:\n    - { id: teller, ref: _shared/agents/teller }') },
  ],
  [
    'a template with a wrong step',
    'unknown-agent',
    {
      [asTemplate]: template(
        '  workflow:\n    steps:\n      - { id: ask, type: workflow, agent: ▸nobody, capability: ask.question }',
      ),
    },
  ],
  [
    'B-08: a template step without its type',
    'step-type-missing',
    { [asTemplate]: template('  workflow:\n    steps:\n      - ▸{ id: shake, initiator: asker }') },
  ],
  [
    'a pack folder without pack.yaml',
    'pack-file-missing',
    { 'other/talk/1.0.0/scenario.yaml': 'x: 1\n' },
    ['other/pack.yaml:1:1 pack-file-missing'],
  ],
  [
    'a scenario file with the other suffix',
    'scenario-file-name',
    { 'demo/talk/2.0.0/scenario.yml': `▸${scenario()}` },
  ],
]
