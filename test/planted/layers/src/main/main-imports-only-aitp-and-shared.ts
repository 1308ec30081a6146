export { fine } from '../../agents/base/fine.ts'
