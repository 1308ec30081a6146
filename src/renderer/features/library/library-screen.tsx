import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button, Input, Label, SearchField } from 'react-aria-components'
import { usePacks, useScenarios } from '../../api/queries.ts'
import { Empty, Failed, Loading } from '../../components/empty.tsx'
import { isTyping } from '../../store/shortcuts.ts'
import { Diagnostics } from './diagnostics.tsx'
import { byPack, matches } from './library.ts'
import { RecentRuns } from './recent-runs.tsx'
import { ScenarioRow } from './scenario-row.tsx'
import './library.css'

export function LibraryScreen() {
  const [text, setText] = useState('')
  const { data, error, isPending, refetch } = useScenarios()
  const packs = usePacks()
  const search = useSearchKey()
  const found = data?.scenarios.filter((scenario) => matches(scenario, text)) ?? []

  return (
    <div className="library content">
      <section className="library-scenarios" aria-labelledby="library-title">
        <div className="library-head">
          <h1 id="library-title">Library</h1>
          <p className="muted" role="status">
            {data ? `${found.length} of ${data.scenarios.length} scenarios` : ''}
          </p>
          <SearchField className="search" value={text} onChange={setText}>
            <Label className="visually-hidden">Search scenarios</Label>
            <Search size={18} aria-hidden />
            <Input ref={search} className="input" placeholder="Search by name, tag, boundary" />
            <kbd className="shortcut search-shortcut">/</kbd>
            <Button className="button plain tiny search-clear" aria-label="Clear the search">
              <X size={16} aria-hidden />
            </Button>
          </SearchField>
        </div>
        {isPending ? <Loading what="scenarios" rows={6} /> : null}
        {error ? (
          <Failed title="The scenarios could not be read" error={error} onRetry={() => void refetch()} />
        ) : null}
        {data ? <Diagnostics diagnostics={data.diagnostics} /> : null}
        {byPack(found, packs.data?.packs ?? []).map(({ slug, name, description, scenarios }) => (
          <section key={slug} className="pack" aria-label={name}>
            <div className="pack-head">
              <h2>{name}</h2>
              {description === null ? null : <p className="muted">{description}</p>}
            </div>
            <ul>
              {scenarios.map((scenario) => (
                <ScenarioRow key={scenario.ref} scenario={scenario} />
              ))}
            </ul>
          </section>
        ))}
        {data && found.length === 0 ? <NothingFound text={text} onClear={() => setText('')} /> : null}
      </section>
      <RecentRuns />
    </div>
  )
}

function NothingFound({ text, onClear }: { readonly text: string; readonly onClear: () => void }) {
  if (text === '')
    return (
      <Empty title="No scenario can run">
        <p className="muted">The scenario folder holds no file that could be read.</p>
      </Empty>
    )
  return (
    <Empty title={`Nothing matches “${text}”`}>
      <p className="muted">The search looks at names, summaries, tags and trust boundaries.</p>
      <Button className="button" onPress={onClear}>
        Show every scenario
      </Button>
    </Empty>
  )
}

function useSearchKey() {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || isTyping(event)) return
      event.preventDefault()
      input.current?.focus()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return input
}
