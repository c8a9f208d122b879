/** What keeps texts under names. */
export type Keeper = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/**
 * What this browser keeps from visit to visit. Where it keeps nothing, being full or told not to, it is the same until the
 * page is closed.
 */
export function keeper(find: () => Keeper): Keeper {
  const here = new Map<string, string>()
  const attempt = <T>(use: (storage: Keeper) => T): T | undefined => {
    try {
      return use(find())
    } catch {
      return undefined // nothing depends on it that could not go on without
    }
  }
  return {
    getItem: (name) => here.get(name) ?? attempt((storage) => storage.getItem(name)) ?? null,
    setItem: (name, text) => {
      here.set(name, text)
      attempt((storage) => storage.setItem(name, text))
    },
    removeItem: (name) => {
      here.delete(name)
      attempt((storage) => storage.removeItem(name))
    },
  }
}

export const browserStorage = keeper(() => localStorage)
