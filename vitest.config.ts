import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // One worker fewer than cores is the default; most of these tests wait for processes, not for a core.
    maxWorkers: 3,
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'test/{aitp,shared,registry,runner,hosting,trust,control-plane,store,observability,api,cli,agents,renderer,conformance,fuzz,interop}/**/*.test.ts',
          ],
          exclude: ['test/aitp/platform/browser.test.ts', 'test/conformance/target.test.ts'],
          isolate: false,
        },
      },
      {
        // These start processes or a browser: each file gets a process of its own.
        test: {
          name: 'process',
          include: [
            'test/{supervisor,contract,scenarios,weakened,campaign,browser,desktop,repository}/**/*.test.{ts,tsx}',
            'test/aitp/platform/browser.test.ts',
            'test/conformance/target.test.ts',
          ],
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
