import { StartRun } from './src/shared/contract.ts'
import { createHost } from './src/main/host.ts'
import { openDataFolder } from './src/main/data-folder.ts'
import { launchChromium } from './test/browser/chromium.ts'
import { mkdtempSync } from 'node:fs'
const ids: Record<string,string> = {}
const refs = process.argv.slice(2)
const host = await createHost({ dataFolder: openDataFolder(mkdtempSync('/tmp/shoth')), scenariosDir: 'scenarios', agentsDir: 'out/agents', pagesDir: 'out/renderer', port: { from: 0 }, agentBasePort: 0, environment: { PATH: process.env.PATH }, version: '0' } as never)
const browser = await launchChromium()
for (const theme of ['dark', 'light'] as const) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: theme })
  await page.goto(host.browserAddress())
  await page.waitForTimeout(1500)
  await page.screenshot({ path: `/tmp/shots/library-${theme}.png` })
  for (const ref of refs) {
    const [path, template] = ref.split('+')
    const name = path.replace(/[/@]/g, '_')
    await page.goto(`http://127.0.0.1:${host.port}/#/scenarios/${path}`)
    await page.waitForTimeout(700)
    await page.screenshot({ path: `/tmp/shots/${name}-scenario-${theme}.png`, fullPage: true })
    if (theme === 'dark') {
      const run = await host.handlers.startRun(StartRun.parse({ scenario_ref: path, template: template ?? null }))
      for (;;) { const s = await host.handlers.getRunStatus({ run_id: run.run_id }); if (!['pending','running'].includes(s.status)) break; await new Promise(r => setTimeout(r, 200)) }
      ids[path] = run.run_id
    }
    await page.goto(`http://127.0.0.1:${host.port}/#/runs/${ids[path]}`)
    await page.waitForTimeout(1200)
    await page.screenshot({ path: `/tmp/shots/${name}-run-${theme}.png` })
    await page.screenshot({ path: `/tmp/shots/${name}-runfull-${theme}.png`, fullPage: true })
  }
  await page.close()
}
await browser.close(); await host.close()
