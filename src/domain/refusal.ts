/** A request that cannot be carried out as it stands: told in one sentence with what to do. */
export class Refusal extends Error {
  /** Details, one line each, where there are several things to put right. */
  readonly problems: readonly unknown[]
  constructor(message: string, problems: readonly unknown[] = []) {
    super(message)
    this.name = 'Refusal'
    this.problems = problems
  }
}
