import type { Aitp } from '../../src/aitp/index.ts'

/**
 * The protocol library, whose reports here also say in `ms` how long the verification took. It has no clock of its own;
 * the time runs from the announcement of the table to the last outcome.
 */
export function withTimedReports(aitp: Aitp): Aitp {
  return {
    ...aitp,
    createCollector() {
      const collector = aitp.createCollector()
      let startedMs = 0
      let endedMs = 0
      return {
        begin(table) {
          collector.begin(table)
          startedMs = performance.now()
          endedMs = startedMs
        },
        record(id, outcome) {
          collector.record(id, outcome)
          endedMs = performance.now()
        },
        refuse: (code) => collector.refuse(code),
        report: (subject, now) => ({ ...collector.report(subject, now), ms: endedMs - startedMs }),
      }
    },
  }
}
