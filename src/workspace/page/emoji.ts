/** The few emoji that a warning's severity is shown by, drawn here: not every machine has a font of them. */
import { type Html, html, trusted } from './html.ts'

const CIRCLES: Readonly<Record<string, { readonly name: string; readonly colour: string }>> = {
  '🔴': { name: 'red circle', colour: '#d92d3a' },
  '🟠': { name: 'orange circle', colour: '#f5871f' },
  '🟡': { name: 'yellow circle', colour: '#f5c518' },
  '🔵': { name: 'blue circle', colour: '#2f8be6' },
  '🟢': { name: 'green circle', colour: '#2aa567' },
  '⚪': { name: 'white circle', colour: '#d5d8dc' },
}
const CIRCLE = new RegExp(`(${Object.keys(CIRCLES).join('|')})`, 'u')

/** The text, escaped, with drawn circles. */
export function emojiText(text: string): Html {
  return html`${text.split(CIRCLE).map((part) => {
    const circle = CIRCLES[part]
    return circle === undefined ? part : drawn(circle.name, circle.colour)
  })}`
}

function drawn(name: string, colour: string): Html {
  const svg = trusted(
    `<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="7" fill="${colour}"/></svg>`,
  )
  return html`<span class="emoji" role="img" aria-label="${name}">${svg}</span>`
}
