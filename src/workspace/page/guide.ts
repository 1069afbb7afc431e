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
    how: 'The deadlines of the next 90 days. Only you see the answer.',
    button: 'Run /contracts due',
  },
  act: {
    title: 'Act on a warning',
    how: 'Say that you are on it, put it off, or log an extension. Reset undoes everything.',
    button: 'Take me to a warning',
  },
  pass: {
    title: 'Let a month pass',
    how: 'The same daily check runs as in earnest, day by day.',
    button: 'Let 30 days pass',
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
        : html`<li><strong>${title}</strong><p>${how}</p><p class="row"><button type="button" class="button" data-step="${step}">${button}</button><button type="button" class="button plain" data-guide="${step}" aria-label="Dismiss: ${title}">Dismiss</button></p></li>`
    },
  )}</ol></section>`
}
