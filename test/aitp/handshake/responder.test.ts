import { describe, expect, it } from 'vitest'
import { sealEnvelope } from '../../../src/aitp/envelope.ts'
import { signPinnedKeyProof } from '../../../src/aitp/identity/pinned-key.ts'
import { type AgentKey, commitChecks, helloChecks, type ReceiveHelloInput } from '../../../src/aitp/index.ts'
import {
  A,
  ATTACKER,
  aidText,
  aitp,
  B,
  C,
  engine,
  fromB64u,
  manifestOf,
  mint,
  P,
  type partyOf,
  refusal,
  resignManifest,
  signField,
  T0,
} from '../fixtures.ts'
import { alpha, beta, type Draft, type Edit, edited, Scene } from './scene.ts'

function receiveEdited(edit: Edit, key: AgentKey | null = A, input: Partial<ReceiveHelloInput> = {}): string {
  const scene = new Scene()
  const hello = edited(scene.start().message, edit, key ?? undefined)
  return refusal(() => aitp.receiveHello(scene.b, hello, { ...scene.step(T0 + 1), ...input }))
}

const inPayload =
  (changes: Record<string, unknown>): Edit =>
  (draft) => {
    Object.assign(draft.payload, changes)
  }

function identity(draft: Draft): Record<string, unknown> {
  return draft.payload['identity'] as Record<string, unknown>
}

const inIdentity =
  (changes: Record<string, unknown>): Edit =>
  (draft) => {
    Object.assign(identity(draft), changes)
  }

const inManifest =
  (changes: Record<string, unknown>, key = A): Edit =>
  (draft) => {
    draft.payload['manifest'] = resignManifest(key, { ...alpha.body, ...changes })
  }

