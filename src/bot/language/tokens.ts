/** What was typed, cut into words, quoted phrases and mentions. */
import { oneLine } from '../../messages/escape.ts'

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: 'user' | 'channel' | 'group'
      readonly id: string
      readonly name: string | null
    }

/** No more is read: a message in Slack is not longer either. */
const READ = 4000

// In this order: mentions as Slack escapes them, links, straight quotes ("" is one of them inside),
// curly quotes, single quotes around whole words, `name:` before a quote, a word.
const PIECE =
  /<@([UW][A-Z0-9]{1,20})(?:\|([^>]*))?>|<#([CGD][A-Z0-9]{1,20})(?:\|([^>]*))?>|<!subteam\^(S[A-Z0-9]{1,20})(?:\|([^>]*))?>|<((?:https?|mailto):[^>|]*)(?:\|[^>]*)?>|"((?:""|[^"])*)"|[“„”]([^“”„"]*)["“”]|['‘]([^'‘’]+)['’](?=\s|$)|([a-z]+:)(?=["“„‘'])|(\S+?)(?=<[@#!]|\s|$)/giu

/** The pieces of a text in order. Never fails: a quote that is not closed counts as no quote. */
export function tokens(typed: string): Token[] {
  const found: Token[] = []
  for (const match of oneLine(typed.slice(0, READ)).matchAll(PIECE)) {
    const [, user, userName, channel, channelName, group, groupName, link, ...quotes] = match
    const [straight, curly, single, name, word] = quotes
    if (user !== undefined) found.push(mention('user', user, userName))
    else if (channel !== undefined) found.push(mention('channel', channel, channelName))
    else if (group !== undefined) found.push(mention('group', group, groupName))
    else if (straight !== undefined) pushWord(found, straight.replaceAll('""', '"'), true)
    else if (curly !== undefined || single !== undefined)
      pushWord(found, curly ?? single ?? '', true)
    else pushWord(found, link ?? name ?? (word ?? '').replace(/^["“„]|["”]$/gu, ''), false)
  }
  return found
}

/** The tokens as one text again, as a person would read it. */
export function textOf(list: readonly Token[]): string {
  return list
    .map((token) => (token.kind === 'word' ? token.text : `@${token.name ?? token.id}`))
    .join(' ')
    .trim()
}

/** The word in lower case without the punctuation after it; null for quotes and mentions. */
export function wordAt(list: readonly Token[], index: number): string | null {
  const token = list[index]
  if (token?.kind !== 'word' || token.quoted) return null
  return token.text.toLowerCase().replace(/(?<=.)[,.;!?]+$/, '')
}

function mention(kind: 'user' | 'channel' | 'group', id: string, name: string | undefined): Token {
  return {
    kind,
    id: id.toUpperCase(),
    name: name === undefined || name === '' ? null : plain(name),
  }
}

function pushWord(found: Token[], source: string, quoted: boolean): void {
  const text = plain(source).trim()
  if (text !== '') found.push({ kind: 'word', text, quoted })
}

/** Slack sends these three characters escaped. */
function plain(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
