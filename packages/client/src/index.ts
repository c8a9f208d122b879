export { type Client, connect } from './client.ts'
export { Clock } from './clock.ts'
export { type Action, type Entry, isAdding, isRemoving, likeCount, likes } from './entries.ts'
export { type Failure, type FailureCode, failureOf, type GraphQLErrorLike, isTransient, offline } from './errors.ts'
export {
  type Change,
  type FollowedQueue,
  followQueue,
  type Queue,
  type QueueItem,
  reconnect,
  type Subscriber,
} from './followQueue.ts'
export { newIdempotencyKey } from './idempotencyKey.ts'
export type { Operation } from './operations.ts'
export * as operations from './operations.ts'
export { Outbox, type OutboxOptions, type Outcome } from './outbox.ts'
export { emptyQueue, type QueueState, watchQueue } from './queue.ts'
export { type Answer, type PostOptions, Server } from './server.ts'
export { denied, type JoinedRoom, type Renewal, type Session, Sessions } from './sessions.ts'
export type { Connection, Socket } from './socket.ts'
export { browserStorage, type TextStorage, withMemoryFallback } from './storage.ts'
export { Store } from './store.ts'
