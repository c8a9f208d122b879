/**
 * A person's colour and initial. size is in pixels; without it, the page's style sheet decides. The colour comes from the id,
 * which tells two people of the same name apart.
 */
export function Avatar({ id, name, size }: { id: string; name: string; size?: number }) {
  const style = {
    ...(size && { width: size, height: size, fontSize: size * 0.5 }),
    backgroundColor: `hsl(${hueOf(id)}, 75%, 78%)`,
  }
  return (
    <span className="avatar" style={style} aria-hidden="true">
      {initialOf(name)}
    </span>
  )
}

const hues = 12 // colours further apart can be told from each other at a glance

/** The hue of a person, in degrees. */
export function hueOf(id: string): number {
  let hash = 0
  for (const letter of id) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0
  return (hash % hues) * (360 / hues)
}

/** The first letter or emoji of a name. */
export const initialOf = (name: string): string => {
  const [first = ''] = name.trim().match(/^\p{Emoji_Presentation}(?:\u200d\p{Emoji}\ufe0f?)*|^./u) ?? []
  return first.toLocaleUpperCase()
}
