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
        <h1>Open a new address</h1>
        <p>{whys[reason]}</p>
        <p className="muted">
          In another terminal run <code>npm run console -- serve</code>, or <code>npm start</code> where
          nothing runs yet, and open the whole address it prints, with everything after the <code>#</code>.
          Each works once, and only who can read that terminal can use this console.
        </p>
      </div>
    </main>
  )
}
