import { describe, expect, it, vi } from 'vitest'
import { type ControlPlaneStandIn, type StandInAnswer, startControlPlane } from '../support/control-plane.ts'
import {
  type BootstrapChanges,
  eventsOf,
  exchangesOf,
  startLoneWorker,
  startTelemetrySink,
} from '../support/worker.ts'

const enrolPath = '/api/registry/enroll'
const registerPath = '/api/registry/agents'

async function scene(controlPlane: ControlPlaneStandIn | null, aitp: BootstrapChanges['aitp'] = {}) {
  const sink = await startTelemetrySink()
  const cp = controlPlane ? { cp: { base_url: controlPlane.baseUrl, aid: controlPlane.aid } } : {}
  const alice = await startLoneWorker('researcher', sink, {}, { aitp, ...cp })
  const enrol = (body: object = {}) => alice.admin('POST', '/admin/enroll-with-cp', body)
  return { sink, alice, enrol }
}

describe('enrolment with a Control Plane', () => {
  it('exchanges the manifest for a token and that for an entry, and both are on record', async () => {
    const controlPlane = await startControlPlane()
    const { sink, alice, enrol } = await scene(controlPlane)
    const { aid } = alice.worker
    expect(await enrol()).toEqual({
      enrolled: true,
      aid,
      registered_at: expect.any(String),
      token_expires_in: 300,
    })
    expect([...controlPlane.registered.keys()]).toEqual([aid])
    expect(eventsOf(sink, 'cp.enroll_succeeded')).toMatchObject([{ aid, registered_at: expect.any(String) }])
    const captured = exchangesOf(sink, 'enroll')
    expect(captured.map(({ side, request }) => [side, new URL(request.url).pathname])).toEqual([
      ['client', enrolPath],
      ['client', registerPath],
    ])
    expect(captured[1]?.request.headers).toContainEqual(['authorization', '(secret)'])
  })

  const failures: [string, string, StandInAnswer, object][] = [
    [
      'is refused',
      enrolPath,
      { status: 400, body: '{"code":"MANIFEST_INVALID"}' },
      { stage: 'enroll', status_code: 400, body: '{"code":"MANIFEST_INVALID"}' },
    ],
    [
      'is refused at the second call',
      registerPath,
      { status: 401, body: 'no' },
      { stage: 'register', status_code: 401, body: 'no' },
    ],
    [
      'is answered with what is no JSON',
      enrolPath,
      { status: 200, body: '<html>' },
      { stage: 'enroll', decode: expect.any(String) },
    ],
    [
      'is answered without a token: B-42',
      enrolPath,
      { status: 200, body: '{"expiresIn":300}' },
      { stage: 'enroll', decode: expect.stringContaining('token') },
    ],
    [
      'is not answered',
      registerPath,
      'hang',
      { stage: 'register', transport: expect.stringContaining('5000 ms') },
    ],
  ]
  it.each(failures)('ends with 502 and one event when it %s', async (_, path, answer, told) => {
    const controlPlane = await startControlPlane()
    const { sink, enrol } = await scene(controlPlane)
    controlPlane.answerWith(path, answer)
    await expect(enrol()).rejects.toMatchObject({ status: 502 })
    expect(eventsOf(sink, 'cp.enroll_failed')).toEqual([{ type: 'cp.enroll_failed', ...told }])
  })

  it('tells also of a Control Plane that is known to be away', async () => {
    const controlPlane = await startControlPlane()
    const { sink, enrol } = await scene(controlPlane)
    await controlPlane.stop()
    for (const _ of [1, 2])
      await expect(enrol()).rejects.toMatchObject({ status: 502, code: 'cp_unreachable' })
    expect(eventsOf(sink, 'cp.enroll_failed')).toMatchObject([
      { stage: 'enroll', transport: expect.stringContaining('did not answer') },
      { stage: 'enroll', transport: expect.stringContaining('is away') },
    ])
  })

  it('needs a Control Plane, which the host may name', async () => {
    const { enrol } = await scene(null)
    await expect(enrol()).rejects.toMatchObject({ status: 412, code: 'no_control_plane' })
    const controlPlane = await startControlPlane()
    expect(await enrol({ cp_base_url: `${controlPlane.baseUrl}/api/` })).toMatchObject({ enrolled: true })
  })

  it('is done again when the manifest is minted anew: B-43', async () => {
    const controlPlane = await startControlPlane()
    const { sink, alice, enrol } = await scene(controlPlane, { ttl_secs: 2 })
    await enrol()
    const first = controlPlane.registered.get(alice.worker.aid)
    await vi.waitFor(() => expect(controlPlane.registered.get(alice.worker.aid)).not.toBe(first), {
      timeout: 10_000,
    })
    await vi.waitFor(() => expect(eventsOf(sink, 'cp.enroll_succeeded').length).toBeGreaterThan(1))
  })

  it('is done again for the AID that a rotation leads to', async () => {
    const controlPlane = await startControlPlane()
    const { alice, enrol } = await scene(controlPlane)
    await enrol()
    const { aid } = (await alice.admin('POST', '/admin/rotate-keys', {})) as { aid: string }
    await vi.waitFor(() => expect([...controlPlane.registered.keys()]).toContain(aid), { timeout: 5_000 })
  })
})
