import { EventEmitter, once } from 'node:events'
import { expect, test } from 'vitest'
import { bindIpc } from '../../src/main/api/bind-ipc.ts'
import { relayHandlers } from '../../src/main/api/relay-handlers.ts'
import { createLocalClient } from '../../src/main/local-client.ts'
import { type Answer, channels, type StreamMessage } from '../../src/shared/bridge.ts'
import type { Handlers } from '../../src/shared/contract.ts'
import { AppError } from '../../src/shared/errors.ts'

type Listener = (event: { sender: Sender; trusted: boolean }, ...args: unknown[]) => unknown

/** A page, as main sees it. */
class Sender extends EventEmitter {
  readonly id: number
  readonly messages: StreamMessage[] = []
  destroyed = false

  constructor(id = 1) {
    super()
    this.id = id
  }

  isDestroyed() {
    return this.destroyed
  }

  send(channel: string, message: unknown) {
    expect(channel).toBe(channels.stream)
    this.messages.push(message as StreamMessage)
    this.emit('message')
  }

  async received(count: number) {
    while (this.messages.length < count) await once(this, 'message')
    return this.messages
  }
}

/** The channels between a page and main, without Electron. */
class Wire {
  readonly #listeners = new Map<string, Listener>()
  readonly handle = (channel: string, listener: Listener) => void this.#listeners.set(channel, listener)
  readonly on = this.handle

  constructor(handlers: Partial<Handlers>) {
    this.binding = bindIpc(
      handlers as Handlers,
      this as never,
      ({ trusted }: { trusted: boolean; sender: Sender }) => trusted,
    )
  }

  readonly binding

  ask(channel: string, sender: Sender, args: unknown[], trusted = true) {
    return this.#listeners.get(channel)?.({ sender, trusted }, ...args)
  }

  call(name: unknown, input: unknown, trusted = true) {
    return this.ask(channels.call, new Sender(), [name, input], trusted) as Promise<Answer<unknown>>
  }
}

const health = async () => ({ status: 'ok' as const, version: '1.2.3' })

test('an answer is a value', async () => {
  expect(await new Wire({ health }).call('health', {})).toEqual({
    ok: true,
    value: { status: 'ok', version: '1.2.3' },
  })
})

test('a page that is not ours is refused before anything is done', async () => {
  let asked = 0
  const wire = new Wire({
    health: async () => {
      asked += 1
      return health()
    },
  })
  expect(await wire.call('health', {}, false)).toMatchObject({
    ok: false,
    body: { error: { code: 'forbidden_origin' } },
  })
  expect(asked).toBe(0)
})

test.each(['nothing', 'runEvents', '__proto__', 'constructor', 5, null, undefined, {}])(
  'there is no call %j',
  async (name) => {
    expect(await new Wire({ health }).call(name, {})).toMatchObject({
      ok: false,
      body: { error: { code: 'not_found' } },
    })
  },
)

test.each([[null], [undefined], [[]], ['x'], [{ surprise: 1 }]])(
  'input %j is refused by the contract',
  async (input) => {
    const answer = await new Wire({ health }).call('health', input)
    expect(answer).toMatchObject({ ok: false, body: { error: { code: 'invalid_body', details: [{}] } } })
  },
)

test('the handler gets parsed input, with its defaults', async () => {
  let got: unknown
  const startRun: Handlers['startRun'] = async (input) => {
    got = input
    return { run_id: 'r', status: 'pending', scenario_ref: input.scenario_ref, run_label: null }
  }
  await new Wire({ startRun }).call('startRun', { scenario_ref: 'a/b@1.0.0' })
  expect(got).toMatchObject({ scenario_ref: 'a/b@1.0.0', inputs: {}, run_label: null, template: null })
})

test.each([
  [
    new AppError('run_not_found', 'There is no run r.', { details: { run_id: 'r' } }),
    'run_not_found',
    { run_id: 'r' },
  ],
  [new TypeError('undefined is not a run'), 'internal_error', undefined],
])('an error crosses as data: %s', async (error, code, details) => {
  const getRun = () => Promise.reject(error)
  const answer = await new Wire({ getRun }).call('getRun', { run_id: 'r' })
  expect(answer).toEqual({
    ok: false,
    body: { error: { code, message: error.message, ...(details && { details }) }, detail: error.message },
  })
})

/** A stream that gives what it is fed, and says when it was stopped. */
function fed() {
  const feed = new EventEmitter()
  const stopped = once(feed, 'stopped')
  const runEvents = async function* (
    _input: unknown,
    signal: { addEventListener: AbortSignal['addEventListener'] },
  ) {
    const ended = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => {
        feed.emit('stopped')
        resolve()
      }),
    )
    yield { seq: 1 }
    await ended
    yield { seq: 2 }
  }
  return { stopped, handlers: { runEvents: runEvents as unknown as Handlers['runEvents'] } }
}

