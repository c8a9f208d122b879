declare module 'http_ece' {
  /** Decrypts a push message, as RFC 8188 and RFC 8291 say. authSecret is in base64url. */
  export function decrypt(
    message: Buffer,
    keys: { version: 'aes128gcm'; privateKey: import('node:crypto').ECDH; authSecret: string },
  ): Buffer
}
