/** The header fields of a received message, by their names in lower case, as Node gives them. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>
