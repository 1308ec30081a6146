// Three functions that are sent into the page as source text, so they import nothing and use no outer names.

type Tagged = { $: string; v?: unknown; n?: string; m?: string }

/** Structured clone over a channel of strings; throws what Electron throws for what cannot be cloned. */
export function codec() {
  const bytesToText = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes))
  const encode = (value: unknown): unknown => {
    if (value === undefined) return { $: 'u' }
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number') return Number.isFinite(value) ? value : { $: 'f', v: String(value) }
    if (typeof value === 'bigint') return { $: 'n', v: String(value) }
    if (typeof value === 'function' || typeof value === 'symbol' || value instanceof Promise) {
      throw new Error('An object could not be cloned.')
    }
    if (value instanceof Date) return { $: 'd', v: value.getTime() }
    if (value instanceof Map) return { $: 'm', v: [...value].map(encode) }
    if (value instanceof Set) return { $: 's', v: [...value].map(encode) }
    if (value instanceof Error) return { $: 'e', n: value.name, m: value.message }
    if (value instanceof ArrayBuffer) return { $: 'b', v: bytesToText(new Uint8Array(value)) }
    if (ArrayBuffer.isView(value)) {
      return { $: 'b', v: bytesToText(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) }
    }
    if (Array.isArray(value)) return value.map(encode)
    return {
      $: 'o',
      v: Object.fromEntries(Object.entries(value).map(([key, member]) => [key, encode(member)])),
    }
  }
  const decode = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) return value.map(decode)
    const { $, v, n, m } = value as Tagged
    switch ($) {
      case 'u':
        return undefined
      case 'f':
        return Number(v)
      case 'n':
        return BigInt(v as string)
      case 'd':
        return new Date(v as number)
      case 'm':
        return new Map((v as unknown[]).map(decode) as [unknown, unknown][])
      case 's':
        return new Set((v as unknown[]).map(decode))
      case 'e':
        return Object.assign(new Error(m), { name: n })
      case 'b':
        return Uint8Array.from(atob(v as string), (character) => character.charCodeAt(0))
      default:
        return Object.fromEntries(Object.entries(v as object).map(([key, member]) => [key, decode(member)]))
    }
  }
  return { encode, decode }
}

/** The same in both worlds of a page: calls cross at once, as DOM events, whose detail Chromium clones. */
export function bridge(me: string, peer: string) {
  type Callback = (...args: unknown[]) => unknown
  type Settle = { resolve: (value: unknown) => void; reject: (error: Error) => void }
  type Message = { key?: string; id?: number; fn?: number; args?: unknown[]; value?: unknown; error?: string }
  const callbacks: Callback[] = []
  const waiting = new Map<number, Settle>()
  let promises = 0
  const text = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown))
  const emit = (name: string, detail: unknown) => dispatchEvent(new CustomEvent(name, { detail }))
  const detailOf = (event: Event) => (event as CustomEvent<Message | null>).detail
  const isPlain = (value: object) => [Object.prototype, null].includes(Object.getPrototypeOf(value))
  const walk = (value: unknown, visit: (member: unknown) => unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit)
    if (typeof value !== 'object' || value === null || !isPlain(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, visit(member)]))
  }
  const outward = (value: unknown): unknown => {
    if (typeof value === 'function') return { $callback: callbacks.push(value as Callback) }
    if (!(value instanceof Promise)) return walk(value, outward)
    promises += 1
    const id = promises
    value.then(
      (settled) => emit(`double:${peer}`, { id, value: outward(settled) }),
      (thrown) => emit(`double:${peer}`, { id, error: text(thrown) }),
    )
    return { $promise: id }
  }
  const inward = (value: unknown): unknown => {
    const tagged = value as { $callback?: number; $promise?: number } | null | undefined
    const { $callback, $promise } = Object(tagged) as { $callback?: number; $promise?: number }
    if ($callback) return (...args: unknown[]) => call($callback, args)
    if ($promise) return new Promise((resolve, reject) => waiting.set($promise, { resolve, reject }))
    return walk(value, inward)
  }
  const call = (fn: number, args: unknown[]) => {
    let returned: Message | null = null
    const onReturn = (event: Event) => {
      returned = detailOf(event)
    }
    addEventListener(`double:return:${me}`, onReturn)
    try {
      emit(`double:${peer}`, { fn, args: outward(args) })
    } finally {
      removeEventListener(`double:return:${me}`, onReturn)
    }
    const answer = returned as Message | null
    if (answer === null) throw new Error('An object could not be cloned.')
    if (answer.error !== undefined) throw new Error(answer.error)
    return inward(answer.value)
  }
  const invoke = (message: Message): Message => {
    try {
      const callback = callbacks[(message.fn ?? 0) - 1]
      return { value: outward(callback?.(...(message.args ?? []).map(inward))) }
    } catch (thrown) {
      return { error: text(thrown) }
    }
  }
  addEventListener(`double:${me}`, (event) => {
    const message = detailOf(event)
    if (message?.key !== undefined) {
      const value = Object.freeze(inward(message.value))
      Object.defineProperty(globalThis, message.key, { value, enumerable: true })
    } else if (message?.id !== undefined) {
      const settle = waiting.get(message.id)
      waiting.delete(message.id)
      if (message.error !== undefined) settle?.reject(new Error(message.error))
      else settle?.resolve(inward(message.value))
    } else if (message?.fn !== undefined) emit(`double:return:${peer}`, invoke(message))
  })
  return { expose: (key: string, value: unknown) => emit(`double:${peer}`, { key, value: outward(value) }) }
}

