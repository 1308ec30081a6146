export type { Fine } from '../shared/fine.ts'
