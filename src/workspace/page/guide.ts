/** The first minutes: three things to do, each gone when it is done or waved away. */
import { type Html, html, NOTHING } from './html.ts'

export const STEPS = ['see', 'act', 'pass'] as const
export type Step = (typeof STEPS)[number]

export interface Guide {
  readonly settled: ReadonlySet<Step>
}

const WORDS: Readonly<
  Record<Step, { readonly title: string; readonly how: string; readonly button: string }>
> = {
  see: {
    title: 'See what is due',
    how: 'For the next 90 days. Only you see the answer.',
    button: 'Show what is due',
  },
  act: {
    title: 'Act on a warning',
    how: 'Be on it, put it off, or extend. Reset undoes it.',
    button: 'To a warning',
  },
  pass: {
    title: 'Let a month pass',
    how: 'The daily check runs as in earnest.',
    button: '+30 days',
  },
}

export function guideHtml({ settled }: Guide): Html {
  const left = STEPS.filter((step) => !settled.has(step))
  if (left.length === 0) return NOTHING
  return html`<section class="guide" aria-labelledby="guide-title"><header><h2 id="guide-title">Three first steps</h2><button type="button" class="button icon" data-guide="all" aria-label="Dismiss the guide">×</button></header><ol>${STEPS.map(
    (step) => {
      const { title, how, button } = WORDS[step]
      return settled.has(step)
        ? html`<li class="done"><strong>${title}</strong> <span>Done</span></li>`
        : html`<li><strong>${title}</strong><p>${how}</p><p class="row"><button type="button" class="button" data-step="${step}">${button}</button><button type="button" class="button icon" data-guide="${step}" aria-label="Dismiss: ${title}">×</button></p></li>`
    },
  )}</ol></section>`
}
