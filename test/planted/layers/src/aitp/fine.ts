export const fine = 1
export type Fine = typeof fine
