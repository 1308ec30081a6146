import './strict-csp.ts'
import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/overlays.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ClientContext } from './api/client-context.ts'
import { connect } from './api/connect.ts'
import { createQueries } from './api/query-client.ts'
import { App } from './app.tsx'
import { applyPreferences } from './store/preferences.ts'

const root = document.getElementById('root')
if (!root) throw new TypeError('index.html has no #root')

applyPreferences()
const client = await connect()
createRoot(root).render(
  <StrictMode>
    <ClientContext value={client}>
      <QueryClientProvider client={createQueries()}>
        <App />
      </QueryClientProvider>
    </ClientContext>
  </StrictMode>,
)