describe('MUTUAL_HELLO at the responder', () => {
  it('is answered, and shows who the peer is', () => {
    const { peer, state } = new Scene().receive()
    expect(peer.body).toEqual(alpha.body)
    expect(state).toMatchObject({ isSpent: false, expiresAt: T0 + 62 })
  })

  it('is accepted with extensions wherever the schema has them', () => {
    const extensions = { 'com.example.x': 0.5 }
    expect(
      receiveEdited((draft) => {
        draft['extensions'] = extensions
        draft.payload['extensions'] = extensions
        identity(draft)['extensions'] = extensions
      }),
    ).toBe('accepted')
  })

  describe('envelope', () => {
    it.each(['version', 'message_type', 'message_id', 'timestamp', 'sender', 'payload', 'signature'])(
      'without %s is refused',
      (member) => {
        expect(receiveEdited((draft) => delete draft[member], null)).toBe('INVALID_ENVELOPE hello.envelope')
      },
    )

    it.each<[string, Edit]>([
      ['a version of another type', (draft) => Object.assign(draft, { version: 2 })],
      ['an id in uppercase', (draft) => Object.assign(draft, { message_id: draft.message_id.toUpperCase() })],
      ['a time as a string', (draft) => Object.assign(draft, { timestamp: String(T0) })],
      ['a negative time', (draft) => Object.assign(draft, { timestamp: -1 })],
      ['a sender that is a string', (draft) => Object.assign(draft, { sender: A.aid })],
      ['a sender that is no AID', (draft) => Object.assign(draft, { sender: { agent_id: 'alpha' } })],
      ['a sender with another member', (draft) => Object.assign(draft.sender, { name: 'alpha' })],
      ['a payload that is an array', (draft) => Object.assign(draft, { payload: [] })],
      ['an empty signature', (draft) => Object.assign(draft, { signature: '' })],
      ['extensions that are no object', (draft) => Object.assign(draft, { extensions: 1 })],
      [
        'an unknown member beside another fault',
        (draft) => Object.assign(draft, { trace: 1, timestamp: null }),
      ],
    ])('with %s is refused', (_, edit) => {
      expect(receiveEdited(edit, null)).toBe('INVALID_ENVELOPE hello.envelope')
    })

    it('with an unknown member as its only defect has a code of its own', () => {
      expect(receiveEdited((draft) => Object.assign(draft, { trace_id: 'x' }))).toBe(
        'UNKNOWN_FIELD hello.envelope',
      )
    })

    it.each([
      ['no JSON', () => 'hello'],
      ['an array', (text: string) => `[${text}]`],
      ['a repeated member', (text: string) => text.replace('{', '{"timestamp":1,')],
      ['a repeated member in the manifest', (text: string) => text.replace('"aid":', '"aid":"x","aid":')],
      ['more than 256 KiB', (text: string) => text + ' '.repeat(256 * 1024)],
    ])('as %s is refused', (_, mangle) => {
      const scene = new Scene()
      const text = mangle(scene.start().message)
      expect(refusal(() => scene.receive(text))).toBe('INVALID_ENVELOPE hello.envelope')
    })

    it.each(['mutual_hello_ack', 'mutual_commit', 'tct', 'unheard_of'])(
      'of type %s is refused here',
      (message_type) => {
        expect(receiveEdited((draft) => Object.assign(draft, { message_type }))).toBe(
          'INVALID_ENVELOPE hello.message_type',
        )
      },
    )

    it('of another version is refused', () => {
      expect(receiveEdited((draft) => Object.assign(draft, { version: 'aitp/0.1' }))).toBe(
        'UNKNOWN_VERSION hello.version',
      )
    })

    it('sent twice is refused the second time', () => {
      const scene = new Scene()
      const { message } = scene.start()
      scene.receive(message)
      expect(refusal(() => scene.receive(message))).toBe('REPLAY_DETECTED hello.replay')
    })

    it('does not use up its id when its signature fails', () => {
      const scene = new Scene()
      const { message } = scene.start()
      const forged = edited(message, inPayload({ requested_grants: ['beta.write'] }))
      expect(refusal(() => scene.receive(forged))).toBe('INVALID_SIGNATURE hello.envelope_signature')
      expect(refusal(() => scene.receive(message))).toBe('accepted')
    })

    it('is refused when there is no room to remember its id', () => {
      const replay = aitp.createReplayStore({ capacity: 1 })
      replay.checkAndRecord('somebody', 'else', T0)
      const scene = new Scene({}, { replay })
      expect(refusal(() => scene.receive())).toBe('REPLAY_DETECTED hello.replay_record')
    })

    it.each([
      [-300, 'accepted'],
      [300, 'accepted'],
      [-301, 'TIMESTAMP_EXPIRED hello.timestamp'],
      [301, 'TIMESTAMP_EXPIRED hello.timestamp'],
    ])('whose clock is %i s off: %s', (offset, verdict) => {
      const scene = new Scene()
      const { message } = scene.start()
      const step = { ...scene.step(T0 - offset) }
      expect(refusal(() => aitp.receiveHello(scene.b, message, step))).toBe(verdict)
    })

    it.each<[string, Edit, AgentKey | undefined]>([
      ['by another key', () => undefined, ATTACKER],
      ['from before the payload was changed', inPayload({ requested_grants: [] }), undefined],
      [
        'from before the id was changed',
        (draft) => Object.assign(draft, { message_id: '0'.repeat(8) + draft.message_id.slice(8) }),
        undefined,
      ],
      ['from before the time was changed', (draft) => Object.assign(draft, { timestamp: T0 + 1 }), undefined],
      [
        'by the sender it was taken from',
        (draft) => Object.assign(draft.sender, { agent_id: C.aid }),
        undefined,
      ],
      ['of unknown form', (draft) => Object.assign(draft, { signature: 'x' }), undefined],
      [
        'tagged for another algorithm',
        (draft) => Object.assign(draft, { signature: `p256.${draft.signature}` }),
        undefined,
      ],
    ])('with a signature %s is refused', (_, edit, key) => {
      const scene = new Scene()
      const hello = edited(scene.start().message, edit, key)
      expect(refusal(() => scene.receive(hello))).toBe('INVALID_SIGNATURE hello.envelope_signature')
    })
  })

  describe('payload', () => {
    it.each(['identity', 'manifest', 'requested_grants', 'pop_nonce'])('without %s is refused', (member) => {
      expect(receiveEdited((draft) => delete draft.payload[member])).toBe('INVALID_ENVELOPE hello.payload')
    })

    it.each<[string, Record<string, unknown>]>([
      ['an identity that is no object', { identity: 'x' }],
      ['a manifest that is text', { manifest: JSON.stringify(alpha.body) }],
      ['a repeated grant', { requested_grants: ['a', 'a'] }],
      ['a grant with white space', { requested_grants: ['a b'] }],
      ['a nonce of 21 characters', { pop_nonce: 'A'.repeat(21) }],
      ['a nonce long enough to be something else', { pop_nonce: 'A'.repeat(86) }],
      ['a nonce of two spellings', { pop_nonce: `${'A'.repeat(21)}B` }],
      ['extensions that are no object', { extensions: [] }],
    ])('with %s is refused', (_, changes) => {
      expect(receiveEdited(inPayload(changes))).toBe('INVALID_ENVELOPE hello.payload')
    })

    it.each(['pop_nonce_echo', 'tct', 'x'])('with the unknown member %s has a code of its own', (member) => {
      expect(receiveEdited(inPayload({ [member]: 'x' }))).toBe('UNKNOWN_FIELD hello.payload')
    })
  })

  describe('the pin of its sender', () => {
    it('refuses another AID than the pinned ones, before manifest and identity are looked at', () => {
      const expectedPeers = new Set([B.aid, C.aid])
      expect(receiveEdited(inManifest({}, ATTACKER), A, { expectedPeers })).toBe(
        'IDENTITY_FAILED hello.expected_peer',
      )
      expect(receiveEdited(() => undefined, A, { expectedPeers: new Set() })).toBe(
        'IDENTITY_FAILED hello.expected_peer',
      )
    })

    it('accepts a pinned AID in either textual form', () => {
      const tagged = aidText(A.aid.replace('pubkey:', 'pubkey:ed25519:'))
      expect(receiveEdited(() => undefined, A, { expectedPeers: new Set([C.aid, tagged]) })).toBe('accepted')
    })
  })

  describe('manifest', () => {
    it('of another agent than the sender is refused', () => {
      expect(receiveEdited(inPayload({ manifest: beta.body }))).toBe('INVALID_ENVELOPE hello.manifest_aid')
    })

    it.each<[string, Edit, string]>([
      ['without AID', inManifest({ aid: undefined }), 'MANIFEST_INVALID manifest.body'],
      [
        'in its wrapper',
        inPayload({ manifest: { manifest: alpha.body } }),
        'MANIFEST_INVALID manifest.version',
      ],
      [
        'of another version',
        inManifest({ version: 'aitp/0.1' }),
        'MANIFEST_VERSION_UNKNOWN manifest.version',
      ],
      ['with an unknown member', inManifest({ region: 'eu' }), 'UNKNOWN_FIELD manifest.body'],
      ['that has expired', inManifest({ expires_at: T0 }), 'MANIFEST_EXPIRED manifest.expires_at'],
      ['signed by another key', inManifest({}, ATTACKER), 'MANIFEST_SIGNATURE_INVALID manifest.signature'],
      [
        'with a proof of possession of another key',
        inManifest({
          proof_of_possession: {
            challenge: 'A'.repeat(22),
            signature: signField(ATTACKER, new Uint8Array(16)),
          },
        }),
        'MANIFEST_POP_FAILED manifest.pop',
      ],
    ])('%s is refused', (_, edit, verdict) => {
      expect(receiveEdited(edit)).toBe(verdict)
    })
  })

  describe('identity', () => {
    it.each<[string, Record<string, unknown>]>([
      ['of unknown type', { type: 'did' }],
      ['without type', { type: undefined }],
      ['with an empty subject', { subject: '' }],
      ['without proof', { proof: undefined }],
      ['without key', { public_key: undefined }],
      ['with a short key', { public_key: 'x' }],
      ['with an issuer', { issuer: 'https://idp.example.com' }],
      ['of type OIDC with a key', { type: 'oidc', issuer: 'https://idp.example.com' }],
      ['with an unknown member', { jwk: {} }],
    ])('%s is refused', (_, changes) => {
      const edit: Edit = (draft) => {
        inIdentity(changes)(draft)
        for (const [member, value] of Object.entries(changes))
          if (value === undefined) delete identity(draft)[member]
      }
      expect(receiveEdited(edit)).toBe('IDENTITY_FAILED identity.descriptor')
    })

    it.each<[string, Record<string, unknown>]>([
      ['another subject', { subject: 'beta' }],
      ['another key', { public_key: B.aid.slice('aid:pubkey:'.length) }],
    ])('with %s than the hint is refused', (_, changes) => {
      expect(receiveEdited(inIdentity(changes))).toBe('IDENTITY_FAILED identity.hint')
    })

    it('of a type that is not accepted here is refused before anything is fetched for it', () => {
      const issuer = 'https://idp.example.com'
      const edit: Edit = (draft) => {
        inManifest({ identity_hint: { type: 'oidc', subject: 'alpha', issuer } })(draft)
        draft.payload['identity'] = { type: 'oidc', subject: 'alpha', issuer, proof: 'x' }
      }
      expect(receiveEdited(edit)).toBe('INCOMPATIBLE_IDENTITY_TYPE identity.type_accepted')
    })

    it('of an issuer that is no trust anchor is refused', () => {
      const issuer = 'https://idp.example.com'
      const body = resignManifest(B, {
        ...beta.body,
        accepted_identity_types: ['oidc', 'pinned_key'],
        accepted_trust_anchors: ['https://idp.example.com/'],
      })
      const manifest = aitp.verifyManifest(JSON.stringify({ manifest: body }), { now: T0 })
      const scene = new Scene({}, { manifest })
      const hello = edited(
        scene.start().message,
        (draft) => {
          inManifest({ identity_hint: { type: 'oidc', subject: 'alpha', issuer } })(draft)
          draft.payload['identity'] = { type: 'oidc', subject: 'alpha', issuer, proof: 'x' }
        },
        A,
      )
      expect(refusal(() => scene.receive(hello))).toBe('INCOMPATIBLE_TRUST_ANCHORS identity.trust_anchor')
    })

    it('is refused when the peer would not accept this agent’s type in turn', () => {
      expect(receiveEdited(inManifest({ accepted_identity_types: ['oidc'] }))).toBe(
        'INCOMPATIBLE_IDENTITY_TYPE identity.own_type_accepted',
      )
    })

    describe('trust store', () => {
      const receive = (pins: Parameters<typeof partyOf>[2]) => refusal(() => new Scene({}, pins).receive())

      it('accepts a pinned key, in either textual form, for any subject or its own', () => {
        const tagged = aidText(A.aid.replace('pubkey:', 'pubkey:ed25519:'))
        expect(receive({ pins: [{ aid: C.aid }, { aid: A.aid }] })).toBe('accepted')
        expect(receive({ pins: [{ aid: tagged, subject: 'alpha' }] })).toBe('accepted')
      })

      it('refuses a key that is not pinned, and a pinned key with another subject', () => {
        expect(receive({ pins: [] })).toBe('IDENTITY_FAILED identity.pin')
        expect(receive({ pins: [{ aid: C.aid }] })).toBe('IDENTITY_FAILED identity.pin')
        expect(receive({ pins: [{ aid: A.aid, subject: 'beta' }] })).toBe('IDENTITY_FAILED identity.pin')
      })
    })

    describe('proof', () => {
      /** A hello whose proof was made with some fields other than the envelope's. */
      function withProof(changes: Partial<Parameters<typeof signPinnedKeyProof>[2]>, key = A): string {
        return receiveEdited((draft) => {
          identity(draft)['proof'] = signPinnedKeyProof(engine, key, {
            sender: A.aid,
            receiver: B.aid,
            messageId: draft.message_id,
            timestamp: draft.timestamp,
            popNonce: fromB64u(String(draft.payload['pop_nonce'])),
            ...changes,
          })
        })
      }

      it('over the envelope’s own fields is accepted', () => {
        expect(withProof({})).toBe('accepted')
      })

      it.each<[string, Parameters<typeof withProof>[0]]>([
        ['for another receiver', { receiver: C.aid }],
        ['of another sender', { sender: C.aid }],
        ['of another message', { messageId: '550e8400-e29b-41d4-a716-446655440000' }],
        ['of another time', { timestamp: T0 + 1 }],
        ['with another nonce', { popNonce: new Uint8Array(16) }],
      ])('%s is refused', (_, changes) => {
        expect(withProof(changes)).toBe('IDENTITY_FAILED identity.proof')
      })

      it('by another key is refused', () => {
        expect(withProof({}, ATTACKER)).toBe('IDENTITY_FAILED identity.proof')
      })

      it.each(['x', 'A'.repeat(86)])('%s is refused', (proof) => {
        expect(receiveEdited(inIdentity({ proof }))).toBe('IDENTITY_FAILED identity.proof')
      })

      it('with a tag is refused: a pinned key is Ed25519 and its proof untagged', () => {
        const tag: Edit = (draft) =>
          inIdentity({ proof: `ed25519.${String(identity(draft)['proof'])}` })(draft)
        expect(receiveEdited(tag)).toBe('IDENTITY_FAILED identity.proof')
      })

      it('over the old input of id and time alone is refused', () => {
        const legacy: Edit = (draft) => {
          const input = engine.utf8Encode(`${draft.message_id}|${draft.timestamp}`)
          inIdentity({ proof: signField(A, input) })(draft)
        }
        expect(receiveEdited(legacy)).toBe('IDENTITY_FAILED identity.proof')
      })
    })

    it('a P-256 agent can have no pinned key', () => {
      const scene = new Scene()
      const { message } = scene.start()
      const draft: Draft = JSON.parse(message)
      const aid = P.aid
      const body = resignManifest(P, {
        ...alpha.body,
        aid,
        identity_hint: {
          type: 'pinned_key',
          subject: 'alpha',
          public_key: aid.slice('aid:pubkey:p256:'.length),
        },
        proof_of_possession: { challenge: 'A'.repeat(22), signature: signField(P, new Uint8Array(16)) },
      })
      const payload = {
        ...draft.payload,
        manifest: body,
        identity: { ...identity(draft), public_key: aid.slice('aid:pubkey:p256:'.length) },
      }
      const content = {
        messageType: 'mutual_hello',
        messageId: draft.message_id,
        timestamp: T0,
        payload,
      } as const
      const hello = sealEnvelope(engine, P, content)
      expect(refusal(() => scene.receive(hello))).toBe('IDENTITY_FAILED identity.proof')
    })
  })

  it('lists its checks in the order in which they run', () => {
    expect(helloChecks.map(({ id }) => id)).toEqual([
      'hello.envelope',
      'hello.message_type',
      'hello.version',
      'hello.replay',
      'hello.timestamp',
      'hello.payload',
      'hello.envelope_signature',
      'hello.replay_record',
      'hello.expected_peer',
      'hello.manifest_aid',
      'manifest.version',
      'manifest.body',
      'manifest.published_at',
      'manifest.expires_at',
      'manifest.pop',
      'manifest.signature',
      'manifest.identity_hint',
      'identity.descriptor',
      'identity.hint',
      'identity.type_accepted',
      'identity.own_type_accepted',
      'identity.trust_anchor',
      'identity.key',
      'identity.pin',
      'identity.issuer_keys',
      'identity.proof',
    ])
  })
})

