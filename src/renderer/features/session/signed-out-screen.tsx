import { KeyRound } from 'lucide-react'
import type { SignedOut } from '../../api/session.ts'

const whys: Record<SignedOut, string> = {
  no_code: 'This address carries no key, so the console does not answer it.',
  code_spent: 'The key in this address was used already; each works once.',
  refused: 'The console no longer takes the key of this tab. It was probably started anew.',
}

export function SignedOutScreen({ reason }: { readonly reason: SignedOut }) {
  return (
    <main className="signed-out">
      <div className="signed-out-text">
        <KeyRound size={28} aria-hidden className="muted" />
        <h1>Open the address that npm start printed</h1>
        <p>{whys[reason]}</p>
        <p className="muted">
          Go to the terminal where <code>npm start</code> runs and open the whole address it printed, with
          everything after the <code>#</code>. Only who can read that terminal can use this console. To open
          it in another tab or browser, start it again or ask for a new address there.
        </p>
      </div>
    </main>
  )
}
