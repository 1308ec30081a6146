/** The `Host` values under which a server on loopback is addressed as itself. */
export function ownAuthorities(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`]
}
