/** What people press and choose in, as HTML that works with the keyboard by itself. */
import type { Element } from '../content/elements.ts'
import type { Interactive } from '../fields.ts'
import { controlHtml, isControl } from './controls.ts'
import { attribute, type Html, html, NOTHING } from './html.ts'
import { linkHtml } from './link.ts'
import type { Spot } from './look.ts'
import { plainHtml } from './mrkdwn.ts'

type Button = Extract<Element, { type: 'button' }>
type Overflow = Extract<Element, { type: 'overflow' }>

/** An element outside of an input block: it acts at once. */
export function elementHtml(element: Interactive, spot: Spot): Html {
  if (element.type === 'button') return buttonHtml(element, spot)
  if (element.type === 'overflow') return overflowHtml(element, spot)
  if (!isControl(element)) return NOTHING
  const placeholder = 'placeholder' in element ? element.placeholder?.text : undefined
  const label = placeholder ?? 'Choose'
  return controlHtml(element, spot, { id: null, label, describedBy: null, acts: true })
}

function buttonHtml(button: Button, { blockId, look }: Spot): Html {
  const { text, value, style, url, accessibility_label, action_id } = button
  const inner = plainHtml(text.text)
  const classes = ['button', ...(style === undefined ? [] : [style])].join(' ')
  if (url !== undefined) {
    return linkHtml(look.here(url) ?? url, inner, {
      className: classes,
      label: accessibility_label,
    })
  }
  return html`<button type="button" class="${classes}" data-act="${action_id ?? ''}" data-block="${blockId}"${attribute('data-value', value)}${attribute('aria-label', accessibility_label)}${confirmation(button)}>${inner}</button>`
}

function overflowHtml(overflow: Overflow, { blockId }: Spot): Html {
  const act = overflow.action_id ?? ''
  return html`<details class="overflow"><summary class="button" aria-label="More actions" title="More actions">⋯</summary><ul>${overflow.options.map(
    ({ text, value, url, description }) => {
      const inner = html`${plainHtml(text.text)}${description === undefined ? NOTHING : html`<small>${description.text}</small>`}`
      return url === undefined
        ? html`<li><button type="button" data-act="${act}" data-block="${blockId}" data-value="${value}"${confirmation(overflow)}>${inner}</button></li>`
        : html`<li>${linkHtml(url, inner)}</li>`
    },
  )}</ul></details>`
}

/** The question that is asked before the act, for the page's script. */
function confirmation({ confirm }: Pick<Button, 'confirm'>): Html {
  return confirm === undefined
    ? NOTHING
    : attribute(
        'data-confirm',
        JSON.stringify(
          [confirm.title, confirm.text, confirm.confirm, confirm.deny].map(
            (one) => one?.text ?? '',
          ),
        ),
      )
}
