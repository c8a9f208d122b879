import { type Failure, failureOf, offline } from '@antwon/client'
import type { CombinedError } from 'urql'

/** Converts an error of urql. */
export function failureOfUrql(error: CombinedError | undefined): Failure | undefined {
  return error && (error.networkError ? offline : failureOf(error.graphQLErrors))
}
