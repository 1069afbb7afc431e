/** The markdown block, by the library that reads it as Slack does. */
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { Message } from 'slack-blocks-to-jsx'
import { type Html, trusted } from './html.ts'

/** Its frame's ids stand once for each block and its classes mean nothing here: both are taken away. */
export function markdownHtml(text: string): Html {
  const made = renderToStaticMarkup(
    createElement(Message, {
      blocks: [{ type: 'markdown', text }],
      name: '',
      logo: '',
      time: new Date(0),
      withoutWrapper: true,
    }),
  )
  return trusted(made.replace(/ (?:id|class|data-theme|style)="[^"]*"/g, ''))
}
