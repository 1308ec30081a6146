import { z } from 'zod'

/** `terms`: for who knows the protocol. `plain`: for everybody else, with the section to read on in. */
export const Voice = z.enum(['terms', 'plain'])
export type Voice = z.infer<typeof Voice>
