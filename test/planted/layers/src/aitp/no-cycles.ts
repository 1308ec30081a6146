import { back } from './no-cycles-back.ts'
export const forth = () => back
