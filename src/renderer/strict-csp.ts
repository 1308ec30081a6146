import { config } from 'zod'

// Imported before any schema is built: the compiled parsers of zod need `eval`, which our content policy forbids.
config({ jitless: true })
