import { RotateCcw, Square } from 'lucide-react'
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { duration } from '../../../shared/duration.ts'
import { isTerminalStatus, type RunRecord } from '../../../shared/run.ts'
import { useCancelRun, useScenarios, useStartRun } from '../../api/queries.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { PausedMark, RunStatusMark } from '../../components/run-status.tsx'
import { absoluteTime, useNow } from '../../components/time.tsx'
import { navigate, runHref, scenarioHref } from '../../store/router.ts'
import type { Connection } from '../../store/run-log.ts'
import type { Pace } from './pace.ts'
import { PaceControls } from './pace-controls.tsx'
import type { RunFacts } from './run-facts.ts'
import { usePace } from './use-pace.ts'

interface RunHeaderProps {
  readonly facts: RunFacts
  readonly connection: Connection
}

export function RunHeader({ facts, connection }: RunHeaderProps) {
  const { run, events } = facts
  const { data } = useScenarios()
  const control = usePace(facts)
  const name = data?.scenarios.find(({ ref }) => ref === run.scenario_ref)?.metadata.name
  const over = isTerminalStatus(run.status)
  return (
    <header className="run-header">
      <div className="run-title">
        <h1>
          <a href={scenarioHref(run.scenario_ref)}>{name ?? run.scenario_ref}</a>
        </h1>
        <p className="run-facts">
          <span role="status">
            {over ? (
              <RunStatusMark status={run.status} asExpected={run.as_expected} />
            ) : (
              <GoingOn run={run} pace={control.pace} />
            )}
          </span>
          <Elapsed run={run} lastOffsetMs={events.at(-1)?.offset_ms ?? 0} />
          <span className="muted">
            {run.imported ? 'imported, ' : ''}
            {run.template === null ? '' : `variant ${run.template}, `}
            started {absoluteTime(run.created_at)}
          </span>
          <span className="muted">
            run <code>{run.run_id.slice(0, 8)}</code>
            <CopyButton text={run.run_id} what="the run id" />
          </span>
        </p>
      </div>
      <div className="run-actions">
        {connection === 'live' && !over ? <span className="muted small">live</span> : null}
        {over ? (
          <RunAgain run={run} />
        ) : (
          <>
            <PaceControls control={control} />
            <Cancel run={run} />
          </>
        )}
      </div>
    </header>
  )
}

function GoingOn({ run, pace }: { readonly run: RunRecord; readonly pace: Pace }) {
  switch (pace.kind) {
    case 'going':
      return <RunStatusMark status={run.status} />
    case 'pausing':
      return <PausedMark words="Pausing after this step" />
    case 'paused':
      return <PausedMark words={pace.before === null ? 'Paused' : `Paused before ${pace.before}`} />
  }
}

function Elapsed({ run, lastOffsetMs }: { readonly run: RunRecord; readonly lastOffsetMs: number }) {
  if (isTerminalStatus(run.status)) return <span>{duration(lastOffsetMs)}</span>
  return <Running since={run.created_at} />
}

function Running({ since }: { readonly since: number }) {
  const now = useNow()
  return <span>{duration(Math.max(0, Math.floor(now / 1_000 - since)) * 1_000)}</span>
}

function RunAgain({ run }: { readonly run: RunRecord }) {
  const start = useStartRun()
  return (
    <>
      {start.error ? (
        <span role="alert" className="tone-refused small">
          {start.error.message}
        </span>
      ) : null}
      <Button
        className="button"
        isDisabled={start.isPending}
        onPress={() =>
          start.mutate(
            {
              scenario_ref: run.scenario_ref,
              inputs: run.inputs,
              template: run.template,
              run_label: run.run_label,
            },
            { onSuccess: ({ run_id }) => navigate(runHref(run_id)) },
          )
        }
      >
        <RotateCcw size={16} aria-hidden /> Run again
      </Button>
    </>
  )
}

function Cancel({ run }: { readonly run: RunRecord }) {
  const cancel = useCancelRun(run.run_id)
  return (
    <DialogTrigger>
      <Button className="button">
        <Square size={14} aria-hidden /> Cancel
      </Button>
      <ModalOverlay className="modal-overlay" isDismissable>
        <Modal className="modal">
          <Dialog role="alertdialog">
            {({ close }) => (
              <>
                <Heading slot="title" level={2}>
                  Cancel this run?
                </Heading>
                <p>
                  Its agents stop and no further step is executed. What was captured so far stays. A cancelled
                  run cannot be continued; it can be run again.
                </p>
                <div className="modal-actions">
                  <Button className="button" onPress={close}>
                    Keep it running
                  </Button>
                  <Button
                    className="button danger"
                    onPress={() => {
                      cancel.mutate()
                      close()
                    }}
                  >
                    Cancel the run
                  </Button>
                </div>
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  )
}
