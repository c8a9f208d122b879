/** Formats a duration in milliseconds as 3:07 or 1:02:03. */
export function length(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** Formats the time of day for the browser's region in the chosen language, such as 20:05 in Britain and 08:05 PM in America. */
export const timeOfDay = (at: Date | string, language: string, preferred: readonly string[] = navigator.languages): string =>
  new Date(at).toLocaleTimeString(preferred.find((tag) => tag.startsWith(language)) ?? language, {
    hour: '2-digit',
    minute: '2-digit',
  })
