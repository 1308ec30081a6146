import { Buffer } from 'node:buffer'
export const size = (bytes: Buffer) => bytes.length
