/**
 * How far this clock is behind the server's, in milliseconds, as an answer's Date header tells: 0 while they may be equal.
 * The header's seconds are cut, and the answer took its time, so the server's clock stood somewhere between two moments.
 */
export function skew(askedAt: number, answeredAt: number, date: string | null): number {
  const earliest = Date.parse(date ?? '')
  if (Number.isNaN(earliest)) return 0
  const latest = earliest + 1000
  if (answeredAt < earliest) return earliest - answeredAt
  if (askedAt > latest) return latest - askedAt
  return 0
}

let behind = 0

/** Learns from an answer what the server's clock shows. */
export function noteDate(askedAt: number, date: string | null): void {
  if (date) behind = skew(askedAt, Date.now(), date)
}

/** What the server's clock shows, in milliseconds since 1970. */
export const serverNow = (): number => Date.now() + behind
