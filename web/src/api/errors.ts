import type { CombinedError } from 'urql'

/** Why an operation failed, as the schema's Mutation type describes. The code OFFLINE means that the server did not answer. */
export interface Failure {
  code: string
  message: string
  reason?: string | undefined // with REFUSED
  field?: string | undefined // the argument at fault, with BAD_USER_INPUT
  retryAfterMs?: number | undefined
}

interface GraphQLErrorLike {
  message: string
  extensions?: Record<string, unknown> | undefined
}

export const offline: Failure = { code: 'OFFLINE', message: 'the server cannot be reached' }

export function failureOf(errors: readonly GraphQLErrorLike[]): Failure {
  const [first] = errors
  if (!first) return { code: 'INTERNAL_SERVER_ERROR', message: 'an error without a message' }
  const { code, reason, field, retryAfterMs } = first.extensions ?? {}
  return {
    code: typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR',
    message: first.message,
    reason: typeof reason === 'string' ? reason : undefined,
    field: typeof field === 'string' ? field : undefined,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
  }
}

/** Converts an error of urql. */
export function failureOfUrql(error: CombinedError | undefined): Failure | undefined {
  return error && (error.networkError ? offline : failureOf(error.graphQLErrors))
}

/** Whether the same operation may succeed later. */
export const isTransient = ({ code }: Failure): boolean =>
  ['OFFLINE', 'RATE_LIMITED', 'UPSTREAM_UNAVAILABLE', 'INTERNAL_SERVER_ERROR'].includes(code)
