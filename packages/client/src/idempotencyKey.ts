/** Returns a new idempotency key. It avoids randomUUID, which needs a secure context: a server at home often has no HTTPS. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
