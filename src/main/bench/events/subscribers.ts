import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'

export interface Subscribers {
  /** Resolves when each has the last event. */
  readonly done: Promise<unknown>
}

/** Connects that many readers of server-sent events; each number of each is told to `seen` as it arrives. */
export async function subscribe(
  port: number,
  { subscribers, events }: { readonly subscribers: number; readonly events: number },
  seen: (seq: number) => void,
): Promise<Subscribers> {
  const connected = await Promise.all(Array.from({ length: subscribers }, () => connect(port)))
  return { done: Promise.all(connected.map((response) => readAll(response, events, seen))) }
}

async function connect(port: number): Promise<IncomingMessage> {
  const [response] = await once(get({ host: '127.0.0.1', port, agent: false }), 'response')
  return response
}

/** Looks only for the numbers, so that little of what is measured is the reader's. */
function readAll(response: IncomingMessage, events: number, seen: (seq: number) => void): Promise<void> {
  response.setEncoding('latin1')
  let next = 1
  let rest = ''
  return new Promise((resolve, reject) => {
    response.on('data', (chunk: string) => {
      rest += chunk
      for (let at = rest.indexOf(`id: ${next}\n`); at !== -1; at = rest.indexOf(`id: ${next}\n`, at)) {
        seen(next)
        next += 1
      }
      rest = rest.slice(rest.lastIndexOf('\n\n') + 2)
      if (next > events) resolve()
    })
    response.once('end', () => reject(new Error(`a subscriber was given ${next - 1} of ${events} events`)))
    response.once('error', reject)
  })
}
