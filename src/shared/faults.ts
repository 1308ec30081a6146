import { z } from 'zod'

/** Milliseconds; no fault may hold a run up for longer. */
const Milliseconds = z.int().positive().max(15_000)

const noted = { note: z.string().optional() }

function fault<Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) {
  return z.strictObject({ kind: z.literal(kind), ...shape, ...noted })
}

/** What can be made to go wrong with a step (docs/faults.md says what each leads to). */
export const Fault = z
  .discriminatedUnion('kind', [
    /** The peer's manifest is asked for at an address where there is none. */
    fault('manifest_404', {}),
    /** The peer is dialled at a port where nobody listens. */
    fault('peer_offline', {}),
    /** The message is held back before it leaves, while the sender's time limit runs. */
    fault('delay', { ms: Milliseconds.default(1_500) }),
    /** The message is swallowed; its sender waits for `ms`. */
    fault('drop', { ms: Milliseconds.default(2_000) }),
    /** The same bytes arrive twice. */
    fault('duplicate', {}),
    /** Something that is signed is changed on the way: of a token its end, of an envelope its id. */
    fault('tamper', {}),
    /** The caller waits until its token has expired and presents it then. */
    fault('expired_token', {}),
    /** The issuer revokes the token; the caller presents it all the same. */
    fault('revoked_token', {}),
    /** What was made for another agent is presented: `of` is the agent it was made for or comes from. */
    fault('wrong_audience', { of: z.string().min(1) }),
    /** The caller presents what was given to `victim`, whose key it has not. */
    fault('stolen_token', { victim: z.string().min(1) }),
    /** A message that was recorded earlier is sent again. */
    fault('replayed_message', {}),
    /** The sender's clock is off, by seconds; negative is behind. */
    fault('clock_skew', { secs: z.int().min(-86_400).max(86_400).default(900) }),
    /** The agent that the step is aimed at is killed; without one, the agent that acts. */
    fault('crash', {}),
    /** The Control Plane does not answer. */
    fault('cp_down', {}),
    /** The revocation list that comes was signed by somebody else. */
    fault('forged_revocation_list', {}),
  ])
  .meta({ id: 'Fault' })
export type Fault = z.infer<typeof Fault>
export type FaultKind = Fault['kind']

export const faultKinds = Fault.options.map(({ shape }) => shape.kind.value)

/** What can go wrong with a call that presents a token. */
const withToken = [
  'peer_offline',
  'delay',
  'drop',
  'duplicate',
  'tamper',
  'expired_token',
  'revoked_token',
  'wrong_audience',
  'stolen_token',
  'replayed_message',
  'clock_skew',
  'crash',
] as const satisfies readonly FaultKind[]

/** Which faults a step of each type can carry. A type that is not named carries none. */
export const faultsOf = {
  workflow: withToken,
  capability_probe: withToken,
  capability_call_no_trust: ['peer_offline', 'delay', 'drop', 'crash'],
  handshake: [
    'manifest_404',
    'peer_offline',
    'delay',
    'drop',
    'duplicate',
    'tamper',
    'wrong_audience',
    'replayed_message',
    'clock_skew',
    'crash',
  ],
  delegate: ['manifest_404', 'peer_offline', 'delay', 'drop', 'crash'],
  redeem_delegation: [
    'peer_offline',
    'delay',
    'drop',
    'duplicate',
    'tamper',
    'revoked_token',
    'wrong_audience',
    'stolen_token',
    'crash',
  ],
  renew_tct: [
    'peer_offline',
    'delay',
    'drop',
    'duplicate',
    'tamper',
    'expired_token',
    'revoked_token',
    'replayed_message',
    'crash',
  ],
  refresh_revocations: ['cp_down', 'forged_revocation_list', 'delay', 'drop'],
  revoke_tct: ['cp_down'],
} as const satisfies Readonly<Record<string, readonly FaultKind[]>>

/** The part of a fault that the acting agent carries out itself, as the host tells it. */
export const AgentFault = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('peer_offline') }),
  z.object({ kind: z.literal('delay'), ms: Milliseconds }),
  z.object({ kind: z.literal('drop'), ms: Milliseconds }),
  z.object({ kind: z.literal('duplicate') }),
  z.object({ kind: z.literal('tamper') }),
  z.object({ kind: z.literal('expired_token') }),
  /** Present the token held from `peer_aid`, or address the message to that AID. */
  z.object({ kind: z.literal('wrong_audience'), peer_aid: z.string() }),
  /** Present this token, which belongs to another agent. */
  z.object({ kind: z.literal('stolen_token'), token: z.string() }),
  z.object({ kind: z.literal('replayed_message') }),
  z.object({ kind: z.literal('clock_skew'), secs: z.int() }),
])
export type AgentFault = z.infer<typeof AgentFault>
