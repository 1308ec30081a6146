/**
 * Ends this worker when its parent is gone, however it went: the parent holds the other end of our standard input,
 * and the system closes that with it.
 */
export function endWithParent(stop: () => void): void {
  process.stdin.on('end', stop)
  process.stdin.on('close', stop)
  process.stdin.on('error', stop)
  process.stdin.resume()
}
