const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/ // Hebrew, Arabic, and their neighbours

const done = new WeakMap<object, object>() // so that the same texts stay the same object, as effects of React expect

/**
 * Returns a page's texts with names in Arabic or Hebrew isolated from what is around them in a sentence: else they reorder the
 * words and numbers beside them. It is what bdi does, for sentences that are not elements, such as labels and titles.
 */
export function isolateNames<Texts extends object>(texts: Texts): Texts {
  const before = done.get(texts)
  if (before) return before as Texts
  const isolated = inTexts(texts)
  done.set(texts, isolated)
  return isolated
}

function inTexts<Text>(text: Text): Text {
  if (typeof text === 'function') return ((...values: unknown[]) => inTexts(text(...values.map(inName)))) as Text
  if (typeof text !== 'object' || text === null) return text
  return Object.fromEntries(Object.entries(text).map(([key, value]) => [key, inTexts(value)])) as Text
}

function inName(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inName)
  return typeof value === 'string' && rightToLeft.test(value) ? `\u2068${value}\u2069` : value
}
