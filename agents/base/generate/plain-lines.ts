/** The lines of a text that say something, without the marks of a list. */
export function plainLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^[-*#\s]+/, '').trim())
    .filter((line) => line !== '')
}
