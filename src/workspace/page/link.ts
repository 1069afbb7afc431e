/** Links that lead out of the page. */
import { attribute, type Html, html, type Part } from './html.ts'

/** A link to a page or an address to write to; where it would lead anywhere else, its words alone. */
export function linkHtml(
  address: string,
  words: Part,
  { className, label }: { readonly className?: string; readonly label?: string | undefined } = {},
): Html {
  return /^(?:https?:|mailto:|\/files\/)/i.test(address)
    ? html`<a${attribute('class', className)} href="${address}" target="_blank" rel="noreferrer noopener"${attribute('aria-label', label)}>${words}</a>`
    : html`${words}`
}
