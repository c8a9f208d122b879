// Types of follow-queue.mjs, for front ends in TypeScript.
import type { Client } from 'graphql-ws'

export const reconnect: { shouldRetry: () => true; retryAttempts: number; retryWait: (retries: number) => Promise<void> }

export interface Queue<Item> {
  version: number | null
  order: string[] // replaced by a new array whenever it changes
  items: Map<string, Item> // by id; a changed item is replaced by a new object
}

export interface Change<Item> {
  version: number
  reset: boolean
  removedIds: string[]
  upserted: Item[]
  moved: { itemId: string; position: number }[]
  order: string[] | null
}

export function followQueue<Item extends { id: string }>(
  client: Client,
  roomId: string,
  onQueue: (queue: Queue<Item>, change: Change<Item>) => void,
  query?: string,
): { ended: Promise<void>; stop(): void }
