/** The bounds, in milliseconds, between which this clock is behind the server's. */
export interface Skew {
  least: number
  most: number
}

/**
 * Narrows what is known by an answer's Date header. Its seconds are cut, and the answer took its time, so the server's clock
 * stood somewhere between two moments. Where that does not fit what was known, a clock has been set, and it begins anew.
 */
export function narrow(known: Skew, askedAt: number, answeredAt: number, date: string | null): Skew {
  const second = Date.parse(date ?? '')
  if (Number.isNaN(second)) return known
  const told = { least: second - answeredAt, most: second + 1000 - askedAt }
  const both = { least: Math.max(known.least, told.least), most: Math.min(known.most, told.most) }
  return both.least <= both.most ? both : told
}

/** What is taken for true within bounds: 0 while the clocks may be equal. */
export const likely = ({ least, most }: Skew): number => Math.min(Math.max(0, least), most)

export const unknown: Skew = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY }
let skew = unknown

/** Learns from an answer what the server's clock shows. */
export function noteDate(askedAt: number, date: string | null): void {
  skew = narrow(skew, askedAt, Date.now(), date)
}

/** What the server's clock shows, in milliseconds since 1970. */
export const serverNow = (): number => Date.now() + likely(skew)
