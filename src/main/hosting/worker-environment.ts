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

/** What the chosen provider needs, and no other's keys; a key that merely lies about spends nothing. */
const generation: Readonly<Record<string, readonly string[]>> = {
  openai: ['LLM_PROVIDER', 'OPENAI_API_KEY', 'OPENAI_MODEL', 'OPENAI_BASE_URL'],
  anthropic: ['LLM_PROVIDER', 'ANTHROPIC_API_KEY', 'ANTHROPIC_MODEL'],
}

/**
 * Builds a worker's environment from an allow list, never from a copy of ours.
 *
 * @param kind keys of providers go to our own workers, which generate text, and to nobody else's program
 */
export function workerEnvironment(
  ours: NodeJS.ProcessEnv,
  own: Readonly<Record<string, string>>,
  kind: 'generates' | 'foreign',
): Record<string, string> {
  const provider = kind === 'generates' ? (ours['LLM_PROVIDER']?.trim().toLowerCase() ?? '') : ''
  const names = [...inherited, ...(generation[provider] ?? [])]
  const allowed = names.flatMap((name) => {
    const value = ours[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { ...Object.fromEntries(allowed), ...own }
}
