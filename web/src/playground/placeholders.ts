import { type Answer, nameOf, type Tab } from './tabs'

/** The values of the placeholders, by name. */
export type Placeholders = Readonly<Record<string, string>>

const pattern = /\b[A-Z]+_[A-Z]+\b/g

/** Returns a copy of a JSON value in which the known placeholders are replaced. */
export function fillIn(value: unknown, known: Placeholders): unknown {
  const replace = (text: string) => text.replace(pattern, (name) => known[name] ?? name)
  return JSON.parse(JSON.stringify(value ?? {}), (_, inner: unknown) => (typeof inner === 'string' ? replace(inner) : inner))
}

/** Adds the values that an answer provides, whichever tab it belongs to. */
export function learn(known: Placeholders, tabs: readonly Tab[], data: Answer): Placeholders {
  const learned = tabs.flatMap((tab) => Object.entries(tab.provides ?? {})).map(([name, find]) => [name, find(data)] as const)
  return { ...known, ...Object.fromEntries(learned.filter((entry): entry is [string, string] => Boolean(entry[1]))) }
}

/** If a placeholder in a value is still unknown, returns a message with the tab to run first; otherwise null. */
export function missingPlaceholder(value: unknown, tabs: readonly Tab[]): string | null {
  for (const [name] of JSON.stringify(value).matchAll(pattern)) {
    const tab = tabs.find(({ provides }) => provides && name in provides)
    if (tab) return `Not sent: ${name} has no value yet. Run the tab ${nameOf(tab)} first.`
  }
  return null
}
