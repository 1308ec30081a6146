import { knownFeatures, type Operation } from '../session.ts'

export const setClock: Operation = (params, session) => {
  session.now = params.optionalInteger('now_unix_secs') ?? params.integer('now')
  return { now_unix_secs: session.now }
}

export const setFeatures: Operation = (params, session) => {
  const known: readonly string[] = knownFeatures
  session.features = new Set(params.texts('features').filter((feature) => known.includes(feature)))
  return { features: [...session.features] }
}

export const injectRevocation: Operation = (params, session) => {
  session.revoked.add(params.text('jti'))
  return { revoked_count: session.revoked.size }
}

export const dumpSession: Operation = (params, session) => {
  const sessionId = params.optionalText('session_id')
  return {
    now_unix_secs: session.now,
    features: [...session.features],
    revoked: [...session.revoked],
    ...(sessionId === undefined
      ? { sessions: [...session.handshakes.keys()] }
      : { known: session.handshakes.has(sessionId) }),
  }
}
