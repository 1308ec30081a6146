import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'

/** A Chromium that tests can drive, and the environment it needs. */
export interface FoundChromium {
  readonly executablePath: string
  readonly env: Record<string, string>
  /** Where it was found, for messages. */
  readonly from: string
}

export const chromiumArguments = [
  '--no-sandbox',
  '--headless=shell',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--allow-file-access-from-files',
]

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** There is no Chromium on this machine, and none was asked for. */
export class NoChromium extends Error {
  override readonly name = 'NoChromium'
}

/** `CHROMIUM_PATH`, else the one packed in `@sparticuz/chromium` (Linux x64 only), else an installed one. */
export async function findChromium(): Promise<FoundChromium> {
  const wanted = process.env['CHROMIUM_PATH']
  if (wanted) {
    if (!existsSync(wanted)) throw new Error(`CHROMIUM_PATH=${wanted} does not exist`)
    return { executablePath: wanted, env: ownEnvironment(), from: 'CHROMIUM_PATH' }
  }
  const packed = await packedChromium()
  if (typeof packed !== 'string') return packed
  const path = installed.find((candidate) => existsSync(candidate))
  if (path) return { executablePath: path, env: ownEnvironment(), from: path }
  throw new NoChromium(
    `No Chromium for the browser tests. Bundled one: ${packed}. Install one (Debian: apt-get install chromium) or set CHROMIUM_PATH.`,
  )
}

export async function launchChromium(): Promise<Browser> {
  const { executablePath, env } = await findChromium()
  return chromium.launch({ executablePath, env, args: chromiumArguments, headless: true })
}

/** The packed browser, or the reason why it is not for this machine. Throws when it is and cannot be unpacked. */
async function packedChromium(): Promise<FoundChromium | string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'only for Linux x64'
  const folder = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))))
  const { version }: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const unpacked = join(folder, '..', '..', '.cache', `chromium-${version}`)
  if (!existsSync(join(unpacked, 'chromium'))) await unpack(folder, unpacked)
  const env = ownEnvironment()
  // For the browser alone: these libraries are not those of the machine.
  env['LD_LIBRARY_PATH'] = [join(unpacked, 'al2023', 'lib'), env['LD_LIBRARY_PATH']].filter(Boolean).join(':')
  env['FONTCONFIG_FILE'] = join(unpacked, 'fonts.conf')
  return { executablePath: join(unpacked, 'chromium'), env, from: `@sparticuz/chromium ${version}` }
}

/** Unpacks into a fresh folder and renames it, since two test files may come here at once. */
async function unpack(folder: string, to: string): Promise<void> {
  mkdirSync(dirname(to), { recursive: true })
  const fresh = mkdtempSync(`${to}-`)
  const previous = process.env['TMPDIR']
  process.env['TMPDIR'] = fresh // the package unpacks into os.tmpdir() under fixed names
  try {
    const packed = await import('@sparticuz/chromium')
    await packed.default.executablePath()
    await packed.inflate(join(folder, 'bin', 'al2023.tar.br'))
    // Its own file names only folders of a certain cloud; without fonts Chromium draws no text at all.
    writeFileSync(
      join(fresh, 'fonts.conf'),
      `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${to}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${to}/fc</cachedir></fontconfig>`,
    )
    // What is there without a browser in it is a leftover.
    if (!existsSync(join(to, 'chromium'))) rmSync(to, { recursive: true, force: true })
    try {
      renameSync(fresh, to)
    } catch (error) {
      if (!existsSync(join(to, 'chromium'))) throw error
    }
  } finally {
    if (previous === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = previous
    rmSync(fresh, { recursive: true, force: true })
  }
}

function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
