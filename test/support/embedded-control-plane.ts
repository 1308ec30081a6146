import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pino from 'pino'
import { onTestFinished } from 'vitest'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import {
  type EmbeddedControlPlane,
  startEmbeddedControlPlane,
} from '../../src/main/control-plane/embedded/embedded-control-plane.ts'
import { defaultSettings, type Settings } from '../../src/main/control-plane/embedded/settings.ts'
import { makeFolder } from './folders.ts'

export interface EmbeddedWish {
  readonly folder?: string
  readonly seed?: Uint8Array
  readonly settings?: Partial<Settings>
  readonly loopbackReceivers?: Settings['webhooks']['loopbackReceivers']
  readonly now?: () => number
}

export type OpenEmbedded = EmbeddedControlPlane & { readonly apiKey: string; readonly folder: string }

const aitp = createAitp(nodeEngine)

/** The Control Plane inside the console, by itself; whoever asked for it closes it. */
export async function openEmbedded(wish: EmbeddedWish = {}): Promise<OpenEmbedded> {
  const { folder, remove } =
    wish.folder === undefined ? makeFolder() : { folder: wish.folder, remove: () => {} }
  const apiKey = randomBytes(24).toString('base64url')
  const settings: Partial<Settings> = {
    ...wish.settings,
    webhooks: {
      ...defaultSettings.webhooks,
      ...wish.settings?.webhooks,
      ...(wish.loopbackReceivers === undefined ? {} : { loopbackReceivers: wish.loopbackReceivers }),
    },
  }
  const running = await startEmbeddedControlPlane({
    aitp,
    file: join(folder, 'control-plane.db'),
    apiKey,
    seed: wish.seed ?? randomBytes(32),
    port: 0,
    log: pino({ level: 'silent' }),
    settings,
    ...(wish.now === undefined ? {} : { now: wish.now }),
  })
  return {
    ...running,
    apiKey,
    folder,
    async close() {
      await running.close()
      remove()
    },
  }
}

/** As {@link openEmbedded}, until the test ends. */
export async function startEmbedded(wish: EmbeddedWish = {}): Promise<OpenEmbedded> {
  const embedded = await openEmbedded(wish)
  onTestFinished(embedded.close)
  return embedded
}
