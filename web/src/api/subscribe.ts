import { type Answer, type Client, failureOf, isTransient, type Operation, offline } from '@antwon/client'

const defaultRetryAfter = 3_000 // milliseconds after a failure

/**
 * Subscribes until the returned function is called, and calls back with each answer. After a transient failure it subscribes
 * again; the WebSocket client handles lost connections.
 */
export function subscribe<Data, Variables>(
  { socket }: Pick<Client, 'socket'>,
  query: Operation<Data, Variables>,
  variables: Variables & Record<string, unknown>,
  onAnswer: (answer: Answer<Data>) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let unsubscribe = () => {}
  const receive = (answer: Answer<Data>) => {
    onAnswer(answer)
    const { failure } = answer
    if (!failure || !isTransient(failure)) return
    unsubscribe()
    timer = setTimeout(start, failure.retryAfterMs ?? defaultRetryAfter)
  }
  function start(): void {
    unsubscribe = socket.subscribe<Data>(
      { query, variables },
      {
        next: ({ data, errors }) => receive({ data: data ?? undefined, failure: errors && failureOf(errors) }),
        error: (error) => receive({ failure: Array.isArray(error) ? failureOf(error) : offline }),
        complete: () => {},
      },
    )
  }
  start()
  return () => {
    clearTimeout(timer)
    unsubscribe()
  }
}
