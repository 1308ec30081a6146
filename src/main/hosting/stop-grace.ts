/** How long a worker has between being asked to end and being killed. */
export const stopGraceMs = 3_000
