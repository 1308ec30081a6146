async function save(): Promise<void> {}
export function stop(): void {
  save()
}
