// Drives the service of the AITP Trust Console from another program; docs/http-api.md says how to call it.
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

class Refused extends Error {}

const { url, bearer } = findService(process.env)
const [ref, ...given] = process.argv.slice(2)
try {
  await (ref === undefined ? list() : run(ref, given))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

/** An address and a bearer that were given, or those that the running console left in its data folder. */
function findService({ AITP_CONSOLE_URL, AITP_CONSOLE_BEARER, AITP_CONSOLE_HOME, LOCALAPPDATA }) {
  if (AITP_CONSOLE_URL) return { url: AITP_CONSOLE_URL, bearer: AITP_CONSOLE_BEARER ?? '' }
  const folders = {
    darwin: join(homedir(), 'Library', 'Application Support', 'aitp-console'),
    win32: join(LOCALAPPDATA ?? homedir(), 'aitp-console', 'Data'),
    linux: join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'aitp-console'),
  }
  const home = AITP_CONSOLE_HOME ?? folders[process.platform] ?? folders.linux
  const host = JSON.parse(readFileSync(join(home, 'host.json'), 'utf8'))
  return { url: `http://127.0.0.1:${host.port}`, bearer: host.bearer }
}

async function list() {
  const { scenarios } = await (await ask('GET', '/scenarios')).json()
  for (const { ref, metadata } of scenarios) console.log(`${ref}  ${metadata.name}`)
}

async function run(scenario_ref, given) {
  const { spec } = await (await ask('GET', `/scenarios/${scenario_ref}`)).json()
  const inputs = Object.fromEntries(given.map((pair) => inputOf(pair, spec.inputs.schema)))
  const { run_id } = await (await ask('POST', '/runs', { body: { scenario_ref, inputs } })).json()
  console.log(`run ${run_id}`)
  process.once('SIGINT', () => void ask('POST', `/runs/${run_id}/cancel`).catch(console.error))
  for await (const { seq, type } of eventsOf(run_id)) console.log(`${seq} ${type}`)
  const record = await (await ask('GET', `/runs/${run_id}`)).json()
  console.log(await (await ask('GET', `/runs/${run_id}/narrate?voice=plain`)).text())
  console.log(
    JSON.stringify({ status: record.status, error: record.error, outputs: record.outputs }, null, 2),
  )
  if (record.status !== 'success') process.exitCode = 1
}

/** `name=value`: the text itself where the scenario wants a string, else JSON. */
function inputOf(pair, { properties = {} }) {
  const [name, ...rest] = pair.split('=')
  const text = rest.join('=')
  return [name, properties[name]?.type === 'string' ? text : JSON.parse(text)]
}

/** Every event of a run once, in order, whatever becomes of the connection; ends with the run. */
async function* eventsOf(runId) {
  let last = 0
  for (let failures = 0; failures < 20; failures += 1) {
    try {
      const headers = { 'last-event-id': String(last) }
      const { body } = await ask('GET', `/runs/${runId}/events`, { headers })
      for await (const item of messages(body)) {
        if (item.type === 'stream.end') return
        if (item.type === 'stream.error') break
        last = item.seq
        failures = 0
        yield item
      }
    } catch (error) {
      if (error instanceof Refused) throw error
    }
    await pause(250)
  }
  throw new Error('The service is gone; the run is stored, and can be followed when it is back.')
}

/** The data of server-sent events. */
async function* messages(body) {
  let text = ''
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    const blocks = `${text}${piece}`.split('\n\n')
    text = blocks.pop()
    for (const line of blocks.join('\n').split('\n')) {
      if (line.startsWith('data: ')) yield JSON.parse(line.slice(6))
    }
  }
}

async function ask(method, path, { body, headers } = {}) {
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  const sent = { authorization: `Bearer ${bearer}`, ...json, ...headers }
  const response = await fetch(url + path, { method, headers: sent, body: body && JSON.stringify(body) })
  if (response.ok) return response
  const { error } = await response.json()
  throw new Refused(`${response.status} ${error.code}: ${error.message}`)
}
