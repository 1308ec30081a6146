export { fine } from '../../src/main/fine.ts'
