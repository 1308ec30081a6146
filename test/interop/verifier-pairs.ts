import type { Judge } from './judge.ts'
import type { Pair } from './pair.ts'

export const verifierPairs: readonly Pair<Judge>[] = []
