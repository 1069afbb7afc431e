/** A modal or the Home, as people see it. */
import type { ViewSource } from '../content/view.ts'
import type { Values } from '../views.ts'
import { blocksHtml } from './blocks.ts'
import { attribute, type Html, html, NOTHING } from './html.ts'
import type { Look } from './look.ts'

export interface OpenView {
  readonly id: string
  readonly source: ViewSource
  readonly values: Values
}

/** @param errors what is wrong with each field, by block id. */
export function modalHtml(
  { id, source, values }: OpenView,
  look: Look,
  errors: Readonly<Record<string, string>> = {},
): Html {
  if (source.type !== 'modal') return NOTHING
  const blocks = blocksHtml(source.blocks, { surface: id, values, errors, look })
  const close = source.close?.text ?? 'Close'
  return html`<form class="modal" data-view="${id}" novalidate aria-labelledby="modal-title"><header><h2 id="modal-title">${source.title.text}</h2><button type="button" class="button icon" data-close aria-label="Close">×</button></header><div class="modal-body">${blocks}</div><footer><button type="button" class="button" data-close>${close}</button>${
    source.submit === undefined
      ? NOTHING
      : html`<button type="submit" class="button primary">${source.submit.text}</button>`
  }</footer></form>`
}

export function homeHtml({ id, source, values }: OpenView, look: Look): Html {
  const blocks = blocksHtml(source.blocks, { surface: id, values, errors: {}, look })
  return html`<div class="home" data-view="${id}"${attribute('data-home', true)}>${blocks}</div>`
}
