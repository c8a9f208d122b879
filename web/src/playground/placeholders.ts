import { type Answer, nameOf, type Tab } from './tabs'

/** What the words in capitals stand for. */
export type Words = Readonly<Record<string, string>>

const word = /\b[A-Z]+_[A-Z]+\b/g

/** Returns a copy of a JSON value in which the words are replaced, as far as they are known. */
export function fillIn(value: unknown, words: Words): unknown {
  const replace = (text: string) => text.replace(word, (name) => words[name] ?? name)
  return JSON.parse(JSON.stringify(value ?? {}), (_, inner: unknown) => (typeof inner === 'string' ? replace(inner) : inner))
}

/** Adds what an answer explains, whichever tab it was asked for in. */
export function learn(words: Words, story: readonly Tab[], data: Answer): Words {
  const learned = story.flatMap((tab) => Object.entries(tab.gives ?? {})).map(([name, find]) => [name, find(data)] as const)
  return { ...words, ...Object.fromEntries(learned.filter((entry): entry is [string, string] => Boolean(entry[1]))) }
}

/** Which tab has to be run first, in a sentence, if a word of the story is still left in a value; else null. */
export function whatIsMissing(value: unknown, story: readonly Tab[]): string | null {
  for (const [name] of JSON.stringify(value).matchAll(word)) {
    const tab = story.find(({ gives }) => gives && name in gives)
    if (tab) return `Not sent: nobody knows yet what ${name} is. Run the tab ${nameOf(tab)} first.`
  }
  return null
}
