/** 3:07, or 1:02:03. */
export function length(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** The time of day, as people of this language write it here: the British count to 24, Americans to 12. */
export const timeOfDay = (at: Date | string, language: string, wanted: readonly string[] = navigator.languages): string =>
  new Date(at).toLocaleTimeString(wanted.find((tag) => tag.startsWith(language)) ?? language, {
    hour: '2-digit',
    minute: '2-digit',
  })
