export { fine } from '../writer/fine.ts'
