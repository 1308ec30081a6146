async function isReady(): Promise<boolean> {
  return false
}
export function start(): string {
  if (isReady()) return 'always taken: a promise is true'
  return 'never'
}
