/** A store of texts by name. */
export type TextStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/**
 * Wraps a browser's storage. If it is full or forbidden, the values are kept in memory until the page is closed.
 */
export function withMemoryFallback(find: () => TextStorage): TextStorage {
  const memory = new Map<string, string>()
  const attempt = <T>(use: (storage: TextStorage) => T): T | undefined => {
    try {
      return use(find())
    } catch {
      return undefined // the page works without it
    }
  }
  return {
    getItem: (name) => memory.get(name) ?? attempt((storage) => storage.getItem(name)) ?? null,
    setItem: (name, text) => {
      memory.set(name, text)
      attempt((storage) => {
        storage.setItem(name, text)
        memory.delete(name) // another tab may store another text later
      })
    },
    removeItem: (name) => {
      memory.delete(name)
      attempt((storage) => storage.removeItem(name))
    },
  }
}

export const browserStorage = withMemoryFallback(() => localStorage)
