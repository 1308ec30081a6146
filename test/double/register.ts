import { registerHooks } from 'node:module'

/** Loaded with `node --import`: whoever imports `electron`, by either module system, gets the double. */
const double = new URL('./electron.ts', import.meta.url).href

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' || specifier.startsWith('electron/')
      ? { url: double, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
})
