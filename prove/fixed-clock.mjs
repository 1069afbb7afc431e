// Preloaded into a process of the program: its clock starts at FIXED_CLOCK (ISO 8601) and goes on from there.
const RealDate = Date
const shift = RealDate.parse(process.env.FIXED_CLOCK) - RealDate.now()

globalThis.Date = class FixedDate extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + shift)
    else super(...parts)
  }

  static now() {
    return RealDate.now() + shift
  }
}
