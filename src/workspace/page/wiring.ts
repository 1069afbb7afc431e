/** How a control is tied to its label, its notes and the page's script. */
export interface Wiring {
  /** For the label's `for`; without it the control carries the label itself. */
  readonly id: string | null
  readonly label: string
  /** The id of what explains or complains. */
  readonly describedBy: string | null
  /** Whether a change is sent at once. */
  readonly acts: boolean
}
