/** A request that cannot be carried out as it stands: told in one sentence with what to do. */
export class UserError extends Error {
  /** Details, one line each, where there are several things to put right. */
  readonly problems: readonly unknown[]
  /** The field of a form that it is about; null where it is about the whole. */
  readonly field: string | null
  constructor(message: string, problems: readonly unknown[] = [], field: string | null = null) {
    super(message)
    this.name = 'Refusal'
    this.problems = problems
    this.field = field
  }
}

/** The contract was removed while it was being worked on. */
export class ContractGone extends UserError {
  constructor() {
    super('That contract is gone: it may have been removed with its register.')
  }
}
