export { fine } from '../main/fine.ts'
export type { Fine } from '../aitp/fine.ts'
