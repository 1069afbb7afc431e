/** HTML as a type of its own: text becomes markup by being escaped, or not at all. */
import { html as template } from 'hono/html'
import { type HtmlEscapedString, raw } from 'hono/utils/html'

export type Html = HtmlEscapedString

/** What may stand in a hole of a template; nothing is shown for null and false. */
export type HtmlPart = Html | string | number | null | false | readonly HtmlPart[]

/** A template whose holes are escaped unless they are markup already. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const made = template(strings, ...parts)
  if (made instanceof Promise) throw new TypeError('A page is written without waiting.')
  return made
}

/** Markup that another renderer made and vouches for. */
export function trusted(text: string): Html {
  return raw(text)
}

export const NOTHING = trusted('')

/** The attribute where it has a value: ` name="value"`, or ` name` for true. */
export function attribute(name: string, value: string | number | boolean | null | undefined): Html {
  if (value === null || value === undefined || value === false) return NOTHING
  return value === true ? trusted(` ${name}`) : html` ${trusted(name)}="${String(value)}"`
}
