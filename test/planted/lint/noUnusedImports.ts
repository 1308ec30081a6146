import { resolve } from 'node:path'
export const here = 1
