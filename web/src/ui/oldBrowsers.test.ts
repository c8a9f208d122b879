import { readdirSync, readFileSync } from 'node:fs'
import { transform } from 'lightningcss'
import { expect, test } from 'vitest'

const sources = new URL('../', import.meta.url)
const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.css') && !name.startsWith('playground/'),
)
const version = (major: number, minor = 0) => (major << 16) | (minor << 8)

/** The style sheets as built for the oldest browsers, Chrome 87 and Safari 14, in their syntax as far as that is possible. */
const built = files.map((name): [string, string] => {
  const targets = { chrome: version(87), safari: version(14), ios_saf: version(14) }
  const { code } = transform({ filename: name, code: readFileSync(new URL(name, sources)), targets })
  return [name, code.toString()]
})

/** Features that these browsers do not support. They belong into an @supports block, after a fallback. */
const youngValues = /\b\d+(?:\.\d+)?(?:cq[iwbh]|cqmin|cqmax|[dsl]v[hwib])\b|\bclip\b|color-mix\(|\bfit-content\b/
const youngSelectors = /:is\(|:where\(|:dir\(/ // one of them makes a browser ignore the whole rule
const youngAtRules = /@(?:layer|scope)\b/
/** Properties that a page can do without. */
const withoutFallback = /^(?:overscroll-|scrollbar-|text-wrap|accent-color|container|overflow-clip-margin|clip-path)/

/** The declarations of each rule, by its selector. */
function* rules(css: string): Generator<[selector: string, declarations: [name: string, value: string][]]> {
  for (const [, selector = '', body = ''] of css.matchAll(/([^{};]+)\{([^{}]*)\}/g)) {
    const declarations = body.split(';').map((text) => text.split(/:(.*)/s).map((part) => part.trim()))
    yield [selector.trim(), declarations.filter(([name]) => name).map(([name = '', value = '']) => [name, value])]
  }
}

test.each(built)('%s: the oldest browsers understand it, or have something instead', (_, css) => {
  const problems: string[] = []
  if (youngAtRules.test(css)) problems.push(`${css.match(youngAtRules)}`)
  const always = css.replace(/@supports \([^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}/g, '')
  for (const [selector, declarations] of rules(always)) {
    if (youngSelectors.test(selector)) problems.push(selector)
    if (selector.includes(':has(') && selector.includes(',')) problems.push(`${selector}: not alone`)
    for (const [name, value] of declarations) {
      if (!youngValues.test(value) || withoutFallback.test(name)) continue
      problems.push(`${selector} { ${name}: ${value} }`)
    }
  }
  if (/[{;]\s*aspect-ratio:/.test(css) && !/@supports not \(aspect-ratio: 1\)/.test(css)) problems.push('aspect-ratio')
  if (/[{;]\s*inset(?:-[a-z]+)?:/.test(css)) problems.push('inset')
  expect(problems).toEqual([])
})
