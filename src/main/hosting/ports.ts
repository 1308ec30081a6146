/**
 * Hands out preferred ports so that agents of parallel runs do not ask for the same one. Whether the port is free
 * on this machine only binding can tell: a worker that finds it taken lets the system choose and says so.
 */
export interface PortAllocator {
  /** `base + offset` when no other agent has it, else the next one up; 0 ("any") when the base is 0. */
  allocate(offset: number): number
  release(port: number): void
}

export function createPortAllocator(base: number): PortAllocator {
  const inUse = new Set<number>()
  return {
    allocate(offset) {
      if (base === 0) return 0
      let port = base + offset
      while (inUse.has(port)) port += 1
      if (port > 65_535) return 0
      inUse.add(port)
      return port
    },
    release: (port) => void inUse.delete(port),
  }
}
