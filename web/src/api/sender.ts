import type { TypedDocumentNode } from '@urql/core'
import type { AnyVariables, Client } from 'urql'
import { type Failure, failureOfUrql } from './errors'
import { AddSongDocument, LikeItemDocument, RemoveItemDocument, UndoDocument, UnlikeItemDocument } from './generated'
import { newKey } from './idempotencyKey'
import { type Action, type Entry, enqueue, restore } from './outbox'
import { browserStorage, type Keeper } from './storage'
import { Store } from './store'

/** What became of an action that the server answered. */
export interface Outcome {
  key: string // of the action
  action: Action
  failure?: Failure | undefined // it was refused
  name: string // of the song
  alreadyQueued?: boolean | undefined // an add became a like, or nothing
  awaitsApproval?: boolean | undefined // an added song is not in the queue yet
  undoable?: boolean // it is what was done last, and the server may take it back
}

/**
 * Sends what somebody does in a room, one after the other, and keeps it until the server has answered: through lost
 * connections, restarts of the server, and reloads of the page.
 */
export class Sender {
  readonly entries: Store<readonly Entry[]>
  /** What was done last, for as long as it can be taken back. */
  readonly undoable = new Store<Outcome | null>(null)
  readonly #name: string // under which the browser keeps what is not sent
  #sending = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #offer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #stopped = false

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
    this.undoable.set(null)
    this.#keep(enqueue(this.entries.get(), action, newKey(), Date.now()))
    void this.flush()
  }

  /** Takes back what was done last. That is an action like others: it is kept, and safe to repeat. */
  undo(): void {
    const last = this.undoable.get()
    if (last) this.do({ kind: 'undo', of: last.key, name: last.name })
  }

  /** Sends what is there: called whenever the server may be there again. */
  async flush(): Promise<void> {
    if (this.#sending) return
    this.#sending = true
    clearTimeout(this.#timer)
    try {
      for (let entry = this.#next(); entry; entry = this.#next()) {
        this.#mark(entry.key, { sent: true })
        const outcome = await this.#send(entry)
        if (outcome.failure && waits(outcome.failure)) return this.#later(outcome.failure)
        this.#failures = 0
        this.#settle(outcome)
      }
    } finally {
      this.#sending = false
    }
  }

  /** Sends no more: what is left is sent when the same user is back. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  /** Goes on after stop. */
  start(): void {
    this.#stopped = false
    void this.flush()
  }

  #next = (): Entry | undefined => (this.#stopped ? undefined : this.entries.get().find((entry) => !entry.done))

  #mark(key: string, change: Partial<Entry>): void {
    this.#keep(this.entries.get().map((entry) => (entry.key === key ? { ...entry, ...change } : entry)))
  }

  /** What was refused or taken back is so no more; what was done is shown until what is subscribed to shows it. */
  #settle(outcome: Outcome): void {
    const { key, action, failure } = outcome
    if (failure) this.#forget(key)
    else if (action.kind === 'undo') this.#forget(key, action.of)
    else {
      this.#mark(key, { done: true })
      setTimeout(() => this.#forget(key), lag)
    }
    const undoable = !failure && action.kind !== 'undo' && !this.#next()
    if (undoable) this.#offerUndo(outcome)
    this.onOutcome({ ...outcome, undoable })
  }

  #forget(...keys: string[]): void {
    this.#keep(this.entries.get().filter(({ key }) => !keys.includes(key)))
  }

  #offerUndo(outcome: Outcome): void {
    this.undoable.set(outcome)
    clearTimeout(this.#offer)
    this.#offer = setTimeout(() => this.undoable.set(null), undoWithin)
  }

  #later(failure: Failure): void {
    if (this.#stopped) return
    const wait = failure.retryAfterMs ?? Math.min(1000 * 2 ** this.#failures++, 15_000)
    this.#timer = setTimeout(() => void this.flush(), wait)
  }

  /** Keeps what is to be sent, beside what other tabs of this browser have left to send. */
  #keep(entries: readonly Entry[]): void {
    const ours = new Set([...this.entries.get(), ...entries].map(({ key }) => key))
    const others = restore(this.storage.getItem(this.#name), Date.now()).filter(({ key }) => !ours.has(key))
    const stored = [...others, ...entries.filter(({ done }) => !done)]
    this.entries.set(entries)
    if (stored.length === 0) this.storage.removeItem(this.#name)
    else this.storage.setItem(this.#name, JSON.stringify(stored))
  }

  async #send({ action, key }: Entry): Promise<Outcome> {
    if (action.kind === 'add') {
      const { data, failure } = await this.#mutate(AddSongDocument, { roomId: this.roomId, songUri: action.songUri, key })
      const { item, alreadyQueued } = data?.addSong ?? {}
      const awaitsApproval = item?.state === 'AWAITING_APPROVAL'
      return { key, action, failure, name: item?.song.name ?? action.name, alreadyQueued, awaitsApproval }
    }
    if (action.kind === 'undo') {
      const { failure } = await this.#mutate(UndoDocument, { roomId: this.roomId, of: action.of })
      return { key, action, failure, name: action.name }
    }
    const document = { like: LikeItemDocument, unlike: UnlikeItemDocument, remove: RemoveItemDocument }[action.kind]
    const { failure } = await this.#mutate<unknown, { itemId: string; key: string }>(document, { itemId: action.itemId, key })
    return { key, action, failure, name: action.name }
  }

  async #mutate<Data, Variables extends AnyVariables>(document: TypedDocumentNode<Data, Variables>, variables: Variables) {
    const { data, error } = await this.urql.mutation(document, variables)
    return { data, failure: failureOfUrql(error) }
  }
}

const lag = 2_000 // milliseconds after which a subscription shows what was done
const undoWithin = 28_000 // milliseconds: the server's thirty seconds, less what its answer took

/** Only what nobody has judged yet is sent again by itself: of all else somebody should hear. */
const waits = ({ code }: Failure) => code === 'OFFLINE' || code === 'RATE_LIMITED'
