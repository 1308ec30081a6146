import type { ShippedPaths } from '../paths.ts'

/** What the program needs of the process it runs in. */
export interface Terminal {
  readonly version: string
  readonly paths: ShippedPaths
  readonly environment: NodeJS.ProcessEnv
  /** To standard output, as it is: results. */
  write(text: string): void
  /** To standard error, with a line end: everything that is not a result. */
  tell(line: string): void
  readStdin(): Promise<string>
  /** Aborted by the first Ctrl-C or a request to end. */
  readonly interrupt: AbortSignal
}
