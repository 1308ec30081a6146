/** What a worker may inherit: enough to find programs and temporary files, and to write in the user's language. */
const inherited = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LANG',
  'LC_ALL',
  'TZ',
  'SystemRoot',
  'WINDIR',
  'NODE_EXTRA_CA_CERTS',
]

/** What a text generator needs; given only when a provider was chosen: a key that merely lies about spends nothing. */
const generation = [
  'LLM_PROVIDER',
  'OPENAI_API_KEY',
  'OPENAI_MODEL',
  'OPENAI_BASE_URL',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_MODEL',
]

/** Builds a worker's environment from an allow list, never from a copy of ours. */
export function workerEnvironment(
  ours: NodeJS.ProcessEnv,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = ours['LLM_PROVIDER'] ? [...inherited, ...generation] : inherited
  const allowed = names.flatMap((name) => {
    const value = ours[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { ...Object.fromEntries(allowed), ...own }
}
