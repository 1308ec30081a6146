import { useEffect } from 'react'
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { create } from 'zustand'
import { isTyping } from '../store/shortcuts.ts'
import { Mark, type MarkState } from './mark.tsx'

const useSheet = create<{ readonly open: boolean }>()(() => ({ open: false }))

export function showShortcuts(): void {
  useSheet.setState({ open: true })
}

const groups = [
  {
    title: 'Everywhere',
    rows: [
      [['/'], 'Search or filter'],
      [['?'], 'This sheet'],
    ],
  },
  {
    title: 'In a run',
    rows: [
      [['1', '2', '3', '4', '5'], 'Sequence, timeline, output, Control Plane, trust'],
      [['6'], 'Wire inspector'],
      [[']', '['], 'Next and previous failure, with its checks'],
      [['Space'], 'Pause and resume'],
      [['.'], 'Single step: one step, then stand still'],
      [['Esc'], 'Close the inspector'],
    ],
  },
  {
    title: 'In the sequence and the timeline',
    rows: [
      [['Up', 'Down'], 'Previous and next'],
      [['Home', 'End'], 'First and last'],
      [['Left', 'Right'], 'Fold and unfold a conversation'],
      [['Enter'], 'Select, and show in every lens'],
    ],
  },
  {
    title: 'In the trust matrix',
    rows: [
      [['Up', 'Down', 'Left', 'Right'], 'From cell to cell'],
      [['Home', 'End'], 'First and last of a row; with Ctrl, of the matrix'],
      [['Enter'], 'Select the event that made it so'],
    ],
  },
] as const

const marks: readonly (readonly [MarkState, string])[] = [
  ['valid', 'Valid: verified and accepted'],
  ['pending', 'Pending: not known yet'],
  ['expiring', 'Expiring or stale'],
  ['expired', 'Expired or ended'],
  ['refused', 'Refused or failed (denied)'],
  ['revoked', 'Revoked'],
  ['unpinned', 'Unpinned: reachable, but nothing to compare its identity with'],
  ['skipped', 'Skipped, with the reason beside it'],
]

export function ShortcutSheet() {
  const open = useSheet((sheet) => sheet.open)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === '?' && !isTyping(event)) showShortcuts()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return (
    <ModalOverlay
      className="modal-overlay"
      isOpen={open}
      onOpenChange={(next) => useSheet.setState({ open: next })}
      isDismissable
    >
      <Modal className="modal">
        <Dialog>
          <Heading slot="title" level={2}>
            Keys and marks
          </Heading>
          {groups.map(({ title, rows }) => (
            <section key={title} className="shortcut-group">
              <h3>{title}</h3>
              <dl>
                {rows.map(([keys, meaning]) => (
                  <div key={meaning}>
                    <dt>
                      {keys.map((key) => (
                        <kbd key={key} className="shortcut">
                          {key}
                        </kbd>
                      ))}
                    </dt>
                    <dd>{meaning}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
          <section className="shortcut-group">
            <h3>Marks</h3>
            <dl>
              {marks.map(([state, meaning]) => (
                <div key={state}>
                  <dt>
                    <Mark state={state} />
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
          <div className="modal-actions">
            <Button slot="close" className="button">
              Close
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
