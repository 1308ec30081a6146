export { fine } from './platform/fine.ts'
