/** Block Kit as HTML, block by block. */
import type { Block } from '../content/blocks.ts'
import { elementHtml } from './elements.ts'
import { attribute, type Html, html, NOTHING } from './html.ts'
import { inputHtml } from './input.ts'
import type { Look, Spot } from './look.ts'
import { plainHtml } from './mrkdwn.ts'
import { richTextHtml } from './rich-text.ts'
import { tableHtml } from './table.ts'
import { textHtml } from './text.ts'

type Picture = Extract<Block, { type: 'image' }>
type Section = Extract<Block, { type: 'section' }>

/** The blocks in their order. The ids of blocks must have been given before. */
export function blocksHtml(blocks: readonly Block[], spot: Omit<Spot, 'blockId'>): Html {
  return html`${blocks.map((block) => blockHtml(block, { ...spot, blockId: block.block_id ?? '' }))}`
}

function blockHtml(block: Block, spot: Spot): Html {
  const { look } = spot
  switch (block.type) {
    case 'section':
      return sectionHtml(block, spot)
    case 'header':
      return html`<h3 class="block header">${plainHtml(block.text.text)}</h3>`
    case 'context':
      return html`<div class="block context">${block.elements.map((element) =>
        element.type === 'image'
          ? pictureHtml(element, look, 'small')
          : html`<span>${textHtml(element, look)}</span>`,
      )}</div>`
    case 'actions':
      return html`<div class="block actions">${block.elements.map((element) =>
        elementHtml(element, spot),
      )}</div>`
    case 'image':
      return imageHtml(block, look)
    case 'divider':
      return html`<hr class="block">`
    case 'rich_text':
      return html`<div class="block">${richTextHtml(block, look)}</div>`
    case 'input':
      return inputHtml(block, spot)
    case 'markdown':
      return html`<pre class="block markdown">${block.text}</pre>`
    case 'table':
      return tableHtml(block, look)
  }
}

function sectionHtml({ text, fields, accessory }: Section, spot: Spot): Html {
  const { look } = spot
  const beside =
    accessory === undefined
      ? NOTHING
      : html`<div class="accessory">${
          accessory.type === 'image'
            ? pictureHtml(accessory, look, 'beside')
            : elementHtml(accessory, spot)
        }</div>`
  return html`<div class="block section"><div class="words">${
    text === undefined ? NOTHING : html`<div>${textHtml(text, look)}</div>`
  }${
    fields === undefined
      ? NOTHING
      : html`<div class="fields">${fields.map((field) => html`<div>${textHtml(field, look)}</div>`)}</div>`
  }</div>${beside}</div>`
}

function imageHtml(block: Picture, look: Look): Html {
  const title =
    block.title === undefined ? NOTHING : html`<figcaption>${block.title.text}</figcaption>`
  return html`<figure class="block image">${title}${pictureHtml(block, look, 'whole')}</figure>`
}

type PictureSource = Pick<Picture, 'alt_text' | 'image_url' | 'slack_file'>

/** Nothing is loaded from elsewhere: a picture of another site is told of, not shown. */
function pictureHtml(picture: PictureSource, look: Look, kind: string): Html {
  const source = sourceOf(picture, look)
  return source === null
    ? html`<span class="no-picture">Picture: ${picture.alt_text}</span>`
    : html`<img class="${kind}" src="${source}" alt="${picture.alt_text}"${attribute('loading', 'lazy')}>`
}

function sourceOf({ image_url, slack_file }: PictureSource, look: Look): string | null {
  if (slack_file !== undefined) {
    const named = slack_file.id ?? /\/(F[A-Z0-9]+)(?:\/|$)/.exec(slack_file.url ?? '')?.[1]
    return named === undefined ? null : look.file(named)
  }
  return image_url?.startsWith('data:image/') ? image_url : null
}
