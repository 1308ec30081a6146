import { ChevronRight, Keyboard } from 'lucide-react'
import { Button } from 'react-aria-components'
import { useScenarios } from '../api/queries.ts'
import { controlPlaneHref, libraryHref, type Route } from '../store/router.ts'
import { showShortcuts } from './shortcut-sheet.tsx'
import { ViewMenu } from './view-menu.tsx'

export function TopBar({ route }: { readonly route: Route }) {
  return (
    <header className="top-bar">
      <a className="wordmark" href={libraryHref}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M6 3v18M18 3v18M6 8h11M14.5 5.5 17 8l-2.5 2.5M18 16H7M9.500 13.500 7 16l2.500 2.500" />
        </svg>
        AITP Trust Console
      </a>
      <nav aria-label="Breadcrumb" className="breadcrumb">
        <ol>
          <li>
            <a href={libraryHref} aria-current={route.screen === 'library' ? 'page' : undefined}>
              Library
            </a>
          </li>
          <Place route={route} />
        </ol>
      </nav>
      <div className="top-bar-tools">
        <a
          className="button plain"
          href={controlPlaneHref}
          aria-current={route.screen === 'control-plane' ? 'page' : undefined}
        >
          Control Plane
        </a>
        <Button className="button plain icon" aria-label="Keys and marks" onPress={showShortcuts}>
          <Keyboard size={18} aria-hidden />
        </Button>
        <ViewMenu />
      </div>
    </header>
  )
}

function Place({ route }: { readonly route: Route }) {
  const { data } = useScenarios()
  if (route.screen !== 'scenario' && route.screen !== 'run') return null
  const ref = route.screen === 'scenario' ? `${route.pack}/${route.scenarioVersion}` : null
  const name = data?.scenarios.find((scenario) => scenario.ref === ref)?.metadata.name
  return (
    <li>
      <ChevronRight size={16} aria-hidden />
      <span aria-current="page">
        {route.screen === 'scenario' ? (name ?? ref) : <>Run {route.runId.slice(0, 8)}</>}
      </span>
    </li>
  )
}
