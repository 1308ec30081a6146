/** The header fields of a received message, by their names in lower case, as Node gives them. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>

/** On a call to an agent's `/admin`, with the value `away`: the host has had no answer from the Control Plane. */
export const controlPlaneHeader = 'x-aitp-control-plane'