function subscribe(wire: Wire, sender: Sender, id = 's', input: unknown = { run_id: 'r' }, trusted = true) {
  wire.ask(channels.subscribe, sender, [id, 'runEvents', input], trusted)
}

test('a stream sends its items and its end', async () => {
  const runEvents = async function* () {
    yield { seq: 1 }
    yield { seq: 2 }
  } as unknown as Handlers['runEvents']
  const sender = new Sender()
  subscribe(new Wire({ runEvents }), sender)
  expect(await sender.received(3)).toEqual([
    { id: 's', kind: 'item', item: { seq: 1 } },
    { id: 's', kind: 'item', item: { seq: 2 } },
    { id: 's', kind: 'end' },
  ])
})

test('unsubscribing stops the stream, and nothing more arrives', async () => {
  const { handlers, stopped } = fed()
  const sender = new Sender()
  const wire = new Wire(handlers)
  subscribe(wire, sender)
  await sender.received(1)
  wire.ask(channels.unsubscribe, sender, ['s'])
  await stopped
  await wire.call('nothing', {})
  expect(sender.messages).toHaveLength(1)
})

test('a page that has gone stops its streams, and only its own', async () => {
  const [gone, other] = [fed(), fed()]
  let opened = 0
  const runEvents = ((input: never, signal: never) => {
    opened += 1
    return (opened === 1 ? gone : other).handlers.runEvents(input, signal)
  }) as Handlers['runEvents']
  const wire = new Wire({ runEvents })
  const [first, second] = [new Sender(1), new Sender(2)]
  subscribe(wire, first)
  subscribe(wire, second)
  await Promise.all([first.received(1), second.received(1)])
  first.destroyed = true
  wire.binding.forget(first.id)
  await gone.stopped
  wire.ask(channels.unsubscribe, second, ['s'])
  await other.stopped
  expect(first.messages).toHaveLength(1)
})

test('a page that is not ours can neither subscribe nor stop another', async () => {
  const { handlers } = fed()
  const wire = new Wire(handlers)
  const sender = new Sender()
  subscribe(wire, sender, 'foreign', { run_id: 'r' }, false)
  subscribe(wire, sender)
  await sender.received(1)
  wire.ask(channels.unsubscribe, sender, ['s'], false)
  subscribe(wire, sender, 'later')
  expect((await sender.received(2)).map(({ id }) => id)).toEqual(['s', 'later'])
})

test.each([
  ['bad input', 'invalid_body', ['s', 'runEvents', { run: 1 }]],
  ['a name that is a call', 'not_found', ['s', 'health', {}]],
])('%s is an error on the stream', async (_title, code, args) => {
  const sender = new Sender()
  new Wire(fed().handlers).ask(channels.subscribe, sender, args)
  expect(await sender.received(1)).toMatchObject([{ id: 's', kind: 'error', body: { error: { code } } }])
})

test('one id twice is refused, and so is the sixty-fifth stream', async () => {
  const wire = new Wire(fed().handlers)
  const sender = new Sender()
  for (let count = 0; count < 64; count++) subscribe(wire, sender, `s${count}`)
  subscribe(wire, sender, 's0')
  subscribe(wire, sender, 's64')
  const errors = (await sender.received(66)).filter(({ kind }) => kind === 'error')
  expect(errors.map(({ id }) => id).sort()).toEqual(['s0', 's64'])
})

test('handlers that only pass on give the same values, items and errors', async () => {
  const runEvents = async function* ({ run_id }: { run_id: string }) {
    yield { seq: 1 }
    if (run_id === 'bad') throw new AppError('run_not_found', 'There is no run bad.')
    yield { seq: 2 }
  } as unknown as Handlers['runEvents']
  const wire = new Wire(relayHandlers(createLocalClient({ health, runEvents } as unknown as Handlers)))
  expect(await wire.call('health', {})).toEqual({ ok: true, value: { status: 'ok', version: '1.2.3' } })
  const [good, bad] = [new Sender(1), new Sender(2)]
  subscribe(wire, good)
  subscribe(wire, bad, 's', { run_id: 'bad' })
  expect((await good.received(3)).map(({ kind }) => kind)).toEqual(['item', 'item', 'end'])
  expect(await bad.received(2)).toMatchObject([
    { kind: 'item' },
    { kind: 'error', body: { error: { code: 'run_not_found' } } },
  ])
})

test('a stream that is passed on stops when its page has gone', async () => {
  const { handlers, stopped } = fed()
  const wire = new Wire(relayHandlers(createLocalClient(handlers as unknown as Handlers)))
  const sender = new Sender()
  subscribe(wire, sender)
  await sender.received(1)
  wire.binding.forget(sender.id)
  await stopped
  expect(sender.messages).toHaveLength(1)
})
