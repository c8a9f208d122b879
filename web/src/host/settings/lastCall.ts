/** The next moment after now with this local time of day, such as 23:30. */
export function nextTimeOfDay(time: string, now: number): Date {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  const at = new Date(now)
  at.setHours(hours, minutes, 0, 0)
  if (at.getTime() <= now) at.setDate(at.getDate() + 1)
  return at
}

/** The local time of day of a moment, in the format of the browser's time fields. */
export function timeOfDayAt(at: string): string {
  const date = new Date(at)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}
