import { strict } from './strict.ts'

type Handler = (request: Request) => Promise<Response> | Response
type PermissionRequest = (contents: object, permission: string, decide: (granted: boolean) => void) => void
type PermissionCheck = (contents: object | null, permission: string, origin: string) => boolean

export class Protocol {
  readonly handlers = new Map<string, Handler>()
  readonly privileged: string[] = []

  registerSchemesAsPrivileged(schemes: { scheme: string }[]): void {
    this.privileged.push(...schemes.map(({ scheme }) => scheme))
  }

  handle(scheme: string, handler: Handler): void {
    this.handlers.set(scheme, handler)
  }
}

export class Session {
  #request: PermissionRequest | null = null
  #check: PermissionCheck | null = null
  #device: (() => boolean) | null = null

  setPermissionRequestHandler(handler: PermissionRequest): void {
    this.#request = handler
  }

  setPermissionCheckHandler(handler: PermissionCheck): void {
    this.#check = handler
  }

  setDevicePermissionHandler(handler: () => boolean): void {
    this.#device = handler
  }

  /** Without a handler Electron grants; so does this. */
  asks(permission: string, url: string) {
    let requested = true
    const decide = (granted: boolean) => {
      requested = granted
    }
    this.#request?.({ getURL: () => url }, permission, decide)
    const checked = this.#check?.(null, permission, url) ?? true
    return { requested, checked, device: this.#device?.() ?? true }
  }
}

export const protocol = strict('protocol', new Protocol())
export const defaultSession = strict('session.defaultSession', new Session())
