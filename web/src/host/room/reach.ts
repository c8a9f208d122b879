/** From where phones can open an address: from nowhere, within its network only, or from everywhere. */
export type Reach = 'nowhere' | 'network' | 'everywhere'

/** Returns the reach of an address. It looks at the address alone, and asks no service elsewhere. */
export function reachOf(address: string): Reach {
  const host = new URL(address).hostname.toLowerCase()
  if (/^(localhost|.*\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f.*\])$/.test(host)) return 'nowhere'
  const isPrivate = /^(10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))(\.\d+)+$|^\[(f[cd]|fe[89ab])/.test(host)
  const isLocalName = !/[.:]/.test(host) || /\.(local|lan|internal|home\.arpa|fritz\.box)$/.test(host)
  return isPrivate || isLocalName ? 'network' : 'everywhere'
}
