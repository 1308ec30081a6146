import { useEffect, useRef } from 'react'
import { useSession } from './api/session.ts'
import { Empty } from './components/empty.tsx'
import { ShortcutSheet } from './components/shortcut-sheet.tsx'
import { TopBar } from './components/top-bar.tsx'
import { ControlPlaneScreen } from './features/control-plane/control-plane-screen.tsx'
import { LibraryScreen } from './features/library/library-screen.tsx'
import { RunScreen } from './features/run/run-screen.tsx'
import { ScenarioScreen } from './features/scenario/scenario-screen.tsx'
import { SignedOutScreen } from './features/session/signed-out-screen.tsx'
import { libraryHref, type Route, useLocation } from './store/router.ts'
import './styles/shell.css'

export function App() {
  const signedOut = useSession((session) => session.signedOut)
  const { route } = useLocation()
  const main = useRef<HTMLElement>(null)
  const place = placeOf(route)
  const seen = useRef(place)

  // A new screen takes the focus, so that the keyboard starts where the eye does.
  useEffect(() => {
    if (seen.current !== place) main.current?.focus()
    seen.current = place
  }, [place])

  if (signedOut !== null) return <SignedOutScreen reason={signedOut} />
  return (
    <div className="shell">
      <button type="button" className="button skip-link" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <TopBar route={route} />
      <main ref={main} tabIndex={-1} className="main">
        <Screen key={place} route={route} />
      </main>
      <ShortcutSheet />
    </div>
  )
}

function placeOf(route: Route): string {
  switch (route.screen) {
    case 'library':
    case 'control-plane':
      return route.screen
    case 'scenario':
      return `${route.pack}/${route.scenarioVersion}`
    case 'run':
      return route.runId
    case 'unknown':
      return route.path
  }
}

function Screen({ route }: { readonly route: Route }) {
  switch (route.screen) {
    case 'library':
      return <LibraryScreen />
    case 'scenario':
      return <ScenarioScreen pack={route.pack} scenarioVersion={route.scenarioVersion} />
    case 'run':
      return <RunScreen runId={route.runId} />
    case 'control-plane':
      return <ControlPlaneScreen />
    case 'unknown':
      return (
        <Empty title="There is nothing at this address">
          <p className="muted">
            <code>{route.path}</code> names neither a screen, a scenario nor a run.
          </p>
          <a className="button" href={libraryHref}>
            Open the library
          </a>
        </Empty>
      )
  }
}
