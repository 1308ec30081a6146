/** There is more of an answer than anybody should read. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge'
}

/** Reads an answer as text and rejects with {@link AnswerTooLarge} beyond `mostBytes`; counted while reading, as a length header proves nothing. */
export async function readBounded(response: Response, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > mostBytes) {
      throw new AnswerTooLarge(`${response.url} answered with more than ${mostBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
