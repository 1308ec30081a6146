import type { Context } from '../context.ts'
import { json, type Route } from '../http/route.ts'

/** Whether it is there, and who it is (control-plane.md §3.17). */
export function probeRoutes(context: Context, isClosing: () => boolean): Route[] {
  const { database, identity } = context
  const ping = database.prepare('SELECT 1')
  const health = () => {
    try {
      ping.get()
      return json({ ok: true, service: 'aitp-control-plane', aid: identity.key.aid, db: 'ok' })
    } catch {
      return json({ ok: false, service: 'aitp-control-plane', aid: identity.key.aid, db: 'error' }, 503)
    }
  }
  const ready = () => {
    if (isClosing()) return json({ ready: false, reason: 'shutting_down' }, 503)
    try {
      ping.get()
      return json({ ready: true })
    } catch {
      return json({ ready: false, error: 'the database does not answer' }, 503)
    }
  }
  const manifest = () => ({
    status: 200,
    text: identity.manifest(),
    type: 'application/json',
    headers: { 'cache-control': 'max-age=3600' },
  })
  return [
    { method: 'GET', path: '/api/health', access: 'free', answer: health },
    { method: 'GET', path: '/api/readyz', access: 'free', answer: ready },
    { method: 'GET', path: '/.well-known/aitp-manifest', access: 'free', answer: manifest },
    { method: 'GET', path: '/api/well-known/aitp-manifest', access: 'public', answer: manifest },
  ]
}
