export { fine } from '../main/fine.ts'