describe('MUTUAL_COMMIT at the responder', () => {
  function commitEdited(edit: Edit, key: AgentKey | undefined = A, b: Parameters<typeof partyOf>[2] = {}) {
    const scene = new Scene({}, b)
    const { ack, commit } = scene.untilCommit()
    const text = edited(commit.message, edit, key)
    const verdict = refusal(() => ack.state.onCommit(text, scene.step(T0 + 3)))
    return { verdict, state: ack.state, commit, scene }
  }

  const tct = {
    ver: 'aitp/0.2',
    jti: '550e8400-e29b-41d4-a716-446655440000',
    iss: A.aid,
    sub: B.aid,
    aud: B.aid,
    iat: T0 + 2,
    exp: T0 + 3602,
    grants: ['alpha.read'],
    cnf: { jkt: aitp.thumbprint(B.aid) },
  }

  /** A commit whose TCT is another one, without voucher. */
  const withTct =
    (changes: object, key = A): Edit =>
    (draft) => {
      draft.payload['tct'] = mint(key, { ...tct, ...changes })
      delete draft.payload['grant_voucher']
    }

  it('ends the handshake with a token for each side', () => {
    const { commit, commitAck } = new Scene().untilCommitAck()
    const { established } = commitAck
    expect(established).toMatchObject({ role: 'responder', peer: { aid: A.aid } })
    expect(established.held.token).toBe(commit.state.issued.token)
    expect(established.held.claims.grants).toEqual(['alpha.read', 'alpha.write'])
    expect(established.issued.claims).toMatchObject({ iss: B.aid, sub: A.aid, grants: ['beta.read'] })
    expect(established.held.fingerprint).toBe(aitp.fingerprint(commit.state.issued.token))
  })

  it('needs no voucher, and sends none where onward delegation is not allowed', () => {
    const { commitAck } = new Scene({ issueVoucher: false }, { issueVoucher: false }).untilCommitAck()
    expect([commitAck.established.held.voucher, commitAck.established.issued.voucher]).toEqual([null, null])
    expect(JSON.parse(commitAck.message).payload).not.toHaveProperty('grant_voucher')
  })

  describe('state', () => {
    it('takes one commit only', () => {
      const scene = new Scene()
      const { ack, commit } = scene.untilCommitAck()
      const again = () => ack.state.onCommit(commit.message, scene.step(T0 + 3))
      expect(refusal(again)).toBe('INVALID_ENVELOPE commit.state')
    })

    it('is over after a failure of the peer’s own commit', () => {
      const { state, commit, scene } = commitEdited(inPayload({ pop_nonce_echo: 'A'.repeat(22) }))
      expect(state.isSpent).toBe(true)
      expect(refusal(() => state.onCommit(commit.message, scene.step(T0 + 3)))).toBe(
        'INVALID_ENVELOPE commit.state',
      )
    })

    it('outlives a commit that is somebody else’s', () => {
      const { verdict, state, commit, scene } = commitEdited(() => undefined, ATTACKER)
      expect(verdict).toBe('INVALID_SIGNATURE commit.envelope_signature')
      expect(state.isSpent).toBe(false)
      expect(refusal(() => state.onCommit(commit.message, scene.step(T0 + 3)))).toBe('accepted')
    })

    it('lasts 60 s', () => {
      const scene = new Scene()
      const { ack, commit } = scene.untilCommit()
      expect(refusal(() => ack.state.onCommit(commit.message, scene.step(T0 + 62)))).toBe(
        'TIMESTAMP_EXPIRED commit.deadline',
      )
      expect(refusal(() => ack.state.onCommit(commit.message, scene.step(T0 + 61)))).toBe('accepted')
    })
  })

  it.each<[string, Edit, AgentKey, string]>([
    [
      'of another type',
      (draft) => Object.assign(draft, { message_type: 'mutual_commit_ack' }),
      A,
      'INVALID_ENVELOPE commit.message_type',
    ],
    [
      'of another version',
      (draft) => Object.assign(draft, { version: 'aitp/1' }),
      A,
      'UNKNOWN_VERSION commit.version',
    ],
    ['without token', (draft) => delete draft.payload['tct'], A, 'INVALID_ENVELOPE commit.payload'],
    [
      'without proof of possession',
      (draft) => delete draft.payload['pop_signature'],
      A,
      'INVALID_ENVELOPE commit.payload',
    ],
    ['without echo', (draft) => delete draft.payload['pop_nonce_echo'], A, 'INVALID_ENVELOPE commit.payload'],
    ['with an unknown member', inPayload({ nonce: 'x' }), A, 'UNKNOWN_FIELD commit.payload'],
    [
      'of another sender',
      (draft) => Object.assign(draft.sender, { agent_id: C.aid }),
      C,
      'INVALID_ENVELOPE commit.sender',
    ],
    [
      'with the echo of another nonce',
      inPayload({ pop_nonce_echo: 'A'.repeat(22) }),
      A,
      'NONCE_MISMATCH commit.nonce_echo',
    ],
    [
      'with a proof of another key',
      inPayload({ pop_signature: signField(ATTACKER, new Uint8Array(16)) }),
      A,
      'POP_VERIFICATION_FAILED commit.pop',
    ],
    ['with a proof of no form', inPayload({ pop_signature: 'x' }), A, 'POP_VERIFICATION_FAILED commit.pop'],
    ['with a token of no form', inPayload({ tct: 'x' }), A, 'TCT_SIGNATURE_INVALID tct.structure'],
    [
      'with the voucher for a token',
      (draft) => Object.assign(draft.payload, { tct: draft.payload['grant_voucher'] }),
      A,
      'TOKEN_TYP_MISMATCH tct.typ',
    ],
    ['with a token by another key', withTct({}, ATTACKER), A, 'TCT_SIGNATURE_INVALID tct.signature'],
    ['with a token naming another issuer', withTct({ iss: C.aid }), A, 'TCT_SIGNATURE_INVALID tct.iss'],
    ['with a token for another holder', withTct({ sub: C.aid, aud: C.aid }), A, 'AUDIENCE_MISMATCH tct.aud'],
    ['with a token that has expired', withTct({ iat: T0 - 10, exp: T0 + 3 }), A, 'TCT_EXPIRED tct.exp'],
    [
      'with a token that outlives the manifest',
      withTct({ exp: T0 + 86401 }),
      A,
      'TCT_EXPIRES_AFTER_MANIFEST tct.manifest_expiry',
    ],
    ['with a token that grants nothing', withTct({ grants: [] }), A, 'TCT_SIGNATURE_INVALID tct.grants'],
    [
      'with a token bound to another key',
      withTct({ cnf: { jkt: aitp.thumbprint(C.aid) } }),
      A,
      'TCT_SIGNATURE_INVALID tct.cnf',
    ],
    [
      'with a token that grants what is not offered',
      withTct({ grants: ['alpha.admin'] }),
      A,
      'GRANT_OVERFLOW commit.grants_offered',
    ],
    [
      'with a voucher of no form',
      inPayload({ grant_voucher: 'x' }),
      A,
      'DELEGATION_INVALID_VOUCHER voucher.structure',
    ],
    [
      'with the token for a voucher',
      (draft) => Object.assign(draft.payload, { grant_voucher: draft.payload['tct'] }),
      A,
      'TOKEN_TYP_MISMATCH voucher.typ',
    ],
    [
      'with the voucher of another token',
      (draft) => Object.assign(draft.payload, { tct: mint(A, tct) }),
      A,
      'DELEGATION_INVALID_VOUCHER voucher.mirrors_tct',
    ],
  ])('%s is refused', (_, edit, key, verdict) => {
    expect(commitEdited(edit, key).verdict).toBe(verdict)
  })

  it('echoing or signing the initiator’s own nonce is refused', () => {
    const scene = new Scene()
    const { hello, ack, commit } = scene.untilCommit()
    const own = String(JSON.parse(hello.message).payload.pop_nonce)
    const text = edited(commit.message, inPayload({ pop_signature: signField(A, fromB64u(own)) }), A)
    expect(refusal(() => ack.state.onCommit(text, scene.step(T0 + 3)))).toBe(
      'POP_VERIFICATION_FAILED commit.pop',
    )
  })

  it('signing the text of the nonce is refused', () => {
    const text: Edit = (draft) => {
      const echo = String(draft.payload['pop_nonce_echo'])
      draft.payload['pop_signature'] = signField(A, engine.utf8Encode(echo))
    }
    expect(commitEdited(text).verdict).toBe('POP_VERIFICATION_FAILED commit.pop')
  })

  it('with a revoked token is refused', () => {
    const isRevoked = (jti: string, issuer: string) => jti === tct.jti && issuer === A.aid
    expect(commitEdited(withTct({}), A, { isRevoked }).verdict).toBe('TCT_REVOKED tct.revocation')
  })

  it('that does not grant what this agent requires is refused', () => {
    const manifest = manifestOf(B, 'beta', { requires: ['alpha.write'] }).verified
    expect(commitEdited(withTct({}), A, { manifest }).verdict).toBe(
      'INSUFFICIENT_GRANTS commit.required_capabilities',
    )
  })

  describe('what is issued in return', () => {
    function issuedGrants(requested: readonly string[], b: Parameters<typeof partyOf>[2]) {
      const scene = new Scene({}, b)
      const hello = scene.start(requested)
      const ack = scene.receive(hello.message)
      const commit = hello.state.onHelloAck(ack.message, scene.step(T0 + 2))
      return ack.state.onCommit(commit.message, scene.step(T0 + 3)).established.issued.claims.grants
    }

    it('is what was requested and is offered, in the order of the request', () => {
      expect(issuedGrants(['beta.write', 'x', 'beta.read'], {})).toEqual(['beta.write', 'beta.read'])
    })

    it('is narrowed by the policy and by the pin of the key, never widened', () => {
      const requested = ['beta.write', 'beta.read', 'beta.admin']
      expect(issuedGrants(requested, { grantPolicy: () => ['beta.read', 'beta.admin'] })).toEqual([
        'beta.read',
      ])
      const pins = [{ aid: A.aid, allowedCapabilities: ['beta.write', 'beta.admin'] }]
      expect(issuedGrants(requested, { pins })).toEqual(['beta.write'])
    })

    it('is refused when nothing is left', () => {
      const nothing = () => issuedGrants(['beta.read'], { grantPolicy: () => [] })
      expect(refusal(nothing)).toBe('POLICY_VIOLATION commit.issue')
      expect(refusal(() => issuedGrants([], {}))).toBe('POLICY_VIOLATION commit.issue')
    })

    it('ends with the manifest of the issuer', () => {
      const manifest = manifestOf(B, 'beta', { expiresAt: T0 + 100 }).verified
      const { commitAck } = new Scene({}, { manifest }).untilCommitAck()
      expect(commitAck.established.issued.claims.exp).toBe(T0 + 100)
    })

    it('is refused once the own manifest has expired', () => {
      const manifest = manifestOf(B, 'beta', { expiresAt: T0 + 3 }).verified
      expect(refusal(() => new Scene({}, { manifest }).untilCommitAck())).toBe(
        'MANIFEST_EXPIRED commit.issue',
      )
    })
  })

  it('lists its checks in the order in which they run', () => {
    expect(commitChecks.map(({ id }) => id).join(' ')).toBe(
      `commit.state commit.deadline commit.envelope commit.message_type commit.version commit.replay commit.timestamp
      commit.payload commit.envelope_signature commit.replay_record commit.sender commit.nonce_echo commit.pop
      tct.structure tct.typ tct.signer tct.alg tct.signature tct.claims tct.ver tct.iss tct.aud tct.aud_sub tct.exp
      tct.iat tct.manifest_expiry tct.grants tct.cnf voucher.structure voucher.typ voucher.signer voucher.iss
      voucher.alg voucher.signature voucher.claims voucher.ver voucher.sub voucher.exp voucher.mirrors_tct
      voucher.revocation commit.grants_offered tct.revocation commit.required_capabilities commit.issue`.replace(
        /\s+/g,
        ' ',
      ),
    )
  })
})
