/** One request, and those that whoever gets it sends, one after another, before it answers. */
export interface BareRequest {
  readonly url: string
  readonly first: readonly BareRequest[]
}

export async function send({ url, first }: BareRequest): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ first }),
  })
  await response.arrayBuffer()
}
