import type { Page } from 'playwright-core'

/** Returns the layout faults of a page's texts at its present size: one sentence each, which names the element. */
export const faultsOf = (page: Page): Promise<string[]> => page.evaluate(findFaults)

// Runs in the page, and so uses nothing from outside.
function findFaults(): string[] {
  const tolerance = 1.5 // pixels, for what browsers round
  const faults: string[] = []
  const width = document.documentElement.clientWidth

  const nameOf = (element: Element): string => {
    const words = (element.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 50)
    const where = element.closest('[id]')
    const own = element.tagName.toLowerCase() + (element.getAttribute('class') ? `.${element.classList[0]}` : '')
    return `${where ? `#${where.id} ` : ''}${own} “${words}”`
  }
  const isEditor = (element: Element): boolean => element.matches('.monaco-scrollable-element') // which scrolls by itself
  const isScroller = (element: Element): boolean => /auto|scroll/.test(getComputedStyle(element).overflowX) || isEditor(element)
  const scrollsDown = (element: Element): boolean => /auto|scroll/.test(getComputedStyle(element).overflowY) || isEditor(element)
  const ancestors = (element: Element): Element[] => {
    const list = []
    for (let at: Element | null = element; at; at = at.parentElement) list.push(at)
    return list
  }
  const canvas = document.createElement('canvas').getContext('2d')
  /** How far a text's letters stay below the top and above the bottom of its boxes, which have room for any letter. */
  const slackOf = (element: Element, text: string): { above: number; below: number } => {
    if (!canvas) return { above: 0, below: 0 }
    const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(element)
    // The computed `font` is empty where all digits have the same width.
    canvas.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`
    const ink = canvas.measureText(text)
    const above = ink.fontBoundingBoxAscent - ink.actualBoundingBoxAscent
    return { above, below: ink.fontBoundingBoxDescent - ink.actualBoundingBoxDescent }
  }
  /** Rows that the TV hides fade away, so they are not transparent at once. */
  const isForEyes = (element: Element): boolean =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !ancestors(element).some((it) => getComputedStyle(it).clipPath !== 'none' || it.matches('[data-hidden=true]'))
  /** What lies above or below all else on purpose, such as tabs and sheets, is compared only with itself. */
  const layerOf = (element: Element): Element =>
    ancestors(element).find((it) => {
      const { position, zIndex } = getComputedStyle(it)
      return /fixed|sticky/.test(position) || (position === 'absolute' && Number(zIndex) > 1)
    }) ?? document.body

  if (document.documentElement.scrollWidth > width + tolerance) {
    const wide = [...document.body.querySelectorAll('*')].filter((it) => it.getBoundingClientRect().right > width + tolerance)
    const reason = wide.find((it) => !ancestors(it).slice(1).some(isScroller))
    faults.push(`scrolls sideways: ${reason ? nameOf(reason) : 'the page'}`)
  }

  const isCovered = document.querySelector('[role=dialog], dialog[open]') !== null // what is below it can be scrolled again later
  const isStill = [document.body, document.documentElement].some((it) => getComputedStyle(it).overflowY === 'hidden')
  const cannotScroll = isStill && !isCovered
  interface Line {
    element: Element
    layer: Element
    box: { left: number; right: number; top: number; bottom: number }
  }
  const lines: Line[] = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    const text = node.textContent ?? ''
    if (!element || !text.trim() || /STYLE|SCRIPT|OPTION/.test(element.tagName) || !isForEyes(element)) continue
    const range = document.createRange()
    for (const { 0: word, index } of text.matchAll(/[\p{L}\p{N}_]+/gu)) {
      range.setStart(node, index)
      range.setEnd(node, index + word.length)
      const pieces = [...range.getClientRects()].filter((box) => box.width > 0)
      const isTooLong = pieces.reduce((sum, box) => sum + box.width, 0) > width / 2 // for a line that it shares
      if (new Set(pieces.map((box) => Math.round(box.top))).size > 1 && !isTooLong)
        faults.push(`breaks within “${word}”: ${nameOf(element)}`)
    }
    range.selectNodeContents(node)
    const layer = layerOf(element)
    const slack = slackOf(element, text)
    for (const rect of range.getClientRects()) {
      const box = { left: rect.left, right: rect.right, top: rect.top, bottom: rect.bottom }
      const ink = { top: rect.top + slack.above, bottom: rect.bottom - slack.below }
      let isScrolled = false
      let isScrolledDown = false
      for (const outer of ancestors(element)) {
        const style = getComputedStyle(outer)
        if (style.overflowX === 'visible' || outer === document.body || outer === document.documentElement) continue
        const clip = outer.getBoundingClientRect()
        isScrolled ||= isScroller(outer)
        isScrolledDown ||= scrollsDown(outer)
        const isBeyondClamp = style.webkitLineClamp !== 'none' && ink.top > clip.bottom - tolerance
        const cutY = ink.bottom > clip.bottom + tolerance || ink.top < clip.top - tolerance
        if (cutY && !isScrolledDown && !isBeyondClamp) faults.push(`cut above or below: ${nameOf(element)} by ${nameOf(outer)}`)
        if (isBeyondClamp) box.bottom = box.top // is not shown, and no fault
        const isShortened = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none'
        const cutX = box.right > clip.right + tolerance || box.left < clip.left - tolerance
        if (
          cutX &&
          !isShortened &&
          !isScrolled &&
          !ancestors(element).some((it) => getComputedStyle(it).textOverflow === 'ellipsis')
        )
          faults.push(`cut: ${nameOf(element)} by ${nameOf(outer)}`)
        box.left = Math.max(box.left, clip.left)
        box.right = Math.min(box.right, clip.right)
        box.top = Math.max(box.top, clip.top)
        box.bottom = Math.min(box.bottom, clip.bottom)
      }
      if (box.right - box.left < 1 || box.bottom - box.top < 1) continue
      const isHeld = cannotScroll || (layer !== document.body && getComputedStyle(layer).position === 'fixed')
      if (!isScrolledDown && isHeld && ink.bottom > window.innerHeight + tolerance)
        faults.push(`below the page: ${nameOf(element)}`)
      if (!isScrolledDown && ink.top + (isHeld ? 0 : window.scrollY) < -tolerance)
        faults.push(`above the page: ${nameOf(element)}`)
      if (!isScrolled && (box.left < -tolerance || box.right > width + tolerance)) faults.push(`outside: ${nameOf(element)}`)
      lines.push({ element, layer, box })
    }
  }

  for (const [n, a] of lines.entries()) {
    for (const b of lines.slice(n + 1)) {
      if (a.layer !== b.layer || a.element === b.element) continue
      const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left)
      const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top)
      const height = Math.min(a.box.bottom - a.box.top, b.box.bottom - b.box.top)
      // Boxes of neighbouring lines touch where lines are close; letters collide from a third of a line on.
      if (across > tolerance && down > height / 3) faults.push(`overlap: ${nameOf(a.element)} and ${nameOf(b.element)}`)
    }
  }
  return [...new Set(faults)]
}
