/** HTML as a type of its own: text becomes markup by being escaped, or not at all. */

/** Markup that is safe to send. Only this file makes it from text. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
}

/** What may stand in a hole of a template; nothing is shown for null and false. */
export type HtmlPart = Html | string | number | null | false | readonly HtmlPart[]

export const NOTHING = new Html('')

/** A template whose holes are escaped unless they are markup already. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let text = strings[0] ?? ''
  for (const [index, part] of parts.entries()) text += written(part) + (strings[index + 1] ?? '')
  return new Html(text)
}

/** Markup that another renderer made and vouches for. */
export function trusted(text: string): Html {
  return new Html(text)
}

/** The attribute where it has a value: ` name="value"`, or ` name` for true. */
export function attribute(name: string, value: string | number | boolean | null | undefined): Html {
  if (value === null || value === undefined || value === false) return NOTHING
  return value === true ? trusted(` ${name}`) : html` ${trusted(name)}="${String(value)}"`
}

function written(part: HtmlPart): string {
  if (part === null || part === false) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part))
  return part.map(written).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
}
