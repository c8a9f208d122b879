const setBack = 60 * 60 * 1000 // milliseconds by which clocks are set back

/**
 * The next moment after now with this local time of day, such as 23:30. On the night when the clocks are set back, a time occurs
 * twice: it returns the next of the two. A time that is skipped when they are set forward is moved by the length of the gap.
 */
export function nextTimeOfDay(time: string, now: number): Date {
  const [hours, minutes] = time.split(':').map(Number)
  const today = new Date(now)
  const on = (day: number) => new Date(today.getFullYear(), today.getMonth(), today.getDate() + day, hours, minutes)
  const again = new Date(on(0).getTime() + setBack)
  const candidates = timeOfDay(again) === timeOfDay(on(0)) ? [on(0), again] : [on(0)]
  return candidates.find((at) => at.getTime() > now) ?? on(1)
}

/** The local time of day of a moment, in the format of the browser's time fields. */
export const timeOfDayAt = (at: string): string => timeOfDay(new Date(at))

function timeOfDay(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}
