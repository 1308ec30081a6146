import type { FormRow } from './form-scene.ts'
import type { FormsOfRelease } from './forms.ts'
import type { PairResult } from './pair.ts'
import type { InteropSummary } from './run.ts'

/** The page that says what was met and how it went. Generated, so that it cannot say more than was run. */
export function interopDocument(summary: InteropSummary): string {
  return `${[
    heading,
    peersTable(summary),
    pairsTable(summary),
    failures(summary),
    formsTable(summary.forms),
    defectsList(summary.forms),
  ].join('\n\n')}\n`
}

const heading = `# Interoperability

Written by \`node build/interop.mjs --write\`; do not edit. Each line is one artefact shown by one side to the other, on one machine, with the packages as published on PyPI. Vectors with all bytes: \`test/vectors/sdk\`.

Ours means \`src/aitp\` with the older forms accepted (\`transition\`). *not exercised* means that one side has nothing of the kind, or that the peer was not at hand; it is no success.

The lines that begin with *scenario* are whole runs of the console with one agent on the SDK, from \`examples\`: *ours to peer* where that agent is the one that is called.`

function peersTable({ peers }: InteropSummary): string {
  const rows = peers.map(({ name, wire, python, why }) => `| ${name} | ${wire} | ${python} | ${why} |`)
  return [
    '## Peers',
    '',
    '| Peer | Speaks | Python | Why it is here |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

function pairsTable({ peers, pairs }: InteropSummary): string {
  const names = peers.map(({ name }) => name)
  const artefacts = [...new Map(pairs.map((pair) => [`${pair.artefact}\0${pair.direction}`, pair])).values()]
  const rows = artefacts.map(({ artefact, direction }) => {
    const cells = names.map((name) => {
      const found = pairs.find(
        (pair) => pair.peer === name && pair.artefact === artefact && pair.direction === direction,
      )
      if (found === undefined) return '–'
      return found.known === null ? found.status : 'failed (known)'
    })
    return `| ${artefact} | ${direction} | ${cells.join(' | ')} |`
  })
  return [
    '## Pairs',
    '',
    `| Artefact | Direction | ${names.join(' | ')} |`,
    `| --- | --- | ${names.map(() => '---').join(' | ')} |`,
    ...rows,
  ].join('\n')
}

function failures({ pairs }: InteropSummary): string {
  const failed = pairs.filter(({ status, known }) => status === 'failed' && known === null)
  const skipped = pairs.filter(({ status }) => status === 'not exercised')
  const causes = [...new Set(pairs.flatMap(({ known }) => (known === null ? [] : [known])))]
  return [
    '## What did not pass, and why',
    '### Failed',
    failed.length === 0 ? 'Nothing, except for the known causes below.' : resultTable(failed),
    '### Failed for a known cause',
    ...causes.map((cause) => {
      const having = pairs.filter(({ known }) => known === cause)
      const peers = [...new Set(having.map(({ peer }) => peer))].join(', ')
      return [
        `${having.length} pairs with ${peers}: ${cause}. For example:`,
        '',
        resultTable(having.slice(0, 3)),
      ].join('\n')
    }),
    '### Not exercised',
    resultTable(skipped),
  ].join('\n\n')
}

function resultTable(results: readonly PairResult[]): string {
  return [
    '| Peer | Artefact | Direction | Reason |',
    '| --- | --- | --- | --- |',
    ...results.map(
      ({ peer, artefact, direction, reason }) =>
        `| ${peer} | ${artefact} | ${direction} | ${cellText(reason)} |`,
    ),
  ].join('\n')
}

function formsTable(forms: readonly FormsOfRelease[]): string {
  const topics = forms[0]?.rows ?? []
  const parts = topics.map(({ id, topic }) => {
    const rows = forms.map(({ rows }) => rows.find((row) => row.id === id))
    const shown = [...new Set(rows.flatMap((row) => Object.keys(row?.judged ?? {})))]
    const emits = rows.some((row) => row?.emits)
      ? [`| *emits* | ${rows.map((row) => cellText(row?.emits ?? '–')).join(' | ')} |`]
      : []
    return [
      `### ${topic}`,
      '',
      `| Shown to it | ${forms.map(({ release }) => release).join(' | ')} |`,
      `| --- | ${forms.map(() => '---').join(' | ')} |`,
      ...emits,
      ...shown.map(
        (name) =>
          `| ${cellText(name)} | ${rows.map((row) => cellText(short(row?.judged[name]))).join(' | ')} |`,
      ),
    ].join('\n')
  })
  return ['## Forms: what each release of aitp-sdk emits and accepts', ...parts].join('\n\n')
}

function short(judged = '–'): string {
  return judged
    .replace(/^refused: (manifest|TCT|delegation|bundle|identity) verification failed: /, 'refused: ')
    .replace(/ at line \d+ column \d+.*$/, '')
    .slice(0, 90)
}

/** What a release accepts, or makes, against the text of the specification. */
interface Defect {
  readonly row: string
  readonly shown: string
  readonly is: (judged: string) => boolean
  readonly says: string
}

const accepted = (judged: string) => judged === 'accepted'

// biome-ignore format: a table, one row a defect.
const defects: readonly Defect[] = [
  { row: 'hello_checks', shown: 'envelope signature broken', is: accepted, says: 'A session answers a hello whose envelope signature does not verify.' },
  { row: 'hello_checks', shown: 'the same in the same session', is: accepted, says: 'A session answers the same hello again.' },
  { row: 'hello_checks', shown: 'timestamp 301 s old', is: accepted, says: 'A session answers a hello whose timestamp is out of tolerance.' },
  { row: 'hello_checks', shown: 'message_type commit', is: accepted, says: 'A session answers a hello whose message_type says commit.' },
  { row: 'hello_checks', shown: 'version aitp/0.1', is: accepted, says: 'A session answers an envelope of version aitp/0.1.' },
  { row: 'hello_extensions', shown: 'envelope, added after signing', is: accepted, says: 'A session answers an envelope with extensions that were added after signing.' },
  { row: 'manifest_order', shown: 'pop and signature', is: (judged) => /signature/.test(judged), says: 'The manifest signature is judged before the proof of possession.' },
  { row: 'manifest_members', shown: 'pinned hint with another key', is: accepted, says: 'A manifest is accepted whose pinned key is not that of its AID.' },
  { row: 'manifest_members', shown: 'pinned hint with issuer', is: accepted, says: 'A pinned-key hint with an issuer is accepted.' },
  { row: 'manifest_endpoint', shown: 'received http://ours.example/aitp/handshake/', is: accepted, says: 'A manifest with a plain http endpoint on a public host is accepted.' },
  { row: 'expiry_equality', shown: 'manifest, at expires_at', is: accepted, says: 'An object is still valid in the second in which it expires.' },
  { row: 'oidc_token', shown: 'ES256, high S', is: (judged) => judged.startsWith('refused'), says: 'An identity token is refused whose issuer signed with high S, as common libraries do every second time.' },
  { row: 'tct_faults', shown: 'repeated grants', is: accepted, says: 'A TCT that repeats a grant is accepted.' },
  { row: 'delegation_faults', shown: 'source revoked', is: accepted, says: 'A delegation is accepted whose source TCT the verifier has revoked.' },
  { row: 'delegation_faults', shown: 'wrong cnf and source revoked', is: (judged) => /cnf/.test(judged), says: 'cnf is judged before the revocation of the source.' },
  { row: 'renewal', shown: 'the same again', is: accepted, says: 'The same renewal request is answered twice.' },
  { row: 'renewal', shown: 'grant no longer offered', is: accepted, says: 'A grant that is no longer offered is renewed.' },
]

function defectsList(forms: readonly FormsOfRelease[]): string {
  const lines = defects.flatMap(({ row, shown, is, says }) => {
    const having = forms.filter(({ rows }) => is(judgedOf(rows, row, shown)))
    if (having.length === 0) return []
    const releases = having.map(({ release }) => release).join(', ')
    return [`| ${says} | ${releases} | \`rows\` → \`${row}\` → \`${shown}\` |`]
  })
  const uncapped = forms.filter(({ rows }) =>
    /beyond/.test(rows.find(({ id }) => id === 'redeem_cap')?.emits ?? ''),
  )
  const rewriting = forms.filter(({ rows }) =>
    / as https/.test(rows.find(({ id }) => id === 'issuer_text')?.emits ?? ''),
  )
  if (rewriting.length > 0) {
    lines.push(
      `| The text of an OIDC issuer is rewritten as a URL parser writes it, so an issuer without a path gains a slash. | ${rewriting.map(({ release }) => release).join(', ')} | \`rows\` → \`issuer_text\` |`,
    )
  }
  if (uncapped.length > 0) {
    lines.push(
      `| A redeemed TCT outlives the delegation it was redeemed with. | ${uncapped.map(({ release }) => release).join(', ')} | \`rows\` → \`redeem_cap\` |`,
    )
  }
  return [
    '## Where the SDK departs from the specification',
    '',
    'Seen in the rows above; the bytes stand under the same name in `bytes` of the row, in the file of the release. Sessions leave the envelope to their caller: 0.23.0 has `verify_envelope` for it, those of aitp/0.2 nothing.',
    '',
    '| What it does | Releases | Where in the vectors |',
    '| --- | --- | --- |',
    ...lines,
  ].join('\n')
}

function judgedOf(rows: readonly FormRow[], id: string, shown: string): string {
  return rows.find((row) => row.id === id)?.judged[shown] ?? ''
}

function cellText(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
