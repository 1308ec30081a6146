export { fine } from '../aitp/fine.ts'
