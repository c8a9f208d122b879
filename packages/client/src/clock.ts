/** The bounds, in milliseconds, of how far this device's clock is behind the server's. */
export interface Skew {
  least: number
  most: number
}

/**
 * Narrows the known bounds by an answer's Date header. The header has whole seconds and the answer took some time, so it gives
 * two bounds. If they contradict the known ones, one of the clocks has been set, and the known bounds are dropped.
 */
export function narrow(known: Skew, askedAt: number, answeredAt: number, date: string | null): Skew {
  const second = Date.parse(date ?? '')
  if (Number.isNaN(second)) return known
  const answered = { least: second - answeredAt, most: second + 1000 - askedAt }
  const narrowed = { least: Math.max(known.least, answered.least), most: Math.min(known.most, answered.most) }
  return narrowed.least <= narrowed.most ? narrowed : answered
}

/** The value within the bounds that is closest to 0. */
export const bestGuess = ({ least, most }: Skew): number => Math.min(Math.max(0, least), most)

export const unknown: Skew = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY }

/** A server's clock, estimated from the Date headers of its answers. */
export class Clock {
  #skew = unknown

  /** Takes an answer's Date header into account. askedAt: when it was asked for, by this device's clock. */
  note(askedAt: number, date: string | null): void {
    this.#skew = narrow(this.#skew, askedAt, Date.now(), date)
  }

  /** The server's time, in milliseconds since 1970. */
  now(): number {
    return Date.now() + bestGuess(this.#skew)
  }
}
