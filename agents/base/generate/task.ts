/** A text to be written, and how to write it without a model. */
export interface GenerationTask {
  /** Name of the kind of work, e.g. `research`. */
  readonly task: string
  readonly topic?: string
  readonly commissionedBy: string | null
  readonly system: string
  readonly prompt: string
  /** The text when no model is asked: made from the input, the same for the same input. */
  readonly offline: () => string
}
