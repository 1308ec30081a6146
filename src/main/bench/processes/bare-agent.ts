import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { type BareRequest, send } from './bare-request.ts'

// What an agent is when everything that makes it one is taken away: a process with express that listens, says so, and
// sends the requests it is told to before it answers. Bundled like the agents, it is the floor of `bench`.
const app = express()
app.use(express.json({ limit: '1mb' }))
app.use(async (request, response) => {
  const { first = [] }: { first?: readonly BareRequest[] } = request.body ?? {}
  for (const next of first) await send(next)
  response.json({})
})
const server = createServer(app)
const stop = () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
}
process.on('SIGTERM', stop)
process.stdin.on('end', stop).resume()
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
