/** The codes of errors, as the schema's Mutation type describes them, and OFFLINE: the server did not answer. */
export type FailureCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'CONFLICT'
  | 'REFUSED'
  | 'RATE_LIMITED'
  | 'UPSTREAM_UNAVAILABLE'
  | 'INTERNAL_SERVER_ERROR'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'OFFLINE'

/** Why an operation failed. */
export interface Failure {
  code: FailureCode | (string & {}) // a newer server may have other codes
  message: string
  reason?: string | undefined // with REFUSED
  field?: string | undefined // the argument at fault, with BAD_USER_INPUT
  retryAfterMs?: number | undefined
}

/** A GraphQL error, as far as it matters here. */
export interface GraphQLErrorLike {
  message: string
  extensions?: Record<string, unknown> | undefined
}

export const offline: Failure = { code: 'OFFLINE', message: 'the server cannot be reached' }

/** Converts the errors of an answer. The first one decides. */
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

/** Whether the same operation may succeed later. */
export const isTransient = ({ code }: Pick<Failure, 'code'>): boolean =>
  ['OFFLINE', 'RATE_LIMITED', 'UPSTREAM_UNAVAILABLE', 'INTERNAL_SERVER_ERROR'].includes(code)
