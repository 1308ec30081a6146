import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export interface ModelServer {
  /** For `OPENAI_BASE_URL`. */
  readonly baseUrl: string
  readonly requests: unknown[]
  /** Resolves when somebody asks for a text. */
  readonly asked: Promise<void>
}

/** Stands for an OpenAI-compatible service. `answer` may leave the request hanging. */
export async function startModelServer(
  answer: (response: ServerResponse, request: unknown) => void,
): Promise<ModelServer> {
  const asked = Promise.withResolvers<void>()
  const requests: unknown[] = []
  const server = createServer(async (request, response) => {
    const body = await json(request)
    requests.push(body)
    asked.resolve()
    answer(response, body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { baseUrl: `http://127.0.0.1:${port}/v1`, requests, asked: asked.promise }
}

/** A chat completion with this text. */
export function completion(response: ServerResponse, text: string): void {
  response.setHeader('content-type', 'application/json')
  response.end(
    JSON.stringify({
      id: 'completion-1',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'local-model',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: text } }],
      usage: { prompt_tokens: 20, completion_tokens: 22, total_tokens: 42 },
    }),
  )
}
