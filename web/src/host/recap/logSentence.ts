import type { EveningMessages } from './messages'

interface Deed {
  kind: string
  detail: string | null
}

type Words = Pick<EveningMessages, 'deeds' | 'unknown' | 'roles' | 'undone' | 'settings'>

/** The sentence of something that was done, with places for who, song, whom and what. */
export const sentenceOf = ({ kind, detail }: Deed, own: Words): string =>
  own.deeds[`${kind}_${detail}`] ?? own.deeds[kind] ?? own.unknown

/** What stands for {what} in the sentence: a detail in words or, of a deed that is not known, what there is of it. */
export function whatOf({ kind, detail }: Deed, own: Words): string {
  if (!(kind in own.deeds)) return [kind, detail].filter(Boolean).join(' ')
  const words: Record<string, Record<string, string>> = { SETTINGS: own.settings, ROLE: own.roles, UNDONE: own.undone }
  const known = words[kind] ?? {}
  return (detail ?? '')
    .split(', ')
    .map((each) => known[each] ?? each)
    .join(', ')
}

/** A sentence in pieces: the text, and the names of the places in it. */
export const piecesOf = (sentence: string): { text?: string; place?: string }[] =>
  sentence.split(/(\{\w+\})/).map((piece) => (piece.startsWith('{') ? { place: piece.slice(1, -1) } : { text: piece }))
