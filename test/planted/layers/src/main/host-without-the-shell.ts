export { fine } from './fine.electron.ts'
