// Without a cache, with the types that graphql-codegen generates for the documents: a mistake does not compile.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import type { Client } from 'graphql-ws'
import * as documents from './generated.js'

interface Session {
  fetch(url: string, options: RequestInit): Promise<Response>
  sockets: Client
}

interface Shown {
  name?: string
  queue?: documents.QueueFragment
}

export function createGuest(session: Session, server: string) {
  async function request<Result, Variables>(document: TypedDocumentNode<Result, Variables>, variables: Variables) {
    const response = await session.fetch(`${server}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: print(document), variables }),
    })
    const { data, errors } = (await response.json()) as { data?: Result; errors?: unknown[] }
    if (!data || errors) throw errors
    return data
  }

  function subscribe<Result, Variables extends Record<string, unknown>>(
    document: TypedDocumentNode<Result, Variables>, variables: Variables, fail: (error: unknown) => void,
    next: (data: Result) => void,
  ) {
    session.sockets.subscribe<Result>({ query: print(document), variables }, {
      next: ({ data, errors }) => (data ? next(data) : fail(errors)),
      error: fail,
      complete: () => {},
    })
  }

  return {
    join: async (code: string, name: string) => (await request(documents.JoinDocument, { code, name })).joinRoom,
    add: async (room: string, song: string) => (await request(documents.AddDocument, { room, song })).addSong?.item,
    like: async (item: string) => (await request(documents.LikeDocument, { item })).likeQueueItem,

    // Shows what the subscriptions send.
    async follow(room: string, show: (shown: Shown) => void, fail: (error: unknown) => void) {
      const shown: Shown = {}
      subscribe(documents.QueueChangedDocument, { room }, fail, (data) => show(Object.assign(shown, { queue: data.roomQueue })))
      subscribe(documents.RoomChangedDocument, { room }, fail, (data) => show(Object.assign(shown, { name: data.room.name })))
    },
  }
}