/** Runs a preload as Electron's sandbox does: its `require` knows `electron` and nothing else. */
export function preloadWorld(
  { encode, decode }: { encode: (value: unknown) => unknown; decode: (value: unknown) => unknown },
  worlds: { expose(key: string, value: unknown): void },
  run: (require: (id: string) => unknown, process: object) => void,
) {
  type Listener = (event: object, ...args: unknown[]) => void
  type Settle = { resolve: (value: unknown) => void; reject: (error: Error) => void; channel: string }
  type Message = {
    type: string
    id: number
    channel: string
    args: unknown[]
    value?: unknown
    error?: string
  }
  const page = globalThis as unknown as {
    __doubleIpc(message: string): void
    __doubleDispatch(message: string): void
  }
  const listeners = new Map<string, Set<Listener>>()
  const waiting = new Map<number, Settle>()
  let calls = 0
  const post = (message: object) => page.__doubleIpc(JSON.stringify(message))
  const ipcRenderer = {
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const encoded = args.map(encode)
        calls += 1
        waiting.set(calls, { resolve, reject, channel })
        post({ type: 'invoke', id: calls, channel, args: encoded })
      }),
    send: (channel: string, ...args: unknown[]) => post({ type: 'send', channel, args: args.map(encode) }),
    on: (channel: string, listener: Listener) => {
      listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener))
      return ipcRenderer
    },
  }
  page.__doubleDispatch = (json) => {
    const message = JSON.parse(json) as Message
    if (message.type === 'send') {
      for (const listener of listeners.get(message.channel) ?? []) {
        listener({ sender: ipcRenderer, ports: [] }, ...message.args.map(decode))
      }
      return
    }
    const settle = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.error === undefined) settle?.resolve(decode(message.value))
    else settle?.reject(new Error(`Error invoking remote method '${settle.channel}': ${message.error}`))
  }
  const electron = { ipcRenderer, contextBridge: { exposeInMainWorld: worlds.expose } }
  const require = (id: string) => {
    if (id === 'electron' || id === 'electron/renderer') return electron
    throw new Error(`module not found: ${id}`)
  }
  run(require, {
    env: {},
    platform: 'linux',
    argv: [],
    contextIsolated: true,
    sandboxed: true,
    type: 'renderer',
  })
}
