// The reference client where no server misbehaves on request: what it does when a subscription ends.
import assert from 'node:assert/strict'
import test from 'node:test'
import { followQueue, reconnect } from '../../docs/follow-queue.mjs'

reconnect.retryWait = async () => {}

const failed = (code) => [{ message: code, extensions: { code } }]
const event = (change) => ({
  data: { roomQueueChanges: { reset: false, removedIds: [], moved: [], order: null, upserted: [], ...change } },
})
const everything = (version, ...ids) => event({ version, reset: true, order: ids, upserted: ids.map((id) => ({ id })) })
const nothing = (version) => event({ version })

// Plays one subscription after the other: events, and an Error or a list of GraphQL errors to end with, or nothing.
function fake(subscriptions, roomStatus) {
  const asked = []
  async function* iterate({ query, variables }) {
    if (query.startsWith('query')) return yield { data: { room: { status: roomStatus } } }
    asked.push(variables.since)
    for (const event of subscriptions.shift()) {
      if (event instanceof Error || Array.isArray(event)) throw event
      yield event
    }
  }
  return { asked, client: { iterate } }
}

function follow(subscriptions, roomStatus = 'OPEN') {
  const { asked, client } = fake(subscriptions, roomStatus)
  const seen = []
  const { ended } = followQueue(client, 'room', ({ version, order }) => seen.push(version + order.join('')))
  return { asked, seen, ended }
}

test('an unexpected end and a passing error are overcome, from the version reached', async () => {
  const closed = new Error('closed')
  const { asked, seen, ended } = follow([
    [everything(3, 'a', 'b'), nothing(4)],
    [failed('INTERNAL_SERVER_ERROR')],
    [{ errors: failed('RATE_LIMITED') }],
    [nothing(7), closed],
  ])
  await assert.rejects(ended, closed)
  assert.deepEqual(asked, [null, 4, 4, 4])
  assert.deepEqual(seen, ['3ab', '4ab', '7ab'])
})

test('a closed room is the end', async () => {
  const { asked, ended } = follow([[everything(3)]], 'CLOSED')
  await ended
  assert.deepEqual(asked, [null])
})

test('a refusal is final', async () => {
  const { asked, ended } = follow([[failed('FORBIDDEN')]])
  await assert.rejects(ended, (errors) => errors[0].extensions.code === 'FORBIDDEN')
  assert.deepEqual(asked, [null])
})

test('changes are applied as the schema says', async () => {
  const added = [{ id: 'e' }, { id: 'd' }], moved = [{ itemId: 'd', position: 1 }, { itemId: 'e', position: 3 }]
  const { seen, ended } = follow([[
    everything(1, 'a', 'b', 'c', 'd'),
    event({ version: 2, removedIds: ['b', 'unknown'], upserted: added, moved }),
    event({ version: 3, removedIds: ['a'], order: ['c', 'e', 'd'] }),
  ]], 'CLOSED')
  await ended
  assert.deepEqual(seen, ['1abcd', '2daec', '3ced'])
})
