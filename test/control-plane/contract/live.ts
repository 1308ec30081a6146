import { once } from 'node:events'
import http from 'node:http'
import { expect } from 'vitest'
import { type Check, type ControlPlaneUnderTest, fresh, type Json } from './check.ts'

interface Listening {
  readonly frames: { readonly id: number; readonly data: Json }[]
  close(): void
}

/** Listens until it is closed; frames gather as they come. */
async function listen(
  { baseUrl, apiKey }: ControlPlaneUnderTest,
  query: string,
  headers: Record<string, string> = {},
): Promise<Listening> {
  const frames: Listening['frames'] = []
  const request = http.get(`${baseUrl}/api/events/stream?${query}`, {
    headers: { authorization: `Bearer ${apiKey}`, ...headers },
  })
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  expect(response.statusCode).toBe(200)
  expect(response.headers['content-type']).toContain('text/event-stream')
  let text = ''
  response.setEncoding('utf8')
  const first = once(response, 'data')
  response.on('data', (chunk: string) => {
    text += chunk
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const frame = text.slice(0, end)
      text = text.slice(end + 2)
      const data = /^data: (.*)$/m.exec(frame)?.[1]
      if (data !== undefined) {
        frames.push({ id: Number(/^id: (.*)$/m.exec(frame)?.[1]), data: JSON.parse(data) })
      }
    }
  })
  response.on('error', () => undefined)
  await first
  return { frames, close: () => request.destroy() }
}

export const liveChecks: Check[] = [
  {
    row: 11,
    title: 'a stream begins at once, tells what was and then what comes, each once',
    original: 'sends nothing for 15 s when nothing is there to replay (D-17)',
    async run(cp) {
      const { run } = fresh()
      const tell = (type: string) => cp.ask('POST', '/api/events', { body: [{ type, run_id: run }] })
      await tell('before')
      const stream = await listen(cp, `run_id=${run}`)
      try {
        await tell('after')
        const types = () => stream.frames.map(({ data }) => data.type)
        await expect.poll(types).toEqual(['before', 'after'])
        // What is told twice comes before the next event.
        await tell('last')
        await expect.poll(types).toContain('last')
        expect(types()).toEqual(['before', 'after', 'last'])
        expect(stream.frames[1]?.data).not.toHaveProperty('createdAt')
        expect(stream.frames[1]?.data).not.toHaveProperty('aidA')
        expect(stream.frames[1]?.data.ts).toMatch(/T.*Z$/)
      } finally {
        stream.close()
      }
    },
  },
  {
    row: 11,
    title: 'a stream tells only what its filters want',
    async run(cp) {
      const { run, aid } = fresh()
      const stream = await listen(cp, `type=wanted&aid=${encodeURIComponent(aid('x'))}`)
      try {
        await cp.ask('POST', '/api/events', {
          body: [
            { type: 'wanted', run_id: run },
            { type: 'other', aid_a: aid('x') },
            { type: 'wanted', aid_b: aid('x') },
          ],
        })
        await expect.poll(() => stream.frames.length).toBe(1)
        expect(stream.frames[0]?.data).toMatchObject({ type: 'wanted', aidB: aid('x') })
      } finally {
        stream.close()
      }
    },
  },
  {
    row: 11,
    title: 'a reader that was cut off goes on where it was',
    original: 'has no ids to go on from (D-17)',
    async run(cp) {
      const { run } = fresh()
      const tell = (...types: string[]) =>
        cp.ask('POST', '/api/events', { body: types.map((type) => ({ type, run_id: run })) })
      await tell('one', 'two')
      const first = await listen(cp, `run_id=${run}`)
      await expect.poll(() => first.frames.length).toBe(2)
      first.close()
      await tell('three', 'four')
      const second = await listen(cp, `run_id=${run}`, { 'last-event-id': String(first.frames[1]?.id) })
      try {
        await expect.poll(() => second.frames.map(({ data }) => data.type)).toEqual(['three', 'four'])
      } finally {
        second.close()
      }
    },
  },
]
