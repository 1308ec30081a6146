import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const at = (path: string) => resolve(import.meta.dirname, path)

export default defineConfig({
  main: {
    build: {
      // Everything is bundled: package.json has no dependencies, so nothing stays external but Node and Electron.
      rolldownOptions: {
        input: {
          index: at('src/main/index.electron.ts'),
          cli: at('src/main/cli/index.ts'),
          guard: at('src/main/hosting/guard.ts'),
        },
        output: { format: 'es' },
      },
      sourcemap: true,
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: at('src/preload/index.ts') },
        // A sandboxed preload must be one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    base: './',
    plugins: [react()],
    build: {
      outDir: at('out/renderer'),
      minify: true,
      // Loaded from the disk or from loopback: one file is quicker than many.
      chunkSizeWarningLimit: 1200,
      rolldownOptions: { input: { index: at('src/renderer/index.html') } },
    },
  },
})
