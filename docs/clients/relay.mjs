import relay from 'relay-runtime'
const { Environment, Network, Observable, RecordSource, Store } = relay // a CommonJS module

export function createEnvironment(session, server = '') {
  async function execute({ text: query }, variables) {
    const response = await session.fetch(server + '/graphql', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    return response.json()
  }
  const subscribe = ({ text: query }, variables) =>
    Observable.create((sink) => session.sockets.subscribe({ query, variables }, sink))
  return new Environment({ network: Network.create(execute, subscribe), store: new Store(new RecordSource()) })
}
