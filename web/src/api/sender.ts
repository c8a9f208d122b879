import type { TypedDocumentNode } from '@urql/core'
import type { AnyVariables, Client } from 'urql'
import { type Failure, failureOfUrql } from './errors'
import { AddSongDocument, LikeItemDocument, RemoveItemDocument, UnlikeItemDocument } from './generated'
import { type Action, type Entry, enqueue, restore } from './outbox'
import { browserStorage, type Keeper } from './storage'
import { Store } from './store'

/** What became of an action that the server answered. */
export interface Outcome {
  action: Action
  failure?: Failure | undefined // it was refused
  alreadyQueued?: boolean | undefined // an add became a like
}

/**
 * Sends what somebody does in a room, one after the other, and keeps it until the server has answered: through lost
 * connections, restarts of the server, and reloads of the page.
 */
export class Sender {
  readonly entries: Store<readonly Entry[]>
  readonly #name: string // under which the browser keeps what is not sent
  #sending = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0

  constructor(
    private readonly urql: Pick<Client, 'mutation'>,
    private readonly roomId: string,
    userId: string,
    private readonly onOutcome: (outcome: Outcome) => void,
    private readonly storage: Keeper = browserStorage,
  ) {
    this.#name = `antwon.unsent.${roomId}.${userId}`
    this.entries = new Store<readonly Entry[]>(restore(storage.getItem(this.#name), Date.now()))
  }

  do(action: Action): void {
    this.#keep(enqueue(this.entries.get(), action, newKey(), Date.now()))
    void this.flush()
  }

  /** Sends what is there: called whenever the server may be there again. */
  async flush(): Promise<void> {
    if (this.#sending) return
    this.#sending = true
    clearTimeout(this.#timer)
    try {
      for (let entry = this.entries.get()[0]; entry; entry = this.entries.get()[0]) {
        this.#keep(this.entries.get().map((e) => (e === entry ? { ...e, sent: true } : e)))
        const outcome = await this.#send(entry)
        if (outcome.failure && waits(outcome.failure)) return this.#later(outcome.failure)
        this.#failures = 0
        const { key } = entry
        this.#keep(this.entries.get().filter((e) => e.key !== key))
        this.onOutcome(outcome)
      }
    } finally {
      this.#sending = false
    }
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #later(failure: Failure): void {
    const wait = failure.retryAfterMs ?? Math.min(1000 * 2 ** this.#failures++, 15_000)
    this.#timer = setTimeout(() => void this.flush(), wait)
  }

  #keep(entries: readonly Entry[]): void {
    this.entries.set(entries)
    if (entries.length === 0) this.storage.removeItem(this.#name)
    else this.storage.setItem(this.#name, JSON.stringify(entries))
  }

  async #send({ action, key }: Entry): Promise<Outcome> {
    if (action.kind === 'add') {
      const { data, failure } = await this.#mutate(AddSongDocument, { roomId: this.roomId, songUri: action.songUri, key })
      return { action, failure, alreadyQueued: data?.addSong.alreadyQueued }
    }
    const document = { like: LikeItemDocument, unlike: UnlikeItemDocument, remove: RemoveItemDocument }[action.kind]
    const { failure } = await this.#mutate<unknown, { itemId: string; key: string }>(document, { itemId: action.itemId, key })
    return { action, failure }
  }

  async #mutate<Data, Variables extends AnyVariables>(document: TypedDocumentNode<Data, Variables>, variables: Variables) {
    const { data, error } = await this.urql.mutation(document, variables)
    return { data, failure: failureOfUrql(error) }
  }
}

/** Only what nobody has judged yet is sent again by itself: of all else somebody should hear. */
const waits = ({ code }: Failure) => code === 'OFFLINE' || code === 'RATE_LIMITED'

/** randomUUID is for secure contexts only, and a party in the living room has none. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
